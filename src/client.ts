import { Executor } from './commands/execution.js'
import type { CommandResult } from './commands/command-result.js'
import type { CommandStream } from './commands/command-stream.js'
import type { Encoded, OutputEncoding, OutputOf } from './commands/output-form.js'
import type { CodeRequest, CommandRequest } from './commands/requests.js'
import type { SandboxApi } from './core/api.js'
import { Core } from './core/core.js'
import { Listing, type PageInfo } from './core/listing.js'
import { resolveSettings } from './core/settings.js'
import type { Wire } from './core/wire.js'
import type { FileDownload } from './files/download.js'
import { downloadFile } from './files/download-file.js'
import { type FileInfo, fileInfo } from './files/file-info.js'
import { type FilePage, listFiles } from './files/list-files.js'
import type { TransferOptions } from './files/progress.js'
import {
  type DeleteFileRequest,
  type ListFilesRequest,
  type StatFileRequest,
  type UploadRequest,
  deleteFileQuery,
  statFileQuery,
} from './files/requests.js'
import { uploadFile } from './files/upload-file.js'
import type { UploadContent } from './files/upload-source.js'
import type { Output } from './internal/bytes.js'
import type { RequestOptions, SessionsClientOptions } from './options.js'
import { Session } from './session.js'
import { type SessionMetrics, sessionMetrics } from './sessions/metrics.js'
import {
  type CreateSessionRequest,
  type ListSessionsRequest,
  type UpdateSessionRequest,
  createSessionBody,
  listSessionsQuery,
  updateSessionBody,
} from './sessions/requests.js'

/** One page of sessions. */
export interface SessionPage extends PageInfo {
  readonly sessions: readonly Session[]
}

/** The state of the service. */
export type Health = Wire['Health']

/**
 * A client of the Sandbox API: one method for each operation of the spec, each with {@link RequestOptions} last.
 *
 * Every method throws {@link SandboxValidationError} before sending when an argument is out of its limits, a subclass of
 * {@link SandboxAPIError} when the call fails, and the reason of the caller's own `signal` as it is.
 *
 * @example
 * ```ts
 * const client = new SessionsClient({ apiUrl: 'http://localhost:8080/v1', bearerToken: token })
 * await using session = await client.createSession({ ttl: 600 })
 * const { stdout } = await session.runCode('print(6 * 7)')
 * ```
 */
export class SessionsClient {
  readonly #core: Core
  readonly #executor: Executor

  /** @throws {SandboxValidationError} when an option, or the environment variable that stands in for it, can't be used. */
  constructor(options: SessionsClientOptions = {}) {
    this.#core = new Core(resolveSettings(options))
    this.#executor = new Executor(this.#core)
  }

  /** The raw typed openapi-fetch client over the same transport, for any path of the spec. */
  get api(): SandboxApi {
    return this.#core.takeApi()
  }

  /**
   * The same raw client as {@link api}, typed by the `paths` that you generated from a spec of your own: a newer one, or one with
   * operations added. What it sends is not checked against limits.
   *
   * @example
   * ```ts
   * import type { paths } from './generated/sandbox-api.js'
   *
   * const { data } = await client.apiOf<paths>().GET('/sessions', { params: { query: { limit: 10 } } })
   * ```
   */
  apiOf<Paths extends object>(): SandboxApi<Paths>
  apiOf(): SandboxApi {
    return this.#core.takeApi()
  }

  /**
   * Starts a new isolated sandbox.
   *
   * @throws {SandboxOperationError} 400 `IMAGE_NOT_AVAILABLE` when the server does not have the image, `RESOURCE_NOT_AVAILABLE` when
   *   it can't keep a limit, `NETWORK_NOT_ALLOWED` when its operator opens no network to a host.
   */
  async createSession(request: CreateSessionRequest = {}, options: RequestOptions = {}): Promise<Session> {
    const body = createSessionBody(request)
    // One key for all attempts: however many of them arrive, there is one session.
    const headers = { 'idempotency-key': crypto.randomUUID() }
    return this.#core.body('createSession', { body }, options, this.#toSession, { headers })
  }

