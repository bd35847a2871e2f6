import type { Listing } from '../core/listing.js'
import { FileNotFoundError } from '../errors.js'
import type { RequestOptions } from '../options.js'
import type { FileDownload } from './download.js'
import type { FileInfo } from './file-info.js'
import type { FilePage } from './list-files.js'
import type { TransferOptions } from './progress.js'
import type { DeleteFileRequest, ListFilesRequest, StatFileRequest, UploadRequest } from './requests.js'
import type { UploadContent } from './upload-source.js'

/** The methods of the client that it needs. */
export interface FileCalls {
  uploadFile(
    sessionId: string,
    request: UploadRequest,
    content: UploadContent,
    options?: RequestOptions & TransferOptions,
  ): Promise<FileInfo>
  downloadFile(sessionId: string, path: string, options?: RequestOptions & TransferOptions): Promise<FileDownload>
  statFile(sessionId: string, request: StatFileRequest, options?: RequestOptions): Promise<FileInfo>
  listFiles(sessionId: string, request?: ListFilesRequest, options?: RequestOptions): Listing<FilePage, FileInfo>
  deleteFile(sessionId: string, request: DeleteFileRequest, options?: RequestOptions): Promise<void>
}

/** The files of one session. Every path is relative to the sandbox root. */
export class SessionFiles {
  readonly #client: FileCalls
  readonly #sessionId: string

  /** @internal */
  constructor(client: FileCalls, sessionId: string) {
    this.#client = client
    this.#sessionId = sessionId
  }

  /**
   * Writes one file, making its parent directories. `mode` sets its permissions, like `0o755`; without it a file that is
   * replaced keeps its own.
   *
   * @throws {ConflictError} `FILE_EXISTS` when a file is there and `overwrite` is not set.
   */
  upload(
    path: string,
    content: UploadContent,
    options: Omit<UploadRequest, 'path'> & RequestOptions & TransferOptions = {},
  ): Promise<FileInfo> {
    return this.#client.uploadFile(this.#sessionId, { ...options, path }, content, options)
  }

  /** Downloads one file, which is read with the methods of {@link FileDownload}. @throws {FileNotFoundError} */
  download(path: string, options?: RequestOptions & TransferOptions): Promise<FileDownload> {
    return this.#client.downloadFile(this.#sessionId, path, options)
  }

  /** Describes what is at a path. A symbolic link is described itself, not what it points to. @throws {FileNotFoundError} */
  stat(path: string, options: Omit<StatFileRequest, 'filePath'> & RequestOptions = {}): Promise<FileInfo> {
    return this.#client.statFile(this.#sessionId, { ...options, filePath: path }, options)
  }

  /** Whether anything is at a path. @throws {SessionNotFoundError} */
  async exists(path: string, options?: RequestOptions): Promise<boolean> {
    try {
      await this.stat(path, options)
      return true
    } catch (error) {
      if (error instanceof FileNotFoundError) return false
      throw error
    }
  }

  /** The entries below a directory. Await it for a page, or loop over it for all of them. */
  list(path?: string, options: Omit<ListFilesRequest, 'path'> & RequestOptions = {}): Listing<FilePage, FileInfo> {
    return this.#client.listFiles(this.#sessionId, { ...options, path }, options)
  }

  /**
   * Removes a file, a symbolic link or a directory.
   *
   * @throws {FileNotFoundError}
   * @throws {ConflictError} `DIRECTORY_NOT_EMPTY` when a directory has entries and `recursive` is not set.
   */
  delete(path: string, options: Omit<DeleteFileRequest, 'filePath'> & RequestOptions = {}): Promise<void> {
    return this.#client.deleteFile(this.#sessionId, { ...options, filePath: path }, options)
  }
}
