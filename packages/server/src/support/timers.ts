/** The longest delay that a timer of Node takes: a longer one fires at once. */
const longestDelayMs = 2 ** 31 - 1

/** Limits a delay in milliseconds to what a timer takes: a longer one fires early, after 24 days. */
export function timerMs(delayMs: number): number {
  return Math.min(Math.max(delayMs, 0), longestDelayMs)
}
