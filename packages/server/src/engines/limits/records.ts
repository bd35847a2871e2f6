import { readFile, writeFile } from 'node:fs/promises'

/** Remembers in a file where groups were made, so that a later run of the server finds those that a killed one has left. */
export class Records {
  readonly #file: string

  constructor(file: string) {
    this.#file = file
  }

  async read(): Promise<string[]> {
    try {
      const paths: unknown = JSON.parse(await readFile(this.#file, 'utf8'))
      return Array.isArray(paths) ? paths.filter((path) => typeof path === 'string') : []
    } catch {
      return []
    }
  }

  /** Forgets what was there before. */
  async write(paths: readonly string[]): Promise<void> {
    await writeFile(this.#file, JSON.stringify(paths), { mode: 0o600 })
  }
}
