/** The calls that each signal of a caller ends. */
const audiences = new WeakMap<AbortSignal, Audience>()

/** What is called when a signal is aborted. */
export interface AbortListener {
  handleEvent(): void
}

/** Listens to a signal of the caller. However many calls do, the signal itself has only one listener. */
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
 * is no help: on Node 20 a garbage collection can drop the signal that it makes (see Deadline).
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