  /** The user's live sessions, oldest first. Await it for a page, or loop over it for all of them. */
  listSessions(request: ListSessionsRequest = {}, options: RequestOptions = {}): Listing<SessionPage, Session> {
    return new Listing({
      load: async (offset, inLoop) => {
        const query = listSessionsQuery(request, { offset, largest: inLoop })
        return this.#core.body('listSessions', { query }, options, (wire) => ({
          ...wire,
          sessions: wire.sessions.map(this.#toSession),
        }))
      },
      items: (page) => page.sessions,
      key: (session) => session.sessionId,
    })
  }

  /** @throws {SessionNotFoundError} */
  getSession(sessionId: string, options: RequestOptions = {}): Promise<Session> {
    return this.#core.body('getSession', { path: { sessionId } }, options, this.#toSession)
  }

  /** What the processes and files of the session use at the moment. @throws {SessionNotFoundError} */
  getSessionMetrics(sessionId: string, options: RequestOptions = {}): Promise<SessionMetrics> {
    return this.#core.body('getSessionMetrics', { path: { sessionId } }, options, sessionMetrics)
  }

  /** Sets a new time to live, counted from now. @throws {SessionNotFoundError} */
  async updateSession(
    sessionId: string,
    request: UpdateSessionRequest,
    options: RequestOptions = {},
  ): Promise<Session> {
    const body = updateSessionBody(request)
    return this.#core.body('updateSession', { path: { sessionId }, body }, options, this.#toSession)
  }

  /** Ends every process of the session and removes every file in it. @throws {SessionNotFoundError} */
  async deleteSession(sessionId: string, options: RequestOptions = {}): Promise<void> {
    await this.#core.nothing('deleteSession', { path: { sessionId } }, options)
  }

  /**
   * Stops every process of the session where it stands. The time to live goes on.
   *
   * @throws {SessionNotFoundError}
   * @throws {ConflictError} `INVALID_STATE` when it is paused already.
   */
  async pauseSession(sessionId: string, options: RequestOptions = {}): Promise<Session> {
    return this.#core.body('pauseSession', { path: { sessionId } }, options, this.#toSession)
  }

  /**
   * Lets every process of a paused session go on.
   *
   * @throws {SessionNotFoundError}
   * @throws {ConflictError} `INVALID_STATE` when it is not paused.
   */
  async resumeSession(sessionId: string, options: RequestOptions = {}): Promise<Session> {
    return this.#core.body('resumeSession', { path: { sessionId } }, options, this.#toSession)
  }

  /** With the output in the encoding that the request names. */
  executeCommand<Encoding extends OutputEncoding>(
    sessionId: string,
    request: CommandRequest<Encoding> & Encoded<Encoding>,
    options?: RequestOptions,
  ): Promise<CommandResult<OutputOf<Encoding>>>
  /**
   * Runs a shell command. A non-zero exit and a timeout are results, not errors. With `encoding: 'bytes'` its output is
   * exact to the byte.
   *
   * @throws {SessionNotFoundError}
   * @throws {ConflictError} `SESSION_PAUSED`.
   * @throws {SandboxOperationError} 408 when a gateway gave up waiting: the command may still run.
   * @throws {SandboxAPIError} when `stdin` is not UTF-8 and the server is of a version before 1.2.0 (the SDK finds that out by
   * running `:`, a command that does nothing); also when such a server was asked for bytes, and lost some.
   */
  executeCommand(sessionId: string, request: CommandRequest, options?: RequestOptions): Promise<CommandResult>
  async executeCommand(
    sessionId: string,
    request: CommandRequest<OutputEncoding>,
    options: RequestOptions = {},
  ): Promise<CommandResult<Output>> {
    return this.#executor.executeCommand(sessionId, request, options)
  }

  /** With the output in the encoding that the request names. */
  executeCode<Encoding extends OutputEncoding>(
    sessionId: string,
    request: CodeRequest<Encoding> & Encoded<Encoding>,
    options?: RequestOptions,
  ): Promise<CommandResult<OutputOf<Encoding>>>
  /** Runs code with its language's interpreter; otherwise like {@link executeCommand}. */
  executeCode(sessionId: string, request: CodeRequest, options?: RequestOptions): Promise<CommandResult>
  async executeCode(
    sessionId: string,
    request: CodeRequest<OutputEncoding>,
    options: RequestOptions = {},
  ): Promise<CommandResult<Output>> {
    return this.#executor.executeCode(sessionId, request, options)
  }

  /** With the output in the encoding that the request names. */
  streamCommand<Encoding extends OutputEncoding>(
    sessionId: string,
    request: CommandRequest<Encoding> & Encoded<Encoding>,
    options?: RequestOptions,
  ): CommandStream<OutputOf<Encoding>>
  /**
   * Runs a shell command and gives its output as it is written. The command begins at once. Reading the output throws the errors
   * of {@link executeCommand}.
   */
  streamCommand(sessionId: string, request: CommandRequest, options?: RequestOptions): CommandStream
  streamCommand(
    sessionId: string,
    request: CommandRequest<OutputEncoding>,
    options: RequestOptions = {},
  ): CommandStream<Output> {
    return this.#executor.streamCommand(sessionId, request, options)
  }

  /** With the output in the encoding that the request names. */
  streamCode<Encoding extends OutputEncoding>(
    sessionId: string,
    request: CodeRequest<Encoding> & Encoded<Encoding>,
    options?: RequestOptions,
  ): CommandStream<OutputOf<Encoding>>
  /** Runs code and gives its output as it is written; otherwise like {@link streamCommand}. */
  streamCode(sessionId: string, request: CodeRequest, options?: RequestOptions): CommandStream
  streamCode(
    sessionId: string,
    request: CodeRequest<OutputEncoding>,
    options: RequestOptions = {},
  ): CommandStream<Output> {
    return this.#executor.streamCode(sessionId, request, options)
  }

  /**
   * Writes one file. Its deadline starts anew with each piece that is sent.
   *
   * @throws {SessionNotFoundError}
   * @throws {ConflictError} `FILE_EXISTS` when a file is there and `overwrite` is not set.
   * @throws {SandboxOperationError} 413 `FILE_TOO_LARGE` or `QUOTA_EXCEEDED`.
   * @throws {SandboxConnectionError} when the server wrote another number of bytes than were sent, or with `verify` other bytes.
   * @throws {SandboxValidationError} also while the content is sent: when it gives half of a surrogate pair, or what is neither bytes nor a
   *   string, changes its size, or is a stream too long to be collected in a browser. The file is not written then.
   */
  async uploadFile(
    sessionId: string,
    request: UploadRequest,
    content: UploadContent,
    options: RequestOptions & TransferOptions = {},
  ): Promise<FileInfo> {
    return uploadFile(this.#core, sessionId, request, content, options)
  }

  /**
   * Downloads one file, whose bytes are read with the methods of {@link FileDownload}. The deadline starts anew with each
   * piece that comes. With a `range` header (`headers: { range: 'bytes=100-149' }`) only that part comes; it must be one range of
   * bytes, and without `verify`, since the server knows only the checksum of the whole file.
   *
   * @throws {SessionNotFoundError}
   * @throws {FileNotFoundError}
   * @throws {SandboxOperationError} 416 when the file has no such range.
   * @throws {SandboxConnectionError} when the server sends something else than the range. The whole file is accepted only with
   *   an `if-range` header.
   */
  async downloadFile(
    sessionId: string,
    filePath: string,
    options: RequestOptions & TransferOptions = {},
  ): Promise<FileDownload> {
    return downloadFile(this.#core, sessionId, filePath, options)
  }

  /**
   * Describes what is at a path. A symbolic link is described itself, not what it points to.
   *
   * @throws {SessionNotFoundError}
   * @throws {FileNotFoundError}
   */
  async statFile(sessionId: string, request: StatFileRequest, options: RequestOptions = {}): Promise<FileInfo> {
    const query = statFileQuery(request)
    return this.#core.body('statFile', { path: { sessionId }, query }, options, fileInfo)
  }

  /** The entries below a directory, sorted by path. Await it for a page, or loop over it for all of them. */
  listFiles(
    sessionId: string,
    request: ListFilesRequest = {},
    options: RequestOptions = {},
  ): Listing<FilePage, FileInfo> {
    return listFiles(this.#core, sessionId, request, options)
  }

  /**
   * Removes a file, a symbolic link (never what it points to) or a directory.
   *
   * @throws {SessionNotFoundError}
   * @throws {FileNotFoundError}
   * @throws {ConflictError} `DIRECTORY_NOT_EMPTY` when a directory has entries and `recursive` is not set.
   */
  async deleteFile(sessionId: string, request: DeleteFileRequest, options: RequestOptions = {}): Promise<void> {
    const query = deleteFileQuery(request)
    await this.#core.nothing('deleteFile', { path: { sessionId }, query }, options)
  }

  /** Tells whether the service works. Needs no credentials. */
  health(options: RequestOptions = {}): Promise<Health> {
    return this.#core.body('healthCheck', {}, options, (wire) => wire)
  }

  /** Aborts what is in flight; later calls fail. Sessions stay until their time to live ends or `deleteSession` is called. */
  close(): void {
    this.#core.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close()
    return Promise.resolve()
  }

  readonly #toSession = (wire: Wire['Session']): Session => new Session(this, wire)
}
