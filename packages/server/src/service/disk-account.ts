import { QuotaExceededError } from './errors.js'

/** How long a count of a session's files stays valid, in milliseconds, and as a multiple of the time that it took. */
const freshForMs = 1_000
const freshForTimes = 20

/** Room that an upload reserves while it is under way. */
export interface Reservation {
  /** Reserves this many bytes in all from now on. @throws {QuotaExceededError} */
  grow(bytes: number): void
  /** Ends it. @param written Bytes of the new file; 0 when there is none. */
  end(written: number): void
}

/**
 * What one session's files take, as far as the server knows.
 *
 * The server does not see what programs write, so it counts the files when an upload asks: at most once a second, and for at most
 * a twentieth of the time, however many files there are. In between, it adds what is uploaded. When a count fails, the last one
 * stays.
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

  /** Bytes that the files take, from a count that is fresh enough, and what was uploaded since. */
  async used(): Promise<number> {
    await this.#recountWhenOld()
    return this.#counted + this.#written
  }

  /** @param size Bytes that are known to come. @throws {QuotaExceededError} */
  async reserve(size: number): Promise<Reservation> {
    await this.#recountWhenOld()
    // Files may have been deleted since: a refusal needs a newer count.
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

  async #recountWhenOld(): Promise<void> {
    if (this.#age > Math.max(freshForMs, freshForTimes * this.#tookMs)) await this.#recount()
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
    // An upload that ended during the count may be in it or not: counting it twice is the safe side, until the next count.
    this.#written -= before
  }
}
