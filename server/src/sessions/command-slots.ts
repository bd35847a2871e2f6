import { CapacityExceededError } from './errors.js'

export interface CommandSlotsOptions {
  /** Commands that run at a time, over all sessions. */
  readonly maxRunningCommands: number
  /** Commands that run at a time in one session. */
  readonly maxRunningCommandsPerSession: number
}

/** Bounds how many commands run at a time. */
export class CommandSlots {
  readonly #running = new Map<string, number>()
  #total = 0

  constructor(private readonly options: CommandSlotsOptions) {}

  /**
   * @returns what gives the slot back. Call it once.
   * @throws {CapacityExceededError}
   */
  take(sessionId: string): () => void {
    const { maxRunningCommands, maxRunningCommandsPerSession } = this.options
    const own = this.#running.get(sessionId) ?? 0
    if (own >= maxRunningCommandsPerSession) {
      throw full(`The session runs ${own} commands already, and no more at a time.`, maxRunningCommandsPerSession)
    }
    if (this.#total >= maxRunningCommands) {
      throw full(`The server runs ${this.#total} commands already, and no more at a time.`, maxRunningCommands)
    }
    this.#add(sessionId, 1)
    return () => this.#add(sessionId, -1)
  }

  #add(sessionId: string, change: 1 | -1): void {
    this.#total += change
    const own = (this.#running.get(sessionId) ?? 0) + change
    if (own > 0) this.#running.set(sessionId, own)
    else this.#running.delete(sessionId)
  }
}

function full(reason: string, limit: number): CapacityExceededError {
  return new CapacityExceededError(`${reason} Let one end, or try again later.`, { limit })
}
