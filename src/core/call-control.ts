import type { SandboxAPIError } from '../errors.js'
import type { Exchange } from '../transport/exchange.js'
import { explained } from '../transport/failure.js'

/** What a body that is being sent, or read, tells its call and hears of it. */
export interface CallControl {
  /** Starts the deadline anew: the call gets on. */
  readonly keepAlive: () => void
  /** Ends the call with this reason, as it is. */
  readonly abort: (reason: unknown) => void
  /**
   * Tells `listener` why the call was ended, if it is before its body was read to the end. The call holds on to the listener: one
   * that holds on to the body would keep it from being garbage.
   */
  readonly onAbort: (listener: (reason: unknown) => void) => void
  /** Whether the call was ended for this reason of somebody else, which is thrown as it is. */
  readonly isForeign: (error: unknown) => boolean
  /** Whether the head of a response is there: what becomes of the request's body then changes nothing. */
  readonly isAnswered: () => boolean
  /** Adds to an error that comes after the head of the response what is known of the call. */
  readonly explain: (error: SandboxAPIError) => void
}

export function controlOf(exchange: Exchange): CallControl {
  const { deadline, plan } = exchange
  return {
    keepAlive: () => deadline.arm(plan.idleTimeoutMs),
    abort: (reason) => deadline.abort(reason),
    onAbort: (listener) => {
      exchange.onAbort = listener
    },
    isForeign: (error) => deadline.isForeign(error),
    isAnswered: () => exchange.head !== undefined,
    explain: (error) => {
      explained(error, exchange)
    },
  }
}
