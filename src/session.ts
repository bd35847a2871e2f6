import { SessionStatus as statuses } from '../generated/enums.js'
import { callOf } from './commands/call-of-result.js'
import { type OutputListener, type OutputListeners, collect } from './commands/collect.js'
import { CommandFailedError } from './commands/command-failed-error.js'
import type { CommandResult } from './commands/command-result.js'
import type { CommandStream } from './commands/command-stream.js'
import {
  type Encoded,
  type OutputEncoding,
  type OutputOf,
  type OutputOptions,
  outputForm,
} from './commands/output-form.js'
import type { CodeLanguage, CodeRequest, CommandRequest, ExecutionOptions } from './commands/requests.js'
import { checkMoreOptions } from './core/call-options.js'
import type { Wire } from './core/wire.js'
import { SessionNotFoundError } from './errors.js'
import { type FileCalls, SessionFiles } from './files/session-files.js'
import type { Output } from './internal/bytes.js'
import { dateOf } from './internal/dates.js'
import type { RequestOptions } from './options.js'
import type { SessionMetrics } from './sessions/metrics.js'
import type { UpdateSessionRequest } from './sessions/requests.js'
import type { SessionNetwork, SessionResources } from './sessions/resources.js'

/** Whether the processes of a session run. */
export const SessionStatus = statuses
/** Whether the processes of a session run; a value that the SDK does not know passes through. */
export type SessionStatus = Wire['SessionStatus'] | (string & {})

/** Options of {@link Session.run}. */
export interface RunOptions<Encoding extends OutputEncoding = 'text'>
  extends ExecutionOptions<Encoding>, RequestOptions {
  /** Gets the standard output as it comes. If it returns a promise, the command waits for it. */
  readonly onStdout?: OutputListener<OutputOf<Encoding>> | undefined
  /** Gets the standard error as it comes. */
  readonly onStderr?: OutputListener<OutputOf<Encoding>> | undefined
  /** Throw a {@link CommandFailedError} when the exit code is not 0. Default false: that is a result. */
  readonly check?: boolean | undefined
}

/** Options of {@link Session.stream}. */
export interface StreamOptions<Encoding extends OutputEncoding = 'text'>
  extends ExecutionOptions<Encoding>, RequestOptions {}

/** Options of {@link Session.streamCode}. */
export interface StreamCodeOptions<Encoding extends OutputEncoding = 'text'> extends StreamOptions<Encoding> {
  /** Default `python`. */
  readonly language?: CodeLanguage | undefined
}

/** Options of {@link Session.runCode}. */
export interface RunCodeOptions<Encoding extends OutputEncoding = 'text'> extends RunOptions<Encoding> {
  /** Default `python`. */
  readonly language?: CodeLanguage | undefined
}

/** What a session needs of its client. */
interface SessionCalls extends FileCalls {
  getSession(sessionId: string, options?: RequestOptions): Promise<Session>
  getSessionMetrics(sessionId: string, options?: RequestOptions): Promise<SessionMetrics>
  updateSession(sessionId: string, request: UpdateSessionRequest, options?: RequestOptions): Promise<Session>
  deleteSession(sessionId: string, options?: RequestOptions): Promise<void>
  pauseSession(sessionId: string, options?: RequestOptions): Promise<Session>
  resumeSession(sessionId: string, options?: RequestOptions): Promise<Session>
  executeCommand(
    sessionId: string,
    request: CommandRequest<OutputEncoding> & Encoded<OutputEncoding>,
    options?: RequestOptions,
  ): Promise<CommandResult<Output>>
  executeCode(
    sessionId: string,
    request: CodeRequest<OutputEncoding> & Encoded<OutputEncoding>,
    options?: RequestOptions,
  ): Promise<CommandResult<Output>>
  streamCommand(
    sessionId: string,
    request: CommandRequest<OutputEncoding> & Encoded<OutputEncoding>,
    options?: RequestOptions,
  ): CommandStream<Output>
  streamCode(
    sessionId: string,
    request: CodeRequest<OutputEncoding> & Encoded<OutputEncoding>,
    options?: RequestOptions,
  ): CommandStream<Output>
}

