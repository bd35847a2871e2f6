import type { SandboxAPIError } from '../errors.js'
import type { Exchange } from '../transport/exchange.js'
import { explained } from '../transport/failure.js'

/** What a body that is being sent, or read, tells its call and hears of it. */
export class CallControl {
  readonly #exchange: Exchange

  constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  /** Starts the deadline anew: the call gets on. */
  keepAlive(): void {
    const { deadline, plan } = this.#exchange
    deadline.arm(plan.idleTimeoutMs)
  }

  /** Ends the call with this reason, as it is. */
  abort(reason: unknown): void {
    this.#exchange.deadline.abort(reason)
  }

  /**
   * Tells `listener` why the call was ended, if it is before its body was read to the end. The call holds on to the listener: one
   * that holds on to the body would keep it from being garbage.
   */
  onAbort(listener: (reason: unknown) => void): void {
    this.#exchange.onAbort = listener
  }

  /** Whether the call was ended for this reason of somebody else, which is thrown as it is. */
  isForeign(error: unknown): boolean {
    return this.#exchange.deadline.isForeign(error)
  }

  /** Whether the head of a response is there: what becomes of the request's body then changes nothing. */
  isAnswered(): boolean {
    return this.#exchange.head !== undefined
  }

  /** Adds to an error that comes after the head of the response what is known of the call. */
  explain(error: SandboxAPIError): void {
    explained(error, this.#exchange)
  }
}
