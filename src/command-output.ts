import type { OutputEvent } from './command-events.js'

/** What a command has written so far, up to a limit of characters for each of its streams. */
export class CommandOutput {
  stdout = ''
  stderr = ''
  /** Whether something was left out. */
  truncated = false
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  add({ type, data }: OutputEvent): void {
    const room = this.#limit - this[type].length
    if (room >= data.length) this[type] += data
    else {
      this[type] += data.slice(0, Math.max(0, room))
      this.truncated = true
    }
  }
}
