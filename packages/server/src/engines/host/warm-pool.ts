/** How long nothing may have been taken before another is made, in milliseconds: what was taken begins to work first. */
const restMs = 50

export interface WarmPoolOptions<T> {
  /** How many are kept. */
  readonly size: number
  readonly make: () => Promise<T>
  readonly isUsable: (each: T) => boolean
  readonly discard: (each: T) => Promise<unknown>
  /** Whether there is other work now, which comes first. */
  readonly isBusy: () => boolean
}

/**
 * Keeps some of what takes long to make, made ahead. It is filled one at a time and only while nothing else is to be done; when
 * one can't be made, there are none until somebody asks the next time.
 */
export class WarmPool<T> {
  readonly #options: WarmPoolOptions<T>
  readonly #ready: T[] = []
  #filling: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  constructor(options: WarmPoolOptions<T>) {
    this.#options = options
  }

  /** The one that has waited longest; undefined when there is none. */
  take(): T | undefined {
    const { isUsable, discard } = this.#options
    for (let each = this.#ready.shift(); each !== undefined; each = this.#ready.shift()) {
      if (isUsable(each)) return each
      void discard(each).catch(() => undefined)
    }
    return undefined
  }

  /** Fills it in a while, in the background. */
  fill(): void {
    clearTimeout(this.#timer)
    if (this.#isClosed || this.#ready.length >= this.#options.size) return
    this.#timer = setTimeout(() => {
      this.#filling ??= this.#fill().finally(() => (this.#filling = undefined))
    }, restMs).unref()
  }

  /** Discards all of them. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    await this.#filling
    await Promise.all(this.#ready.splice(0).map((each) => this.#options.discard(each).catch(() => undefined)))
  }

  async #fill(): Promise<void> {
    const { size, make, isBusy } = this.#options
    while (!this.#isClosed && this.#ready.length < size) {
      if (isBusy()) {
        this.fill()
        return
      }
      const made = await make().catch(() => undefined)
      if (made === undefined) return
      this.#ready.push(made)
    }
  }
}
