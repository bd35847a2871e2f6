/** What is wrong, each kind of thing no more than a few times: the rest would not be read. */
export class Findings {
  readonly #found: string[] = []
  readonly #kinds = new Map<string, number>()

  add(where: string, problem: string, again: string): void {
    const kind = problem.replaceAll(/[0-9a-f-]{36}|\d+|"[^"]*"/g, '').slice(0, 60)
    const count = (this.#kinds.get(kind) ?? 0) + 1
    this.#kinds.set(kind, count)
    if (count <= 3) this.#found.push(`${where}: ${problem}${again}`)
  }

  get all(): readonly string[] {
    const more = [...this.#kinds].filter(([, count]) => count > 3)
    return [...this.#found, ...more.map(([kind, count]) => `${count} in all like: ${kind}`)]
  }

  /** Whether there are so many kinds that going on is of no use. */
  get tooMany(): boolean {
    return this.#kinds.size > 30
  }
}
