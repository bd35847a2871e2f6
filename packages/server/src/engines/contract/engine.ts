/**
 * The contract that every engine keeps. An engine isolates sessions; it knows nothing of HTTP, users or time to live.
 *
 * Nothing here names a local path or a process id: a container engine and a Kubernetes engine must fit without a change.
 * Bytes travel as async iterables, so that back-pressure reaches the sandbox: an engine stops reading a command's output
 * while nobody consumes it, and holds no more than a small window of it in memory.
 */
export interface Engine {
  /** What `Session.engine` says, for example `bubblewrap`. */
  readonly name: string
  /**
   * Proves that isolation works on this machine, by running something in it.
   *
   * @throws {EngineUnavailableError} with what to install or allow.
   */
  probe(): Promise<void>
  /**
   * What an `image` stands for here: the name that `Session.image` then says.
   *
   * @throws {ImageNotAvailableError} when this engine has nothing that the image could run on.
   */
  resolveImage(image: string | undefined): string
  /** Makes a new sandbox with an empty working directory. On failure nothing of it is left. */
  create(id: string, options: SandboxOptions): Promise<Sandbox>
  /** Ids of every sandbox whose files this engine still holds, also those made by an earlier run of the server. */
  list(): Promise<string[]>
  /**
   * Takes over a sandbox that an earlier run of the server made, or that ended by itself: its files are there, its
   * processes are not.
   *
   * @throws {SandboxGoneError} when nothing of it is left.
   */
  recover(id: string, options: SandboxOptions): Promise<Sandbox>
  /** Removes whatever is left of a sandbox by id, running or not. Removing an unknown one is no error. */
  remove(id: string): Promise<void>
  /** Ends every process of every sandbox and keeps the files, so that a later run can recover them. */
  close(): Promise<void>
}

export interface SandboxOptions {
  /** The name that {@link Engine.resolveImage} gave. */
  readonly image: string
}

export interface Sandbox {
  readonly id: string
  /** It ended by itself, or was ended: every call throws SandboxGoneError, until {@link Engine.recover}. */
  readonly gone: boolean
  /** Starts a process. Resolves when it runs. */
  exec(request: ExecRequest): Promise<Execution>
  /**
   * Stops every process where it stands, and the clocks of their timeouts. Until {@link Sandbox.resume}, `exec` throws
   * ExecStartError; files can be used.
   */
  pause(): Promise<void>
  /** Lets every process go on. */
  resume(): Promise<void>
  /** Ends every process and removes every file. Calling it again is no error. */
  destroy(): Promise<void>
  /**
   * Bytes of disk that its files take; uploads that are not complete are left out, and so is what is kept in memory.
   *
   * @throws {EngineError} when counting them takes too long.
   */
  diskUsage(): Promise<number>
  readonly files: SandboxFiles
}

export interface ExecRequest {
  /** The program and its arguments; a shell is named like any other program. */
  readonly argv: readonly [string, ...string[]]
  /** Added to the environment that the engine gives every process. */
  readonly env: Readonly<Record<string, string>>
  /** Relative to the sandbox root; PathEscapesError when it leaves it, ExecStartError when it is missing. */
  readonly cwd: string
  /** Everything that the process reads from its standard input; it sees the end of input after it. */
  readonly stdin: Uint8Array
  /** After this the process and all its descendants are ended, as {@link Execution.kill} does it. */
  readonly timeoutMs: number
  /**
   * How long they may take to end by themselves, after SIGTERM, before they are killed; in milliseconds, 0 kills at once.
   * Pausing stops this clock, too. Default 2000.
   */
  readonly graceMs?: number
}

/**
 * A running process. `stdout` and `stderr` must both be consumed (or {@link Execution.kill} called): a process whose
 * output nobody reads waits.
 */
export interface Execution {
  readonly stdout: AsyncIterable<Uint8Array>
  readonly stderr: AsyncIterable<Uint8Array>
  /**
   * Resolves when the process has ended. Never rejects for what the process did; rejects with {@link SandboxGoneError}
   * when the sandbox ended under it.
   *
   * Both streams end no later than shortly after it: a background process that holds the pipe open must not hold the
   * command (its later output is dropped).
   */
  readonly exit: Promise<ExecutionExit>
  /**
   * Ends the process and all its descendants, also those with a session (`setsid`) of their own: SIGTERM to each that is
   * there, and SIGKILL to what is left after {@link ExecRequest.graceMs}. Resolves when nothing is left, which may be before
   * that. In a paused sandbox, where nothing can act on a signal, they are killed at once.
   */
  kill(): Promise<void>
}

export interface ExecutionExit {
  /** Null when a timeout or {@link Execution.kill} ended it; 128 + n when the process died of signal n by itself. */
  readonly exitCode: number | null
  readonly timedOut: boolean
  readonly durationMs: number
}

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
  /** Another one for every content that was ever at the path: printable ASCII without spaces and quotes. */
  readonly version: string
}

export interface DescribedFile extends FileEntry {
  /** MD5 of the content, hex; of a file only, and only when it was asked for. */
  readonly checksum: string | undefined
}

export interface WrittenFile extends FileEntry {
  /** MD5 of the content, hex. */
  readonly checksum: string
}

/** A part of a file, in bytes: from an offset to the end or to another offset (included), or so many at the end. */
export type ByteRange = { readonly first: number; readonly last?: number } | { readonly suffix: number }

export interface ReadOptions {
  /** What is read; what of it lies behind the end of the file does not count. Default the whole file. */
  readonly range?: ByteRange | undefined
  /** The version that the range is meant for: of any other one the whole file is read. Default any. */
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
  /** Throws rather than end early, whatever became of the file meanwhile. */
  readonly content: AsyncIterable<Uint8Array>
}

/**
 * File operations run inside the isolation and with the guest's rights: a link that the guest planted leads the engine
 * nowhere that the guest could not go. Every path is relative to the sandbox root; one that leaves it (`..`, absolute, or
 * through a link) is a {@link PathEscapesError}.
 */
export interface SandboxFiles {
  /**
   * Entries below a directory, sorted by path; directories are walked, links are not followed.
   *
   * @throws {FileNotFoundError} @throws {NotADirectoryError}
   */
  list(path: string, options: { recursive: boolean; limit: number; offset: number }): Promise<FilePage>
  /**
   * What is at a path. A link at its end is described itself; links on the way are followed.
   *
   * @throws {FileNotFoundError}
   */
  stat(path: string, options: { checksum: boolean }): Promise<DescribedFile>
  /**
   * Reads a file or a part of it, and nothing else of it.
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
}

export interface FilePage {
  readonly entries: readonly FileEntry[]
  /** How many there are in all. */
  readonly total: number
}
