import { schemas } from '../generated/constraints.js'
import type { SandboxApi } from './core/api.js'
import type { Output } from './internal/bytes.js'
import { askedRange } from './files/byte-range.js'
import { rememberCall } from './commands/call-of-result.js'
import { CallSite } from './internal/call-site.js'
import { checkRelativePath, checkSessionId } from './internal/checks.js'
import { collect } from './commands/collect.js'
import { type CommandResult, commandResult } from './commands/command-result.js'
import { CommandStream } from './commands/command-stream.js'
import { FileDownload } from './files/download.js'
import { SandboxAPIError, SandboxValidationError } from './errors.js'
import { type FileInfo, fileInfo } from './files/file-info.js'
import { Listing, type PageInfo } from './core/listing.js'
import {
  type RequestOptions,
  type SessionsClientOptions,
  type Settings,
  checkMoreOptions,
  checkRequestOptions,
  resolveSettings,
} from './options.js'
import {
  type Encoded,
  type OutputEncoding,
  type OutputForm,
  type OutputOf,
  outputForm,
} from './commands/output-form.js'
import { type CallControl, type OperationId, Pipeline, type Send, type Traits } from './core/pipeline.js'
import {
  type CodeRequest,
  type CommandRequest,
  type CreateSessionRequest,
  type DeleteFileRequest,
  type ListFilesRequest,
  type ListSessionsRequest,
  type StatFileRequest,
  type UpdateSessionRequest,
  type UploadRequest,
  codeBody,
  commandBody,
  createSessionBody,
  deleteFileQuery,
  listFilesQuery,
  listSessionsQuery,
  statFileQuery,
  updateSessionBody,
  uploadQuery,
} from './core/requests.js'
import { Session } from './session.js'
import type { TransferOptions } from './files/progress.js'
import { createUpload } from './files/upload.js'
import type { UploadContent } from './files/upload-source.js'
import type { Wire } from './core/wire.js'

/** One page of sessions. */
export interface SessionPage extends PageInfo {
  readonly sessions: readonly Session[]
}

/** One page of files. */
export interface FilePage extends PageInfo {
  readonly files: readonly FileInfo[]
}

/** The state of the service. */
export type Health = Wire['Health']

/**
 * Seconds that a command may be waited for without a byte of the answer. Node's own fetch gives up after 300, whatever the
 * deadline says; an event stream begins at once, and is kept alive.
 */
const longestSilence = 270

