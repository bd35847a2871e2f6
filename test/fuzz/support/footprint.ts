import { lstat, readdir, readFile } from 'node:fs/promises'
import path from 'node:path'

/** What is on the disk of the host, seen past the server. */
export class Footprint {
  /** Processes in the sandboxes of sessions whose files are in a disk image, by the sandbox's directory. */
  readonly #insiders = new Map<string, string>()

  constructor(private readonly dataDir: string) {}

  /** Every file of a session, with what would change if anything were done to it; empty when it has no directory. */
  async files(sessionId: string): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>()
    const directory = path.join(this.#sandboxes, sessionId.toLowerCase())
    await walk((await this.#mountOf(directory)) ?? directory, '', found)
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

  /** Where a session's disk image can be seen; undefined when its files are in a plain directory. */
  async #mountOf(directory: string): Promise<string | undefined> {
    const device = await deviceOf(path.join(directory, 'disk.img'))
    if (device === undefined) return undefined
    const known = this.#insiders.get(directory)
    for (const pid of known === undefined ? await readdir('/proc') : [known, ...(await readdir('/proc'))]) {
      if (!(await textOf(`/proc/${pid}/mountinfo`)).includes(` ${device} / /workspace `)) continue
      this.#insiders.set(directory, pid)
      return `/proc/${pid}/root/workspace`
    }
    return undefined
  }

  get #sandboxes(): string {
    return path.join(this.dataDir, 'sandboxes', 'bubblewrap', 'sandboxes')
  }
}

/** The number of the loop device that reads and writes a file. */
async function deviceOf(file: string): Promise<string | undefined> {
  for (const name of await readdir('/sys/block')) {
    const backing = name.startsWith('loop') ? await textOf(`/sys/block/${name}/loop/backing_file`) : ''
    if (backing === `${file}\n`) return (await textOf(`/sys/block/${name}/dev`)).trim()
  }
  return undefined
}

function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '')
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
