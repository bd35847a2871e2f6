import { startTimer } from '../internal/timers.js'
import { listenTo, stopListeningTo } from './caller-signal.js'

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
  readonly #onAbort: (() => void) | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #endsAt = Infinity
  #released = false
  #rejectPending: ((reason: unknown) => void) | undefined
  #makeReason: (() => unknown) | undefined
  #reason: unknown
  #isForeign = false
  // The signal knows it too, but asking it takes a hundredth of a call's time.
  #aborted = false

  /**
   * `expired` makes the error that the call ends with when `timeoutMs` have passed. `onAbort` is called when the call is ended,
   * whatever ends it, but not for a signal that is aborted already.
   */
  constructor(
    timeoutMs: number,
    caller: AbortSignal | undefined,
    expired: (timeoutMs: number) => Error,
    onAbort?: () => void,
  ) {
    this.#timeoutMs = timeoutMs
    this.#expired = expired
    this.#caller = caller
    if (caller?.aborted === true) {
      this.abort(caller.reason)
      return
    }
    this.#onAbort = onAbort
    if (caller !== undefined) listenTo(caller, this)
    this.arm()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get isReasonMade(): boolean {
    return this.#makeReason === undefined
  }

  /** Whether the call was ended with this reason by somebody else, so that it is thrown as it is. */
  isForeign(error: unknown): boolean {
    return this.#isForeign && error === this.#reason
  }

  get aborted(): boolean {
    return this.#aborted
  }

  /** The reason that the call was ended with, which it throws. */
  get reason(): unknown {
    if (this.#makeReason !== undefined) {
      this.#reason = this.#makeReason()
      this.#makeReason = undefined
    }
    return this.#reason
  }

  /** The caller's signal was aborted. */
  handleEvent(): void {
    this.abort(this.#caller?.reason)
  }

  /** Starts the time anew, as an idle deadline does before each wait. */
  arm(timeoutMs = this.#timeoutMs): void {
    this.disarm()
    this.#timeoutMs = timeoutMs
    // Leftovers of a finished call may still ask for more time, and a timer would keep the process alive.
    if (timeoutMs === Infinity || this.#released) return
    this.#endsAt = performance.now() + timeoutMs
    this.#timer = startTimer(expire, timeoutMs, this)
  }

  /** Stops the time while the caller is the one who keeps the call waiting. */
  disarm(): void {
    clearTimeout(this.#timer)
  }

  /** Milliseconds until the deadline. */
  remainingMs(): number {
    return this.#endsAt - performance.now()
  }

  expire(): void {
    const timeoutMs = this.#timeoutMs
    this.end(() => this.#expired(timeoutMs))
  }

  /** Ends the call with somebody else's reason, which is thrown as it is. */
  abort(reason: unknown): void {
    if (this.aborted) return
    this.#isForeign = true
    this.#reason = reason === undefined ? new DOMException('The call was aborted.', 'AbortError') : reason
    this.#end(this.#reason)
  }

  /**
   * Ends the call with an error that is made only where it is thrown: there its stack leads to the caller. Made in a timer, its
   * stack would lead nowhere.
   */
  end(makeReason: () => unknown): void {
    if (this.aborted) return
    this.#makeReason = makeReason
    this.#end(undefined)
  }

  #end(reason: unknown): void {
    this.#aborted = true
    this.release()
    this.#controller.abort(reason)
    this.#rejectPending?.(reason)
    this.#onAbort?.()
  }

  /**
   * Waits for work, but no longer than the call lasts, even if the work ignores the signal. Only one wait at a time. When the call
   * has ended, throw its {@link Deadline.reason}, whatever this rejects with.
   */
  wait<T>(work: PromiseLike<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#rejectPending = reject
      work.then(resolve, reject)
      const reason: unknown = this.#aborted ? this.#controller.signal.reason : undefined
      if (this.#aborted) reject(reason)
    })
  }

  /** Sleeps, but no longer than the call lasts; like {@link Deadline.wait}. */
  async sleep(milliseconds: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined
    try {
      await this.wait(new Promise<void>((resolve) => (timer = startTimer(resolve, milliseconds, undefined))))
    } finally {
      clearTimeout(timer)
    }
  }

  /** Releases the timer and the caller's signal for good. Calling it again is no error. */
  release(): void {
    this.#released = true
    this.disarm()
    if (this.#caller !== undefined) stopListeningTo(this.#caller, this)
  }
}

// One function for all timers: a closure for each call would almost always be made for nothing.
function expire(deadline: Deadline): void {
  deadline.expire()
}
