import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import writeFileAtomic from 'write-file-atomic'
import { isSessionRecord, type SessionRecord } from './record.js'

const suffix = '.json'

/** Keeps one small JSON file a session, each written whole or not at all, readable by the server's user only. */
export class SessionStore {
  constructor(private readonly directory: string) {}

  /** Reads what an earlier run left. Files that are no session (a write that was cut off) are removed. */
  async load(): Promise<SessionRecord[]> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 })
    const records: SessionRecord[] = []
    for (const name of await readdir(this.directory)) {
      const record = await this.#read(name)
      if (record) records.push(record)
      else await rm(path.join(this.directory, name), { recursive: true, force: true })
    }
    return records
  }

  async save(record: SessionRecord): Promise<void> {
    await writeFileAtomic(this.#fileOf(record.id), JSON.stringify(record), { mode: 0o600 })
  }

  /** Forgets a session; an unknown one is no error. */
  async remove(id: string): Promise<void> {
    await rm(this.#fileOf(id), { force: true })
  }

  async #read(name: string): Promise<SessionRecord | undefined> {
    if (!name.endsWith(suffix)) return undefined
    try {
      const record: unknown = JSON.parse(await readFile(path.join(this.directory, name), 'utf8'))
      return isSessionRecord(record) && name === record.id + suffix ? record : undefined
    } catch (error) {
      if (error instanceof SyntaxError) return undefined
      throw error
    }
  }

  #fileOf(id: string): string {
    return path.join(this.directory, id + suffix)
  }
}
