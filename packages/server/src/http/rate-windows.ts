import type { Clock } from '../service/clock.js'

/** The most keys that are remembered. */
const maxKeys = 10_000

/** The count of one key in its window, and when the window ends, in milliseconds since the Unix epoch. */
export interface RateWindow {
  readonly count: number
  readonly endsAt: number
}

/** Counts by key, in windows of fixed length. A window begins with the first count after the previous window. */
export class RateWindows {
  /** The oldest window comes first. */
  readonly #windows = new Map<string, RateWindow>()

  constructor(
    private readonly lengthMs: number,
    private readonly clock: Clock,
  ) {}

  /** Counts one more. */
  add(key: string): RateWindow {
    const { count, endsAt } = this.get(key)
    const window = { count: count + 1, endsAt }
    if (count === 0) {
      this.#windows.delete(key)
      this.#makeRoom()
    }
    this.#windows.set(key, window)
    return window
  }

  get(key: string): RateWindow {
    const window = this.#windows.get(key)
    return window && this.#isOpen(window) ? window : { count: 0, endsAt: this.clock.now() + this.lengthMs }
  }

  #isOpen({ endsAt }: RateWindow): boolean {
    const leftMs = endsAt - this.clock.now()
    // When somebody sets the machine's clock back, more than a whole window seems to be left.
    return leftMs > 0 && leftMs <= this.lengthMs
  }

  #makeRoom(): void {
    for (const [key, window] of this.#windows) {
      if (this.#isOpen(window) && this.#windows.size < maxKeys) return
      this.#windows.delete(key)
    }
  }
}
