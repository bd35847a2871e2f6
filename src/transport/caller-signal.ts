/** The calls that one signal of a caller's would end, by that signal. */
const audiences = new WeakMap<AbortSignal, Audience>()

/** Who is told that a signal was aborted. */
export interface AbortListener {
  handleEvent(): void
}

/** Listens to a signal of the caller's, however many others do: the signal itself has one listener for all of them. */
export function listenTo(signal: AbortSignal, listener: AbortListener): void {
  let audience = audiences.get(signal)
  if (audience === undefined) audiences.set(signal, (audience = new Audience(signal)))
  audience.add(listener)
}

/** Calling it again is no error. */
export function stopListeningTo(signal: AbortSignal, listener: AbortListener): void {
  audiences.get(signal)?.remove(listener)
}

/**
 * A program may make all of its calls on one signal, and Node warns of a leak when the eleventh listens to it. AbortSignal.any
 * is no help: what it makes can be forgotten by a garbage collection on Node 20 (see Deadline).
 */
class Audience implements AbortListener {
  readonly #signal: AbortSignal
  readonly #listeners = new Set<AbortListener>()

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  add(listener: AbortListener): void {
    if (this.#listeners.size === 0) this.#signal.addEventListener('abort', this)
    this.#listeners.add(listener)
  }

  remove(listener: AbortListener): void {
    if (this.#listeners.delete(listener) && this.#listeners.size === 0) {
      this.#signal.removeEventListener('abort', this)
    }
  }

  handleEvent(): void {
    for (const listener of this.#listeners) listener.handleEvent()
  }
}
