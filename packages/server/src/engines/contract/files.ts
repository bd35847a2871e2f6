export type FileType = 'file' | 'directory' | 'symlink'

export interface FileEntry {
  readonly name: string
  /** Relative to the sandbox root, with `/` between its parts, without a leading `./`. */
  readonly path: string
  readonly type: FileType
  /** Bytes. */
  readonly size: number
  /** Like `rw-r--r--`. */
  readonly permissions: string
  readonly createdAt: Date
  readonly modifiedAt: Date
  /** Different for every content that was ever at the path: printable ASCII without spaces and quotes. */
  readonly version: string
}

export interface DescribedFile extends FileEntry {
  /** MD5 of the content, in hex; only of a file, and only on request. */
  readonly checksum: string | undefined
}

export interface WrittenFile extends FileEntry {
  /** MD5 of the content, hex. */
  readonly checksum: string
}

/** A part of a file, in bytes: from an offset to the end or to another offset (included), or a number of bytes at the end. */
export type ByteRange = { readonly first: number; readonly last?: number } | { readonly suffix: number }

export interface ReadOptions {
  /** The part to read; bytes past the end of the file do not count. Default the whole file. */
  readonly range?: ByteRange | undefined
  /** The version that the range is meant for: if the file has another one, the whole file is read. Default any. */
  readonly version?: string | undefined
}

export interface WriteOptions {
  readonly overwrite: boolean
  /** The permissions of the file, as the lowest nine bits; others are ignored. */
  readonly mode?: number | undefined
}

export interface FileContent {
  readonly entry: FileEntry
  /** Where the content begins in the file, in bytes. */
  readonly start: number
  /** Bytes of the content. */
  readonly length: number
  /** Throws rather than end early, whatever happened to the file meanwhile. */
  readonly content: AsyncIterable<Uint8Array>
}

/**
 * File operations run inside the isolation and with the guest's rights: a link that the guest planted leads the engine
 * only where the guest could go itself. Every path is relative to the sandbox root; one that leaves it (`..`, absolute, or
 * through a link) is a {@link PathEscapesError}.
 */
export interface SandboxFiles {
  /**
   * Entries below a directory, sorted by path. Links are not followed.
   *
   * @throws {FileNotFoundError} @throws {NotADirectoryError}
   */
  list(path: string, options: { recursive: boolean; limit: number; offset: number }): Promise<FilePage>
  /**
   * Describes what is at a path. A link at its end is described itself; links on the way are followed.
   *
   * @throws {FileNotFoundError}
   */
  stat(path: string, options: { checksum: boolean }): Promise<DescribedFile>
  /**
   * Reads a file, or just a part of it.
   *
   * @throws {FileNotFoundError} @throws {IsADirectoryError}
   * @throws {RangeNotSatisfiableError} when no byte of the file is in the range.
   */
  read(path: string, options?: ReadOptions): Promise<FileContent>
  /**
   * Writes a whole file, making its parent directories. Atomic: a content that throws, or ends the sandbox, leaves the old
   * file (or none). Without a `mode` a file that is replaced keeps its permissions.
   *
   * @throws {FileExistsError} without `overwrite`, before content is consumed. @throws {IsADirectoryError}
   * @throws {NotADirectoryError} when a parent is a file. @throws {FileTooBigError} @throws {NoSpaceError}
   */
  write(path: string, content: AsyncIterable<Uint8Array>, options: WriteOptions): Promise<WrittenFile>
  /**
   * Removes a file, a link (never what it points to) or a directory.
   *
   * @throws {FileNotFoundError} @throws {DirectoryNotEmptyError} without `recursive`.
   */
  remove(path: string, options: { recursive: boolean }): Promise<void>
  /**
   * Reports what changes at a path, or below it. Missing where the engine can't watch.
   *
   * Resolves when it will miss no change from then on.
   *
   * @throws {FileNotFoundError} @throws {FileAccessError} when the guest watches as much as it may.
   */
  watch?(path: string, options: { recursive: boolean }): Promise<FileWatch>
}

/** Leaving the loop ends it. It ends by itself when the path is removed, and throws when the sandbox ends. */
export type FileWatch = AsyncIterable<FileChange>

/** Paths are relative to the sandbox root, as in {@link FileEntry.path}. */
export type FileChange =
  | { readonly kind: 'created' | 'modified' | 'deleted'; readonly path: string; readonly type: FileType }
  | { readonly kind: 'moved'; readonly path: string; readonly from: string; readonly type: FileType }
  /** More changed than could be reported: to keep a copy current, list the files again. */
  | { readonly kind: 'overflow' }

export interface FilePage {
  readonly entries: readonly FileEntry[]
  /** How many there are in all. */
  readonly total: number
}
