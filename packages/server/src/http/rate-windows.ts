import type { Clock } from '../service/clock.js'

/** More keys than this are not remembered, in whatever number they come. */
const maxKeys = 10_000

/** How many of something one key has had in its window, and when that ends, in milliseconds since the Unix epoch. */
export interface RateWindow {
  readonly count: number
  readonly endsAt: number
}

/** Counts by key in windows of fixed length, each of which begins with the first count after the one before. */
export class RateWindows {
  /** The one that began first is first. */
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
    // More is left than there ever was when somebody set the machine's clock back.
    return leftMs > 0 && leftMs <= this.lengthMs
  }

  #makeRoom(): void {
    for (const [key, window] of this.#windows) {
      if (this.#isOpen(window) && this.#windows.size < maxKeys) return
      this.#windows.delete(key)
    }
  }
}
