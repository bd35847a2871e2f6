import type { CallInfo } from '../observe.js'
import { SandboxTimeoutError } from '../errors.js'
import type { Credential } from './credentials.js'
import { Deadline } from './deadline.js'
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
  /** Whether the caller put credentials of their own on the call. They are not ours to replace. */
  ownCredentials = false
  /** Whether the credential was asked for anew after a 401. Once is enough. */
  renewed = false
  /** Whether another attempt would end as the latest one did. */
  final = false
  phase: 'response' | 'body' = 'response'
  /** The response whose body is {@link Exchange.text}, when that is in memory and the response was read. */
  response: Response | undefined
  text = ''
  readonly #open: Set<Exchange>
  #info: CallInfo | undefined

  constructor(
    readonly plan: ExchangePlan,
    open: Set<Exchange>,
  ) {
    const { timeoutMs, signal } = plan
    this.deadline = new Deadline(timeoutMs, signal, (passedMs) => this.#timeout(passedMs))
    this.#open = open
    open.add(this)
  }

  /** What hooks are told of the call, the same object each time. Not the exchange itself: that holds the credential. */
  get info(): CallInfo {
    const { plan, method, url, requestId } = this
    return (this.#info ??= { operation: plan.operation, method, url, requestId })
  }

  /** What an error tells of the call. */
  get context(): { method: string; url: string; requestId: string } {
    const { method, url, requestId } = this
    return { method, url, requestId }
  }

  /** Lets go of everything that the call held. Calling it again is no error. */
  finish(): void {
    this.deadline.release()
    this.#open.delete(this)
  }

  #timeout(timeoutMs: number): SandboxTimeoutError {
    const waitedFor = this.phase === 'body' ? 'the rest of the body' : 'a response'
    return new SandboxTimeoutError(
      `Waited ${timeoutMs} ms for ${waitedFor} (${this.method} ${this.url}, attempt ${this.attempt}); timeoutMs sets the deadline.`,
      { ...this.context, timeoutMs, phase: this.phase },
    )
  }
}
