import { PausableTimer } from './pausable-timer.js'

/** The longest time between two looks, in milliseconds. */
const maxIntervalMs = 100

/** A wait for processes that were asked to end. It stands still while the sandbox is paused: they can't act then. */
export class Grace {
  /** Resolves when they are gone or the time is up. */
  readonly over: Promise<void>
  readonly #timer: PausableTimer
  readonly #areGone: () => boolean
  #end: () => void = () => undefined
  #intervalMs = 1
  #look: NodeJS.Timeout | undefined

  constructor(graceMs: number, areGone: () => boolean) {
    this.#areGone = areGone
    this.over = new Promise((resolve) => (this.#end = resolve))
    this.#timer = new PausableTimer(graceMs, () => this.cut())
    this.#lookLater()
  }

  pause(): void {
    this.#timer.pause()
    clearTimeout(this.#look)
  }

  resume(): void {
    this.#timer.resume()
    this.#lookLater()
  }

  /** Ends the wait at once. */
  cut(): void {
    this.#timer.clear()
    clearTimeout(this.#look)
    this.#end()
  }

  #lookLater(): void {
    this.#look = setTimeout(() => {
      this.#intervalMs = Math.min(2 * this.#intervalMs, maxIntervalMs)
      if (this.#areGone()) this.cut()
      else this.#lookLater()
    }, this.#intervalMs)
  }
}