/** The options of a run in any form. */
type AnyRunOptions = ExecutionOptions<OutputEncoding> &
  RequestOptions &
  OutputListeners<Output> &
  Pick<RunOptions, 'check'>

/**
 * One isolated, short-lived sandbox. Its fields tell what the server's last answer said; `refresh`, `extend`, `pause` and
 * `resume` bring them up to date. With `await using` it is deleted at the end of the block.
 *
 * @example
 * ```ts
 * await using session = await client.createSession()
 * const result = await session.run('python3 -c "print(6 * 7)"', { timeout: 10 })
 * ```
 */
export class Session {
  /** The files of the session. */
  readonly files: SessionFiles
  readonly #client: SessionCalls
  #wire: Wire['Session']

  /** @internal Sessions come from a {@link SessionsClient}. */
  constructor(client: SessionCalls, wire: Wire['Session']) {
    this.#client = client
    this.#wire = wire
    this.files = new SessionFiles(client, wire.sessionId)
  }

  get sessionId(): string {
    return this.#wire.sessionId
  }

  get status(): SessionStatus {
    return this.#wire.status
  }

  get createdAt(): Date {
    return dateOf(this.#wire.createdAt)
  }

  /** When the session ends by itself. */
  get expiresAt(): Date {
    return dateOf(this.#wire.expiresAt)
  }

  /** When something last ran in the session or moved a file. Missing when the server did not say. */
  get lastActivityAt(): Date | undefined {
    const { lastActivityAt } = this.#wire
    return typeof lastActivityAt === 'string' ? dateOf(lastActivityAt) : undefined
  }

  /** The data that the session was created with; empty when there is none. */
  get metadata(): Readonly<Record<string, unknown>> {
    return this.#wire.metadata ?? {}
  }

  /** What the session was created from. Missing when the server did not say. */
  get image(): string | undefined {
    return this.#wire.image ?? undefined
  }

  /** What isolates the session. Missing when the server did not say. */
  get engine(): string | undefined {
    return this.#wire.engine ?? undefined
  }

  /** The limits that hold. Missing when the server did not say, as before 1.2.0. */
  get resources(): SessionResources | undefined {
    return this.#wire.resources ?? undefined
  }

  /** What the session may reach. Missing when the server did not say, as before 1.2.0. */
  get network(): SessionNetwork | undefined {
    return this.#wire.network ?? undefined
  }

  /** Whether the time to live ran out, by this machine's clock. */
  isExpired(): boolean {
    return this.remainingMs() === 0
  }

  /** Milliseconds until the session expires, by this machine's clock; 0 when it has expired. */
  remainingMs(): number {
    return Math.max(0, this.expiresAt.getTime() - Date.now())
  }

  /** Asks the server for the present state. @throws {SessionNotFoundError} */
  async refresh(options?: RequestOptions): Promise<this> {
    return this.#update(await this.#client.getSession(this.sessionId, options))
  }

  /** What its processes and files use at the moment. @throws {SessionNotFoundError} */
  metrics(options?: RequestOptions): Promise<SessionMetrics> {
    return this.#client.getSessionMetrics(this.sessionId, options)
  }

  /** Lets the session live for `ttl` seconds from now (limits: {@link UpdateSessionRequest}). @throws {SessionNotFoundError} */
  async extend(ttl: number, options?: RequestOptions): Promise<this> {
    return this.#update(await this.#client.updateSession(this.sessionId, { ttl }, options))
  }

  /** Stops every process where it stands. @throws {SessionNotFoundError} @throws {ConflictError} when it is paused. */
  async pause(options?: RequestOptions): Promise<this> {
    return this.#update(await this.#client.pauseSession(this.sessionId, options))
  }

  /** Lets every process go on. @throws {SessionNotFoundError} @throws {ConflictError} when it is not paused. */
  async resume(options?: RequestOptions): Promise<this> {
    return this.#update(await this.#client.resumeSession(this.sessionId, options))
  }

  /** With the output in the encoding that the options name. */
  run<Encoding extends OutputEncoding>(
    command: string,
    options: RunOptions<Encoding> & Encoded<Encoding>,
  ): Promise<CommandResult<OutputOf<Encoding>>>
  /**
   * Runs a shell command. A non-zero exit and a timeout are results, not errors, unless `check` is set. With
   * `encoding: 'bytes'` its output is exact to the byte.
   *
   * @throws {SessionNotFoundError}
   * @throws {CommandFailedError} with `check`.
   * @throws {SandboxAPIError} when bytes are needed and the server is too old for them; see {@link ExecutionOptions}.
   */
  run(command: string, options?: RunOptions): Promise<CommandResult>
  async run(command: string, options: AnyRunOptions = {}): Promise<CommandResult<Output>> {
    checkMoreOptions(options)
    const request = { ...options, command, encoding: encodingOf(options) }
    return finish(
      options,
      isLive(options)
        ? collect(this.#client.streamCommand(this.sessionId, request, options), outputForm(request), options)
        : this.#client.executeCommand(this.sessionId, request, options),
    )
  }

  /** With the output in the encoding that the options name. */
  runCode<Encoding extends OutputEncoding>(
    code: string,
    options: RunCodeOptions<Encoding> & Encoded<Encoding>,
  ): Promise<CommandResult<OutputOf<Encoding>>>
  /** Runs code, in Python unless `language` says otherwise. Apart from that, it works like {@link run}. */
  runCode(code: string, options?: RunCodeOptions): Promise<CommandResult>
  async runCode(
    code: string,
    options: AnyRunOptions & Pick<RunCodeOptions, 'language'> = {},
  ): Promise<CommandResult<Output>> {
    checkMoreOptions(options)
    const request = { ...options, code, encoding: encodingOf(options) }
    return finish(
      options,
      isLive(options)
        ? collect(this.#client.streamCode(this.sessionId, request, options), outputForm(request), options)
        : this.#client.executeCode(this.sessionId, request, options),
    )
  }

  /** With the output in the encoding that the options name. */
  stream<Encoding extends OutputEncoding>(
    command: string,
    options: StreamOptions<Encoding> & Encoded<Encoding>,
  ): CommandStream<OutputOf<Encoding>>
  /** Runs a shell command and gives its output as it is written. The command begins at once. */
  stream(command: string, options?: StreamOptions): CommandStream
  stream(command: string, options: StreamOptions<OutputEncoding> = {}): CommandStream<Output> {
    const request = { ...options, command, encoding: encodingOf(options) }
    return this.#client.streamCommand(this.sessionId, request, options)
  }

  /** With the output in the encoding that the options name. */
  streamCode<Encoding extends OutputEncoding>(
    code: string,
    options: StreamCodeOptions<Encoding> & Encoded<Encoding>,
  ): CommandStream<OutputOf<Encoding>>
  /** Runs code, in Python unless `language` says otherwise, and gives its output as it is written. */
  streamCode(code: string, options?: StreamCodeOptions): CommandStream
  streamCode(code: string, options: StreamCodeOptions<OutputEncoding> = {}): CommandStream<Output> {
    const request = { ...options, code, encoding: encodingOf(options) }
    return this.#client.streamCode(this.sessionId, request, options)
  }

  /** Ends the session, with every process and every file in it. @throws {SessionNotFoundError} when it is gone already. */
  delete(options?: RequestOptions): Promise<void> {
    return this.#client.deleteSession(this.sessionId, options)
  }

  /** Deletes the session. It is no error when the session is gone already. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.delete()
    } catch (error) {
      if (!(error instanceof SessionNotFoundError)) throw error
    }
  }

  /** The session as the server sent it. */
  toJSON(): Wire['Session'] {
    return structuredClone(this.#wire)
  }

  #update(newer: Session): this {
    this.#wire = newer.#wire
    return this
  }
}

/** The default is spelled out, so that the types know that there is a language. */
function encodingOf(options: OutputOptions<OutputEncoding> | null): OutputEncoding {
  const { encoding = 'text' } = options ?? {}
  return encoding
}

function isLive({ onStdout, onStderr }: AnyRunOptions): boolean {
  return onStdout !== undefined || onStderr !== undefined
}

async function finish(
  { check }: AnyRunOptions,
  running: Promise<CommandResult<Output>>,
): Promise<CommandResult<Output>> {
  const result = await running
  if (check !== true || result.ok) return result
  const error = new CommandFailedError(result)
  callOf(result)?.explain(error)
  throw error
}
