/** Milliseconds that a timer can hold: a longer one fires at once. */
export const largestTimer = 2 ** 31 - 1

/** All timers start here: a time longer than a timer can hold becomes the longest possible, 24 days. */
export function startTimer<T>(
  callback: (argument: T) => void,
  milliseconds: number,
  argument: T,
): ReturnType<typeof setTimeout> {
  return setTimeout(callback, Math.min(milliseconds, largestTimer), argument)
}
