import type { Clock } from 'sandbox-sessions-server'

/** A clock that stands still until it is moved. */
export class ManualClock implements Clock {
  #now = Date.now()
  readonly #timers = new Map<() => void, number>()

  now(): number {
    return this.#now
  }

  setTimer(callback: () => void, delayMs: number): () => void {
    // A fresh function, since one callback may wait twice.
    const fire = (): void => callback()
    this.#timers.set(fire, this.#now + delayMs)
    return () => this.#timers.delete(fire)
  }

  /** Moves time on, and calls back all that falls due. */
  advance(milliseconds: number): void {
    this.#now += milliseconds
    for (const [fire, due] of [...this.#timers].sort(([, a], [, b]) => a - b)) {
      if (due > this.#now) continue
      this.#timers.delete(fire)
      fire()
    }
  }
}
