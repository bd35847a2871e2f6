import { startTimer } from '../timers.js'

/**
 * The end of one call: a single AbortController and a single timer for the deadline, the caller's signal and the closing of
 * the client. Its signal is passed to every attempt by hand: a signal that travels inside a cloned Request, or through
 * AbortSignal.any, is forgotten after a garbage collection on Node 20 (nodejs/undici#4068).
 */
export class Deadline {
  readonly #controller = new AbortController()
  #timeoutMs: number
  readonly #expired: (timeoutMs: number) => Error
  readonly #caller: AbortSignal | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #endsAt = Infinity
  #released = false
  #rejectPending: ((reason: unknown) => void) | undefined

  /** `expired` makes the error that the call ends with when `timeoutMs` have passed. */
  constructor(timeoutMs: number, caller: AbortSignal | undefined, expired: (timeoutMs: number) => Error) {
    this.#timeoutMs = timeoutMs
    this.#expired = expired
    this.#caller = caller
    if (caller?.aborted === true) {
      this.abort(caller.reason)
      return
    }
    caller?.addEventListener('abort', this)
    this.arm()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get aborted(): boolean {
    return this.#controller.signal.aborted
  }

  /** Why the call was ended, when it was. */
  get reason(): unknown {
    const reason: unknown = this.#controller.signal.reason
    return reason
  }

  /** The caller's signal was aborted. */
  handleEvent(): void {
    this.abort(this.#caller?.reason)
  }

  /** Starts the time anew: an idle deadline does so before each wait. */
  arm(timeoutMs = this.#timeoutMs): void {
    this.disarm()
    this.#timeoutMs = timeoutMs
    // What a call leaves behind may still ask for more time: a timer would then keep the process alive.
    if (timeoutMs === Infinity || this.#released) return
    this.#endsAt = performance.now() + timeoutMs
    this.#timer = startTimer(expire, timeoutMs, this)
  }

  /** Stops the time, while the wait is the caller's own doing. */
  disarm(): void {
    clearTimeout(this.#timer)
  }

  /** Milliseconds until the deadline. */
  remainingMs(): number {
    return this.#endsAt - performance.now()
  }

  expire(): void {
    this.abort(this.#expired(this.#timeoutMs))
  }

  abort(reason: unknown): void {
    if (this.aborted) return
    this.release()
    this.#controller.abort(reason)
    this.#rejectPending?.(reason)
  }

  /**
   * Waits for work, but no longer than the call lasts: also for work that never looks at the signal. One wait at a time.
   *
   * @throws the reason of the abort, as it is.
   */
  wait<T>(work: PromiseLike<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#rejectPending = reject
      work.then(resolve, reject)
      if (this.aborted) reject(this.reason)
    })
  }

  /** Sleeps, but no longer than the call lasts. @throws the reason of the abort, as it is. */
  async sleep(milliseconds: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined
    try {
      await this.wait(new Promise<void>((resolve) => (timer = startTimer(resolve, milliseconds, undefined))))
    } finally {
      clearTimeout(timer)
    }
  }

  /** Lets go of the timer and of the caller's signal, for good. Calling it again is no error. */
  release(): void {
    this.#released = true
    this.disarm()
    this.#caller?.removeEventListener('abort', this)
  }
}

// One function for all timers: a closure for each would be made for nothing in all but a few calls.
function expire(deadline: Deadline): void {
  deadline.expire()
}
