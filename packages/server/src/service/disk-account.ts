import { QuotaExceededError } from './errors.js'

/** How long a count of a session's files is good for, in milliseconds, and at least in times of what it took. */
const freshForMs = 1_000
const freshForTimes = 20

/** A place that an upload holds while it is under way. */
export interface Reservation {
  /** Holds so many bytes in all from now on. @throws {QuotaExceededError} */
  grow(bytes: number): void
  /** Ends it. @param written Bytes of the new file; 0 when there is none. */
  end(written: number): void
}

/**
 * What one session's files take, as far as the server knows.
 *
 * Nobody tells the server what programs write, so the files are counted when an upload asks: no more than once a second, and
 * for no more than a twentieth of the time, however many they are. In between, what is uploaded is added. A count that fails
 * leaves the last one standing.
 */
export class DiskAccount {
  #counted = 0
  #countedAt = -Infinity
  #tookMs = 0
  #counting: Promise<void> | undefined
  /** Bytes of uploads that ended since the last count began. */
  #written = 0
  /** Bytes of uploads under way, which a count leaves out. */
  #held = 0

  constructor(
    private readonly limit: number,
    private readonly count: () => Promise<number>,
  ) {}

  /** @param size Bytes that are known to come. @throws {QuotaExceededError} */
  async reserve(size: number): Promise<Reservation> {
    if (this.#age > Math.max(freshForMs, freshForTimes * this.#tookMs)) await this.#recount()
    // Files may be gone by now: a refusal needs a newer count.
    if (size > this.#left && this.#age > freshForTimes * this.#tookMs) await this.#recount()
    return this.#hold(size)
  }

  #hold(size: number): Reservation {
    let own = 0
    const grow = (bytes: number) => {
      if (bytes <= own) return
      if (bytes - own > this.#left) throw new QuotaExceededError(this.limit, this.#left + own)
      this.#held += bytes - own
      own = bytes
    }
    grow(size)
    return {
      grow,
      end: (written) => {
        this.#held -= own
        own = 0
        this.#written += written
      },
    }
  }

  get #left(): number {
    return Math.max(0, this.limit - this.#counted - this.#written - this.#held)
  }

  get #age(): number {
    return performance.now() - this.#countedAt
  }

  #recount(): Promise<void> {
    this.#counting ??= this.#countNow().finally(() => (this.#counting = undefined))
    return this.#counting
  }

  async #countNow(): Promise<void> {
    const startedAt = performance.now()
    const before = this.#written
    const counted = await this.count().catch(() => undefined)
    this.#countedAt = performance.now()
    this.#tookMs = this.#countedAt - startedAt
    if (counted === undefined) return
    this.#counted = counted
    // What ended while it was counted may be in the count or not: too much is the safe side, until the next one.
    this.#written -= before
  }
}
