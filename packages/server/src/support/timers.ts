/** The longest delay that a timer of Node takes: a longer one fires at once. */
const longestDelayMs = 2 ** 31 - 1

/** What a timer is given for a delay in milliseconds that may be longer than it takes: it then fires early, after 24 days. */
export function timerMs(delayMs: number): number {
  return Math.min(Math.max(delayMs, 0), longestDelayMs)
}
