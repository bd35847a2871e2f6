/**
 * The end of one call: a single AbortController and a single timer for the deadline, the caller's signal and the closing of
 * the client. Its signal is passed to every attempt by hand: a signal that travels inside a cloned Request, or through
 * AbortSignal.any, is forgotten after a garbage collection on Node 20 (nodejs/undici#4068).
 */
export class Deadline {
  readonly #controller = new AbortController()
  readonly #timeoutMs: number
  readonly #expired: () => Error
  readonly #caller: AbortSignal | undefined
  readonly #onCallerAbort = (): void => {
    this.abort(this.#caller?.reason)
  }
  #timer: ReturnType<typeof setTimeout> | undefined
  #rejectPending: ((reason: unknown) => void) | undefined

  /** `expired` makes the error that the call ends with when `timeoutMs` have passed. */
  constructor(timeoutMs: number, caller: AbortSignal | undefined, expired: () => Error) {
    this.#timeoutMs = timeoutMs
    this.#expired = expired
    this.#caller = caller
    if (caller?.aborted === true) {
      this.abort(caller.reason)
      return
    }
    caller?.addEventListener('abort', this.#onCallerAbort, { once: true })
    this.arm()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Why the call was ended, when it was. */
  get reason(): unknown {
    const reason: unknown = this.#controller.signal.reason
    return reason
  }

  /** Starts the time anew: an idle deadline does so before each wait. */
  arm(): void {
    this.disarm()
    if (this.#timeoutMs === Infinity || this.signal.aborted) return
    this.#timer = setTimeout(() => {
      this.abort(this.#expired())
    }, this.#timeoutMs)
  }

  /** Stops the time, while the wait is the caller's own doing. */
  disarm(): void {
    clearTimeout(this.#timer)
  }

  abort(reason: unknown): void {
    if (this.signal.aborted) return
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
      work.then(resolve, (error: unknown) => {
        reject(this.signal.aborted ? this.reason : error)
      })
      if (this.signal.aborted) reject(this.reason)
    })
  }

  /** Lets go of the timer and of the caller's signal. Calling it again is no error. */
  release(): void {
    this.disarm()
    this.#caller?.removeEventListener('abort', this.#onCallerAbort)
  }
}
