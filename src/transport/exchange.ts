import { type ErrorContext, SandboxConnectionError, SandboxTimeoutError } from '../errors.js'
import type { CallInfo } from '../options.js'
import type { Credential } from './credentials.js'
import { Deadline } from './deadline.js'
import type { Redactor, Redactors } from './redact.js'
import type { HeaderRecord } from './request.js'

/** How a call is to be made. */
export interface ExchangePlan {
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
  /** Sent with the call, over those of the request that openapi-fetch made. */
  readonly headers: Readonly<HeaderRecord>
  /** Whether a second run does no harm, where the method and headers do not tell. */
  readonly repeatable: boolean | undefined
}

/** One logical call, through all of its attempts. */
export class Exchange {
  readonly deadline: Deadline
  method = ''
  url = ''
  requestId = ''
  /** The latest attempt: 1 for the first. */
  attempt = 0
  /** Whether an attempt failed in a way that leaves open if the server carried it out. */
  mayHaveRun = false
  /** What the latest attempt was authorized with. */
  credential: Credential | undefined
  /** What was sent with the latest attempt, credentials and all. */
  headers: Readonly<HeaderRecord> = noHeaders
  /** Values of credentials that earlier attempts were authorized with. */
  refused: string[] = []
  /** Whether the caller put credentials of their own on the call. They are not ours to replace. */
  ownCredentials = false
  /** Whether the credential was asked for anew after a 401. Once is enough. */
  renewed = false
  /** Whether a second run does no harm. */
  repeatable = false
  /** Whether another attempt would end as the latest one did. */
  final = false
  phase: 'response' | 'body' = 'response'
  /** The body of the response, when it is in memory. */
  text: string | undefined
  /** The response of the latest attempt, as soon as its head is there. */
  head: Response | undefined
  /** Told why the call was ended, when it is ended before its body was read. */
  onAbort: ((reason: unknown) => void) | undefined
  readonly #open: Set<Exchange>
  readonly #redactors: Redactors
  #info: CallInfo | undefined

  constructor(
    readonly plan: ExchangePlan,
    open: Set<Exchange>,
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

  /** What hooks are told of the call, the same object each time. Not the exchange itself: that holds the credential. */
  get info(): CallInfo {
    const { plan, method, url, requestId } = this
    return (this.#info ??= { operation: plan.operation, method, url, requestId })
  }

  /** What an error tells of the call, and of the response when it has begun. */
  contextOf(response: Response | undefined): ErrorContext {
    const { method, url, requestId } = this
    if (response === undefined) return { method, url, requestId }
    const { status, headers } = response
    return {
      method,
      url,
      requestId: headers.get('x-request-id') ?? requestId,
      // What fetch makes of a redirect that it does not follow has no status in a browser.
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

  /** The connection is gone with the abort of the request: nothing is left to be read or closed. */
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
