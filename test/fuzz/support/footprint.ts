import { lstat, readdir } from 'node:fs/promises'
import path from 'node:path'

/** What is on the disk of the host, seen past the server. */
export class Footprint {
  constructor(private readonly dataDir: string) {}

  /** Every file of a session, with what would change if anything were done to it; empty when it has no directory. */
  async files(sessionId: string): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>()
    await walk(path.join(this.#sandboxes, sessionId.toLowerCase()), '', found)
    return found
  }

  /** Ids that have a directory, or a state file. */
  async sessions(): Promise<readonly string[]> {
    const sandboxes = await readdir(this.#sandboxes)
    const states = await readdir(path.join(this.dataDir, 'sessions'))
    return [...new Set([...sandboxes, ...states.map((name) => path.basename(name, '.json'))])].sort()
  }

  /** The idempotency keys that outlived their sessions. */
  async keys(): Promise<readonly string[]> {
    return await readdir(path.join(this.dataDir, 'idempotency-keys'))
  }

  get #sandboxes(): string {
    return path.join(this.dataDir, 'sandboxes', 'bubblewrap', 'sandboxes')
  }
}

async function walk(root: string, below: string, found: Map<string, string>): Promise<void> {
  const entries = await readdir(path.join(root, below), { withFileTypes: true }).catch(() => [])
  for (const entry of entries) {
    const place = path.join(below, entry.name)
    const stats = await lstat(path.join(root, place)).catch(() => undefined)
    if (stats === undefined) continue
    const { ino, size, mode, mtimeMs } = stats
    // A directory's time tells of a temporary file that came and went, which is no harm.
    found.set(place, entry.isDirectory() ? `directory ${mode}` : [ino, size, mode, mtimeMs].join(' '))
    if (entry.isDirectory()) await walk(root, place, found)
  }
}
