import { timerMs } from '../support/timers.js'

/** The time for the service, which a test can move. */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number
  /** Calls back once after a delay in milliseconds, unless the returned function is called before. */
  setTimer(callback: () => void, delayMs: number): () => void
}

/** The machine's clock. Its timers keep no process alive; one that is longer than Node can count fires early. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer(callback, delayMs) {
    const timer = setTimeout(callback, timerMs(delayMs))
    timer.unref()
    return () => clearTimeout(timer)
  },
}
