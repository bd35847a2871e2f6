/**
 * Whether and when a call is tried again. These are pure functions: they read no clock, draw no random number, and do no I/O.
 */

import { largestTimer } from '../internal/timers.js'

/** How often and how long the caller is willing to wait. */
export interface RetryLimits {
  readonly maxRetries: number
  readonly maxRetryDelayMs: number
}

/** How the latest attempt of a call ended. */
export interface FailedAttempt {
  /** 1 for the first. */
  readonly attempt: number
  /** Whether the request may safely run twice. A command may not. */
  readonly repeatable: boolean
  /** Undefined when no usable response came. */
  readonly status: number | undefined
  /** How long the server asks to wait, by any of its headers. */
  readonly retryAfterMs: number | undefined
  /** Whether the server sent `Retry-After`: then it did not begin the work. */
  readonly askedToRetry: boolean
}

const firstDelayMs = 500
const longestDelayMs = 8_000

/**
 * Milliseconds to wait before the next attempt, or undefined when there is none. `chance` is from 0 to below 1.
 *
 * A hint of the server prolongs the wait but never shortens it below the backoff's own floor: a date in the past must not
 * make attempts follow each other at once. A hint beyond the caller's limit ends the call.
 */
export function retryDelayMs(failed: FailedAttempt, limits: RetryLimits, chance: number): number | undefined {
  if (failed.attempt > limits.maxRetries || !mayRetry(failed)) return undefined
  const backoff = Math.min(firstDelayMs * 2 ** (failed.attempt - 1), longestDelayMs) * (0.5 + chance / 2)
  const hint = failed.retryAfterMs ?? 0
  const longest = Math.min(limits.maxRetryDelayMs, largestTimer)
  return hint > longest ? undefined : Math.min(Math.max(backoff, hint), longest)
}

function mayRetry({ repeatable, status, askedToRetry }: FailedAttempt): boolean {
  switch (status) {
    case 429:
      return true
    case 503:
      return repeatable || askedToRetry
    case 409:
      // An earlier attempt with the same Idempotency-Key is still at work. Other conflicts have no such hint.
      return repeatable && askedToRetry
    case undefined:
    case 500:
    case 502:
    case 504:
      return repeatable
    default:
      return false
  }
}
