/** What one command keeps of its output, until its answer is sent. */
export interface HeldOutput {
  /** How many of these bytes may be kept: fewer when others hold too much. They count from now on. */
  take(bytes: number): number
  /** Nothing is held any more. */
  release(): void
}

/**
 * Bounds what the outputs of all commands together take in memory, whoever runs them and however slowly their answers are read. What does
 * not fit is left out of the output that grows beyond it, and nobody waits for anybody.
 */
export class OutputBudget {
  #left: number

  /** @param bytes - of all outputs together. */
  constructor(bytes: number) {
    this.#left = bytes
  }

  open(): HeldOutput {
    let own = 0
    return {
      take: (bytes) => {
        const taken = Math.min(bytes, this.#left)
        this.#left -= taken
        own += taken
        return taken
      },
      release: () => {
        this.#left += own
        own = 0
      },
    }
  }
}
