/** A timer that stands still while the sandbox is paused, so that pausing does not kill. */
export class PausableTimer {
  readonly #expired: () => void
  #leftMs: number
  #startedAt = 0
  #timer: NodeJS.Timeout | undefined

  constructor(timeoutMs: number, expired: () => void) {
    this.#leftMs = timeoutMs
    this.#expired = expired
    this.resume()
  }

  pause(): void {
    if (this.#timer === undefined) return
    this.clear()
    this.#leftMs -= performance.now() - this.#startedAt
  }

  resume(): void {
    if (this.#timer !== undefined) return
    this.#startedAt = performance.now()
    // setTimeout takes no more than 31 bits, and fires at once for more.
    this.#timer = setTimeout(this.#expired, Math.min(Math.max(0, this.#leftMs), 2 ** 31 - 1))
  }

  clear(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
