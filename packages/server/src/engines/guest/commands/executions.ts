import { Failure } from '../failure.js'
import type { Execution } from './execution.js'

/** How many ended executions are kept. */
const maxEnded = 100

/** Bytes that their outputs may take together. */
const maxEndedBytes = 32 * 1024 * 1024

/** The executions that can be found by id: those that run, and the last ones that ended, unless they were to be forgotten. */
export class Executions {
  readonly #known = new Map<string, Execution>()
  /** Those that have ended; the oldest is first. */
  readonly #ended = new Set<Execution>()

  get ids(): string[] {
    return [...this.#known.keys()]
  }

  has(id: string): boolean {
    return this.#known.has(id)
  }

  /** @throws {Failure} ExecutionNotFound. */
  find(id: string): Execution {
    const execution = this.#known.get(id)
    if (execution !== undefined) return execution
    throw new Failure('ExecutionNotFound', 'No command has that id, or it has ended and is no longer kept.')
  }

  add(execution: Execution): void {
    this.#known.set(execution.id, execution)
    void execution.outcome.then(() => {
      this.#ended.add(execution)
      if (execution.isForgotten) this.#remove(execution)
      this.#makeRoom()
    })
  }

  /** Now, or when it has ended. */
  forget(id: string): void {
    const execution = this.#known.get(id)
    if (execution === undefined) return
    execution.isForgotten = true
    if (this.#ended.has(execution)) this.#remove(execution)
  }

  #makeRoom(): void {
    let bytes = 0
    for (const { keptBytes } of this.#ended) bytes += keptBytes
    for (const oldest of this.#ended) {
      if (this.#ended.size <= maxEnded && bytes <= maxEndedBytes) return
      bytes -= oldest.keptBytes
      this.#remove(oldest)
    }
  }

  #remove(execution: Execution): void {
    this.#ended.delete(execution)
    this.#known.delete(execution.id)
  }
}
