import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import writeFileAtomic from 'write-file-atomic'

const suffix = '.json'

/** Keeps a small JSON file for each item. It is written completely or not at all, and only the server's user can read it. */
export class JsonFiles<Item extends { readonly id: string }> {
  constructor(
    private readonly directory: string,
    private readonly isItem: (value: unknown) => value is Item,
  ) {}

  /** Reads what an earlier run left. Files that hold no item (a write that was cut off) are removed. */
  async load(): Promise<Item[]> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 })
    const items: Item[] = []
    for (const name of await readdir(this.directory)) {
      const item = await this.#read(name)
      if (item) items.push(item)
      else await rm(path.join(this.directory, name), { recursive: true, force: true })
    }
    return items
  }

  async save(item: Item): Promise<void> {
    await writeFileAtomic(this.#fileOf(item.id), JSON.stringify(item), { mode: 0o600 })
  }

  /** Takes over an item's file from other files. The move needs no room on the disk. */
  async takeFrom<Other extends { readonly id: string }>(other: JsonFiles<Other>, id: string): Promise<void> {
    await rename(other.#fileOf(id), this.#fileOf(id))
  }

  /** Forgets an item; an unknown one is no error. */
  async remove(id: string): Promise<void> {
    await rm(this.#fileOf(id), { force: true })
  }

  async #read(name: string): Promise<Item | undefined> {
    if (!name.endsWith(suffix)) return undefined
    try {
      const item: unknown = JSON.parse(await readFile(path.join(this.directory, name), 'utf8'))
      return this.isItem(item) && name === item.id + suffix ? item : undefined
    } catch (error) {
      if (error instanceof SyntaxError) return undefined
      throw error
    }
  }

  #fileOf(id: string): string {
    return path.join(this.directory, id + suffix)
  }
}
