import type { SandboxAPIError } from '../errors.js'
import type { Call } from '../transport/call.js'
import { explained } from '../transport/failure.js'

/** What a body that is being sent or read can tell its call, and can ask of it. */
export interface CallControl {
  /** Starts the deadline anew, because the call makes progress. */
  readonly keepAlive: () => void
  /** Ends the call with this reason, as it is. */
  readonly abort: (reason: unknown) => void
  /**
   * Calls `listener` with the reason when the call is ended before its body was read to the end. The call holds on to the
   * listener: a listener that refers to the body would keep the body from being garbage-collected.
   */
  readonly onAbort: (listener: (reason: unknown) => void) => void
  /** Whether somebody else ended the call with this reason, which is thrown as it is. */
  readonly isForeign: (error: unknown) => boolean
  /** Whether the head of a response has come: from then on, a failure of the request's body changes nothing. */
  readonly isAnswered: () => boolean
  /** Adds what is known of the call to an error that comes after the head of the response. */
  readonly explain: (error: SandboxAPIError) => void
}

export function controlOf(call: Call): CallControl {
  const { deadline, plan } = call
  return {
    keepAlive: () => deadline.arm(plan.idleTimeoutMs),
    abort: (reason) => deadline.abort(reason),
    onAbort: (listener) => {
      call.onAbort = listener
    },
    isForeign: (error) => deadline.isForeign(error),
    isAnswered: () => call.head !== undefined,
    explain: (error) => {
      explained(error, call)
    },
  }
}
