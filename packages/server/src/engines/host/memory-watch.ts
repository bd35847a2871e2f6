import type { ExecutionExit } from '../contract/execution.js'

/** How many commands are remembered, the latest ones. The supervisor keeps fewer of those that have ended. */
const maxKnown = 1000

/** Tells of each command whether the kernel killed something of the sandbox for want of memory while it ran. */
export class MemoryWatch {
  readonly #kills: () => Promise<number>
  /** What is told of a command, by its id. */
  readonly #told = new Map<string, Promise<ExecutionExit>>()

  /** @param kills - how many processes of the sandbox were killed so far. */
  constructor(kills: () => Promise<number>) {
    this.#kills = kills
  }

  /**
   * To be called before the command starts.
   *
   * @returns what completes its exit. For a command that is known already, that is what was told of it before.
   */
  begin(): (id: string, exit: Promise<ExecutionExit>) => Promise<ExecutionExit> {
    const before = this.#count()
    return (id, exit) => {
      const known = this.#told.get(id)
      if (known !== undefined) return known
      const told = exit.then(async (ended) => ({ ...ended, outOfMemory: (await this.#count()) > (await before) }))
      // It is no unhandled rejection when the caller only reads the output.
      told.catch(() => undefined)
      for (const oldest of this.#told.keys()) {
        if (this.#told.size < maxKnown) break
        this.#told.delete(oldest)
      }
      this.#told.set(id, told)
      return told
    }
  }

  /** The group is removed when the sandbox ends. */
  #count(): Promise<number> {
    return this.#kills().catch(() => 0)
  }
}
