/** How often each operation was answered with each status. */
export class Tally {
  readonly #counts = new Map<string, Map<number, number>>()

  count(operation: string, status: number): void {
    const statuses = this.#counts.get(operation) ?? new Map<number, number>()
    this.#counts.set(operation, statuses.set(status, (statuses.get(status) ?? 0) + 1))
  }

  /** Statuses that an operation was answered with. */
  statusesOf(operation: string): readonly number[] {
    return [...(this.#counts.get(operation)?.keys() ?? [])].sort((a, b) => a - b)
  }

  /** How many different pairs of an operation and a status there were. */
  get pairs(): number {
    return [...this.#counts.values()].reduce((sum, statuses) => sum + statuses.size, 0)
  }

  get total(): number {
    return [...this.#counts.values()]
      .flatMap((statuses) => [...statuses.values()])
      .reduce((sum, count) => sum + count, 0)
  }

  /** One line for each operation. */
  toString(): string {
    const width = Math.max(...[...this.#counts.keys()].map((operation) => operation.length))
    return [...this.#counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([operation, statuses]) => {
        const counts = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status} × ${count}`)
        return `${operation.padEnd(width)}  ${counts.join('  ')}`
      })
      .join('\n')
  }
}
