import { type ErrorContext, SandboxConnectionError, SandboxTimeoutError } from '../errors.js'
import type { CallInfo } from '../options.js'
import type { Credential } from './credentials.js'
import { Deadline } from './deadline.js'
import type { Redactor, Redactors } from './redact.js'
import type { HeaderRecord } from './request.js'

/** How a call is to be made. */
export interface CallPlan {
  /** The operationId; undefined for a call of the raw client. */
  readonly operation: string | undefined
  readonly timeoutMs: number
  readonly signal: AbortSignal | undefined
  readonly maxRetries: number
  /**
   * Where the body of a success is:
   * - `buffered`: in memory before the call ends, so that it can't fail any more;
   * - `total`: still to be read, before the deadline of the call;
   * - `idle`: still to be read, with the deadline starting anew for each chunk.
   */
  readonly body: 'buffered' | 'total' | 'idle'
  /** The deadline for each chunk of an `idle` body. */
  readonly idleTimeoutMs: number
  /** Sent with the call; they win over those of the request that openapi-fetch made. */
  readonly headers: Readonly<HeaderRecord>
  /** Whether the call may safely run twice; undefined when its method and headers decide. */
  readonly repeatable: boolean | undefined
}

/** One logical call, through all of its attempts. */
export class Call {
  readonly deadline: Deadline
  method = ''
  url = ''
  requestId = ''
  /** The latest attempt: 1 for the first. */
  attempt = 0
  /** Whether the server may have carried out an attempt that failed. */
  mayHaveRun = false
  /** What the latest attempt was authorized with. */
  credential: Credential | undefined
  /** What was sent with the latest attempt, credentials and all. */
  headers: Readonly<HeaderRecord> = noHeaders
  /** Values of credentials that earlier attempts were authorized with. */
  refused: string[] = []
  /** Whether the caller put credentials of their own on the call. The SDK never replaces those. */
  ownCredentials = false
  /** Whether a new credential was asked for after a 401. That happens at most once. */
  renewed = false
  /** Whether the call may safely run twice. */
  repeatable = false
  /** Not retryable. */
  final = false
  phase: 'response' | 'body' = 'response'
  /** The body of the response, when it is in memory. */
  text: string | undefined
  /** The response of the latest attempt, once its head has come. */
  head: Response | undefined
  /** Called with the reason when the call is ended before its body was read. */
  onAbort: ((reason: unknown) => void) | undefined
  readonly #open: Set<Call>
  readonly #redactors: Redactors
  #info: CallInfo | undefined

  constructor(
    readonly plan: CallPlan,
    open: Set<Call>,
    redactors: Redactors,
  ) {
    const { timeoutMs, signal } = plan
    this.#open = open
    this.#redactors = redactors
    open.add(this)
    this.deadline = new Deadline(
      timeoutMs,
      signal,
      (passedMs) => this.#timeout(passedMs),
      () => this.#aborted(),
    )
  }

  /** What hooks are told of the call, the same object each time. It is not the call itself, which holds the credential. */
  get info(): CallInfo {
    const { plan, method, url, requestId } = this
    return (this.#info ??= { operation: plan.operation, method, url, requestId })
  }

  /** What an error says about the call, and about the response when it has begun. */
  contextOf(response: Response | undefined): ErrorContext {
    const { method, url, requestId } = this
    if (response === undefined) return { method, url, requestId }
    const { status, headers } = response
    return {
      method,
      url,
      requestId: headers.get('x-request-id') ?? requestId,
      // In a browser, the response for a redirect that is not followed has no status.
      statusCode: status === 0 ? undefined : status,
      headers,
    }
  }

  /** Keeps the call's credentials out of its errors. */
  get redactor(): Redactor {
    return this.#redactors.of(this.headers, this.refused)
  }

  /** Lets go of everything that the call held. Calling it again is no error. */
  finish(): void {
    this.deadline.release()
    this.#open.delete(this)
    this.onAbort = undefined
  }

  /** Ends the call because its client is closed. */
  close(): void {
    this.deadline.end(() =>
      this.#clean(new SandboxConnectionError('The client was closed during the call.', this.contextOf(this.head))),
    )
  }

  /** The abort of the request has ended the connection: nothing is left to be read or closed. */
  #aborted(): void {
    const { onAbort } = this
    this.finish()
    onAbort?.(this.deadline.reason)
  }

  #timeout(timeoutMs: number): SandboxTimeoutError {
    const waitedFor = this.phase === 'body' ? 'the rest of the body' : 'a response'
    const where = `${this.method} ${this.url}, attempt ${this.attempt}`
    return this.#clean(
      new SandboxTimeoutError(`Waited ${timeoutMs} ms for ${waitedFor} (${where}); timeoutMs sets the deadline.`, {
        ...this.contextOf(this.head),
        timeoutMs,
        phase: this.phase,
      }),
    )
  }

  #clean<E extends SandboxConnectionError>(error: E): E {
    this.redactor.clean(error)
    return error
  }
}

const noHeaders: HeaderRecord = {}