/** How much longer than its own timeout a command's call may take: the way there and back, and the kill. */
const executionMarginMs = 15_000

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
  readonly #settings: Settings
  readonly #pipeline: Pipeline
  /** Whether the server is known to be of version 1.2.0 or later. */
  #takesBytes = false

  /** @throws {SandboxValidationError} when an option, or the environment variable in its place, can't be used. */
  constructor(options: SessionsClientOptions = {}) {
    this.#settings = resolveSettings(options)
    this.#pipeline = new Pipeline(this.#settings)
  }

  /** The raw typed openapi-fetch client over the same transport, for any path of the spec. */
  get api(): SandboxApi {
    return this.#pipeline.api
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
    return this.#pipeline.api
  }

  /**
   * Starts a new isolated sandbox.
   *
   * @throws {SandboxOperationError} 400 `IMAGE_NOT_AVAILABLE` when the server does not have the image.
   */
  async createSession(request: CreateSessionRequest = {}, options: RequestOptions = {}): Promise<Session> {
    const body = createSessionBody(request)
    // One key for all attempts: however many of them arrive, there is one session.
    const headers = { 'idempotency-key': crypto.randomUUID() }
    const send: Send = (api, init) => api.POST('/sessions', { ...init, body })
    return this.#session('createSession', options, send, { headers })
  }

  /** The user's live sessions, oldest first. Await it for a page, or loop over it for all of them. */
  listSessions(request: ListSessionsRequest = {}, options: RequestOptions = {}): Listing<SessionPage, Session> {
    return new Listing({
      load: async (offset, inLoop) => {
        const query = listSessionsQuery(request, { offset, largest: inLoop })
        const send: Send = (api, init) => api.GET('/sessions', { ...init, params: { query } })
        return this.#pipeline.body('listSessions', 'SessionList', options, send, (wire) => ({
          ...wire,
          sessions: wire.sessions.map((each) => new Session(this, each)),
        }))
      },
      items: (page) => page.sessions,
      key: (session) => session.sessionId,
    })
  }

  /** @throws {SessionNotFoundError} */
  getSession(sessionId: string, options: RequestOptions = {}): Promise<Session> {
    return this.#session('getSession', options, (api, init) =>
      api.GET('/sessions/{sessionId}', { ...init, params: { path: pathOf(sessionId) } }),
    )
  }

  /** Sets a new time to live, counted from now. @throws {SessionNotFoundError} */
  async updateSession(
    sessionId: string,
    request: UpdateSessionRequest,
    options: RequestOptions = {},
  ): Promise<Session> {
    const body = updateSessionBody(request)
    return this.#session('updateSession', options, (api, init) =>
      api.PATCH('/sessions/{sessionId}', { ...init, params: { path: pathOf(sessionId) }, body }),
    )
  }

  /** Ends every process of the session and removes every file in it. @throws {SessionNotFoundError} */
  async deleteSession(sessionId: string, options: RequestOptions = {}): Promise<void> {
    await this.#pipeline.nothing('deleteSession', options, (api, init) =>
      api.DELETE('/sessions/{sessionId}', { ...init, params: { path: pathOf(sessionId) } }),
    )
  }

  /**
   * Stops every process of the session where it stands. The time to live runs on.
   *
   * @throws {SessionNotFoundError}
   * @throws {ConflictError} `INVALID_STATE` when it is paused already.
   */
  async pauseSession(sessionId: string, options: RequestOptions = {}): Promise<Session> {
    return this.#session('pauseSession', options, (api, init) =>
      api.POST('/sessions/{sessionId}/pause', { ...init, params: { path: pathOf(sessionId) } }),
    )
  }

  /**
   * Lets every process of a paused session go on.
   *
   * @throws {SessionNotFoundError}
   * @throws {ConflictError} `INVALID_STATE` when it is not paused.
   */
  async resumeSession(sessionId: string, options: RequestOptions = {}): Promise<Session> {
    return this.#session('resumeSession', options, (api, init) =>
      api.POST('/sessions/{sessionId}/resume', { ...init, params: { path: pathOf(sessionId) } }),
    )
  }

  /** With the output in the encoding that the request names. */
  executeCommand<Encoding extends OutputEncoding>(
    sessionId: string,
    request: CommandRequest<Encoding> & Encoded<Encoding>,
    options?: RequestOptions,
  ): Promise<CommandResult<OutputOf<Encoding>>>
  /**
   * Runs a shell command. A non-zero exit and a timeout are results, not errors. With `encoding: 'bytes'` its output comes
   * exact to the byte.
   *
   * @throws {SessionNotFoundError}
   * @throws {ConflictError} `SESSION_PAUSED`.
   * @throws {SandboxOperationError} 408 when a gateway gave up waiting: the command may still run.
   * @throws {SandboxAPIError} when `stdin` is not UTF-8 and the server is of a version before 1.2.0, which is found out with
   * one more command, `:`, that does nothing; also when such a server was asked for bytes, and lost some.
   */
  executeCommand(sessionId: string, request: CommandRequest, options?: RequestOptions): Promise<CommandResult>
  async executeCommand(
    sessionId: string,
    request: CommandRequest<OutputEncoding>,
    options: RequestOptions = {},
  ): Promise<CommandResult<Output>> {
    return this.#execute(this.#command(sessionId, request), outputForm(request), options)
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
    return this.#execute(this.#code(sessionId, request), outputForm(request), options)
  }

  /** With the output in the encoding that the request names. */
  streamCommand<Encoding extends OutputEncoding>(
    sessionId: string,
    request: CommandRequest<Encoding> & Encoded<Encoding>,
    options?: RequestOptions,
  ): CommandStream<OutputOf<Encoding>>
  /**
   * Runs a shell command whose output comes as it is written. It begins at once. Errors come out where it is read: those of
   * {@link executeCommand}.
   */
  streamCommand(sessionId: string, request: CommandRequest, options?: RequestOptions): CommandStream
  streamCommand(
    sessionId: string,
    request: CommandRequest<OutputEncoding>,
    options: RequestOptions = {},
  ): CommandStream<Output> {
    return this.#stream(() => this.#command(sessionId, request), outputForm(request), options)
  }

  /** With the output in the encoding that the request names. */
  streamCode<Encoding extends OutputEncoding>(
    sessionId: string,
    request: CodeRequest<Encoding> & Encoded<Encoding>,
    options?: RequestOptions,
  ): CommandStream<OutputOf<Encoding>>
  /** Runs code whose output comes as it is written; otherwise like {@link streamCommand}. */
  streamCode(sessionId: string, request: CodeRequest, options?: RequestOptions): CommandStream
  streamCode(
    sessionId: string,
    request: CodeRequest<OutputEncoding>,
    options: RequestOptions = {},
  ): CommandStream<Output> {
    return this.#stream(() => this.#code(sessionId, request), outputForm(request), options)
  }

  /**
   * Writes one file. Its deadline starts anew with each piece that is sent.
   *
   * @throws {SessionNotFoundError}
   * @throws {ConflictError} `FILE_EXISTS` when a file is there and `overwrite` is not set.
   * @throws {SandboxOperationError} 413 `FILE_TOO_LARGE` or `QUOTA_EXCEEDED`.
   * @throws {SandboxConnectionError} when the server wrote another number of bytes than were sent, or with `verify` other bytes.
   * @throws {SandboxValidationError} also while it is sent: half of a surrogate pair, neither bytes nor a string, another size than
   *   the content had at first, more of a stream than can be collected in a browser. The file is not written then.
   */
  async uploadFile(
    sessionId: string,
    request: UploadRequest,
    content: UploadContent,
    options: RequestOptions & TransferOptions = {},
  ): Promise<FileInfo> {
    const query = uploadQuery(request)
    checkMoreOptions(options)
    const upload = await createUpload(content, options)
    const send: Send = (api, init) =>
      api.POST('/sessions/{sessionId}/files', {
        ...init,
        params: { path: pathOf(sessionId), query },
        // The generated type knows bytes only as a Blob; the serializer brings what really is sent.
        body: new Blob(),
        bodySerializer: () => upload.begin(init.call),
      })
    const traits = {
      timeoutMs: upload.firstDeadlineMs(this.#settings.timeoutMs),
      repeatable: upload.repeatable,
      headers: { 'content-type': 'application/octet-stream' },
    }
    const checked = async (wire: Wire['FileInfo']): Promise<FileInfo> => {
      const info = fileInfo(wire)
      await upload.check(info)
      return info
    }
    try {
      return await this.#pipeline.body('uploadFile', 'FileInfo', options, send, checked, traits)
    } finally {
      upload.end()
    }
  }

  /**
   * Answers one file, whose bytes are read with the methods of {@link FileDownload}. The deadline starts anew with each
   * piece that comes. A `range` header (`headers: { range: 'bytes=100-149' }`) answers that part of it, one range of bytes:
   * `verify` does not go with it, since the server knows only the checksum of the whole file.
   *
   * @throws {SessionNotFoundError}
   * @throws {FileNotFoundError}
   * @throws {SandboxOperationError} 416 when the file has no such range.
   * @throws {SandboxConnectionError} when the server answers something else than the range; the whole file is taken with an
   *   `if-range` header only.
   */
  async downloadFile(
    sessionId: string,
    filePath: string,
    options: RequestOptions & TransferOptions = {},
  ): Promise<FileDownload> {
    const query = { filePath: checkRelativePath('filePath', filePath) }
    const { signal, headers: own, ...numbers } = checkMoreOptions(options)
    const headers = { ...this.#settings.headers, ...own }
    checkRange(headers, options)
    const site = new CallSite()
    let call: CallControl | undefined
    const send: Send = (api, init) => {
      call = init.call
      return api.GET('/sessions/{sessionId}/files', { ...init, params: { path: pathOf(sessionId), query } })
    }
    const open = (all: RequestOptions['headers']): Promise<Response> =>
      this.#pipeline.stream('downloadFile', { signal, ...numbers, headers: all }, send, {
        accept: 'application/octet-stream, */*;q=0.5',
      })
    const { maxRetries, maxRetryDelayMs } = this.#settings
    return FileDownload.of(await open(headers), {
      path: filePath,
      options,
      headers,
      signal,
      maxRetries: numbers.maxRetries ?? maxRetries,
      maxRetryDelayMs,
      abort: (reason) => call?.abort(reason),
      explain: (error) => {
        if (call?.isForeign(error) === true) return
        if (error instanceof SandboxAPIError) call?.explain(error)
        site.addTo(error)
      },
      resume: (rest) => open({ ...headers, ...rest }),
      checksum: async () => (await this.statFile(sessionId, { filePath, checksum: true }, options)).checksum,
    })
  }

  /**
   * Describes what is at a path; a symbolic link itself, not what it points to.
   *
   * @throws {SessionNotFoundError}
   * @throws {FileNotFoundError}
   */
  async statFile(sessionId: string, request: StatFileRequest, options: RequestOptions = {}): Promise<FileInfo> {
    const query = statFileQuery(request)
    const send: Send = (api, init) =>
      api.GET('/sessions/{sessionId}/files/stat', { ...init, params: { path: pathOf(sessionId), query } })
    return this.#pipeline.body('statFile', 'FileInfo', options, send, fileInfo)
  }

  /** The entries below a directory, sorted by path. Await it for a page, or loop over it for all of them. */
  listFiles(
    sessionId: string,
    request: ListFilesRequest = {},
    options: RequestOptions = {},
  ): Listing<FilePage, FileInfo> {
    return new Listing({
      load: async (offset, inLoop) => {
        const query = listFilesQuery(request, { offset, largest: inLoop })
        const send: Send = (api, init) =>
          api.GET('/sessions/{sessionId}/files/list', { ...init, params: { path: pathOf(sessionId), query } })
        return this.#pipeline.body('listFiles', 'FileList', options, send, (wire) => ({
          ...wire,
          files: wire.files.map(fileInfo),
        }))
      },
      items: (page) => page.files,
      key: (file) => file.path,
    })
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
    await this.#pipeline.nothing('deleteFile', options, (api, init) =>
      api.DELETE('/sessions/{sessionId}/files', { ...init, params: { path: pathOf(sessionId), query } }),
    )
  }

  /** Tells whether the service works. Needs no credentials. */
  health(options: RequestOptions = {}): Promise<Health> {
    const send: Send = (api, init) => api.GET('/health', { ...init })
    return this.#pipeline.body('healthCheck', 'Health', options, send, (wire) => wire)
  }

  /** Aborts what is in flight; later calls fail. Sessions stay: they end with their ttl or `deleteSession`. */
  close(): void {
    this.#pipeline.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close()
    return Promise.resolve()
  }

  #session(operation: OperationId, options: RequestOptions, send: Send, traits?: Traits): Promise<Session> {
    return this.#pipeline.body(operation, 'Session', options, send, (wire) => new Session(this, wire), traits)
  }

  #command(sessionId: string, request: CommandRequest<OutputEncoding>): Execution {
    const body = commandBody(request)
    return {
      operation: 'executeCommand',
      sessionId,
      hasBytes: body.stdinEncoding === 'base64',
      timeout: body.timeout ?? schemas.CommandRequest.properties.timeout.default,
      send: (api, init) =>
        api.POST('/sessions/{sessionId}/commands', { ...init, params: { path: pathOf(sessionId) }, body }),
    }
  }

  #code(sessionId: string, request: CodeRequest<OutputEncoding>): Execution {
    const body = codeBody(request)
    return {
      operation: 'executeCode',
      sessionId,
      hasBytes: body.stdinEncoding === 'base64',
      timeout: body.timeout ?? schemas.CodeRequest.properties.timeout.default,
      send: (api, init) =>
        api.POST('/sessions/{sessionId}/code', { ...init, params: { path: pathOf(sessionId) }, body }),
    }
  }

  async #execute<Form extends Output>(
    execution: Execution,
    form: OutputForm<Form>,
    options: RequestOptions,
  ): Promise<CommandResult<Form>> {
    const { operation, timeout, hasBytes, send } = execution
    if (timeout > longestSilence && checkRequestOptions(options).timeoutMs === undefined) {
      return collect(
        this.#stream(() => execution, form, options),
        form,
        {},
      )
    }
    if (hasBytes) await this.#assertTakesBytes(execution, options)
    let call: CallControl | undefined
    const toDomain = (wire: Wire['CommandResult']): CommandResult<Form> => commandResult(wire, form)
    const result = await this.#pipeline.body(
      operation,
      'CommandResult',
      options,
      telling(send, (begun) => (call = begun)),
      toDomain,
      { timeoutMs: timeout * 1000 + executionMarginMs, repeatable: false },
    )
    return rememberCall(result, call)
  }

  #stream<Form extends Output>(
    prepare: () => Execution,
    form: OutputForm<Form>,
    options: RequestOptions,
  ): CommandStream<Form> {
    const start = async (begun: (call: CallControl) => void): Promise<Response> => {
      const execution = prepare()
      const { operation, timeout, hasBytes, send } = execution
      if (hasBytes) await this.#assertTakesBytes(execution, options, begun)
      return await this.#pipeline.stream(operation, options, telling(send, begun), {
        accept: 'text/event-stream, application/json;q=0.5',
        // A server of version 1.0.0 answers only when the command has ended.
        timeoutMs: timeout * 1000 + executionMarginMs,
        repeatable: false,
      })
    }
    return new CommandStream(start, form)
  }

  /**
   * A server before version 1.2.0 takes base64 for text without a word. Which version it has shows only in an answer, that
   * of a command that does nothing.
   */
  async #assertTakesBytes(
    { sessionId }: Execution,
    options: RequestOptions,
    begun: (call: CallControl) => void = () => undefined,
  ): Promise<void> {
    if (this.#takesBytes) return
    const body = { command: ':', encoding: 'base64' } as const
    const send: Send = (api, init) =>
      api.POST('/sessions/{sessionId}/commands', { ...init, params: { path: pathOf(sessionId) }, body })
    const encodingOf = ({ encoding }: Wire['CommandResult']): unknown => encoding
    const traits = { repeatable: true }
    const encoding = await this.#pipeline.body(
      'executeCommand',
      'CommandResult',
      options,
      telling(send, begun),
      encodingOf,
      traits,
    )
    if (encoding !== body.encoding) {
      throw new SandboxAPIError(
        'stdin is not UTF-8, and this server takes only text: bytes need a server of version 1.2.0 of the Sandbox API. Upload ' +
          'them as a file, and let the command read that.',
      )
    }
    this.#takesBytes = true
  }
}

/** @throws {SandboxValidationError} */
function checkRange({ range }: Readonly<Record<string, string>>, { verify }: TransferOptions): void {
  if (range === undefined) return
  askedRange(range)
  if (verify !== true) return
  throw new SandboxValidationError(
    'verify does not go with a range header: the server knows only the checksum of the whole file. Leave one of them out.',
    'verify',
  )
}

/** Checked here too, where the caller is still in reach of the error's stack. */
function pathOf(sessionId: string): { readonly sessionId: string } {
  return { sessionId: checkSessionId(sessionId) }
}

/** Tells of the call that a request belongs to. */
function telling(send: Send, begun: (call: CallControl) => void): Send {
  return (api, init) => {
    begun(init.call)
    return send(api, init)
  }
}

/** A command or code run that is about to be sent. */
interface Execution {
  readonly operation: OperationId
  readonly sessionId: string
  /** Whether its input is in base64. */
  readonly hasBytes: boolean
  /** Seconds. */
  readonly timeout: number
  readonly send: Send
}
