import { readdir } from 'node:fs/promises'
import { errnoOf } from '../failure.js'
import { type DirectoryHandle } from './directory-handle.js'
import { isTemporary, typeOf } from './entry.js'

/** How many directories are read at a time. */
const batchSize = 16

/** How long a walk is kept for its next page, in milliseconds. */
const keptMs = 30_000

/** How many walks are kept: as many clients can read a whole list at the same time. */
const maxKept = 4

/** About how many bytes they may take in all: enough for half a million entries. A longer list is walked again for every page. */
const maxKeptBytes = 64 * 1024 * 1024

/** About how many bytes an entry takes in addition to its name. */
const entryBytes = 64

/** All paths below a directory, in order, and how far they have been given. */
export class Walk {
  readonly bytes: number
  #paths: readonly string[]
  #at: number
  #leftOut = 0

  private constructor(paths: readonly string[], offset: number) {
    this.#paths = paths
    this.#at = Math.min(offset, paths.length)
    this.bytes = paths.reduce((sum, path) => sum + path.length + entryBytes, 0)
  }

  /** Links are not followed. */
  static async begin(
    root: string,
    base: DirectoryHandle,
    { recursive, offset }: { recursive: boolean; offset: number },
  ): Promise<Walk> {
    return new Walk(await pathsBelow(root, base, recursive), offset)
  }

  /** How many there are, without those that were left out. */
  get total(): number {
    return this.#paths.length - this.#leftOut
  }

  /** Where the next page begins. */
  get offset(): number {
    return this.#at - this.#leftOut
  }

  get isOver(): boolean {
    return this.#at === this.#paths.length
  }

  next(count: number): readonly string[] {
    const paths = this.#paths.slice(this.#at, this.#at + count)
    this.#at += paths.length
    return paths
  }

  /** Takes back an entry that has vanished. */
  leaveOut(): void {
    this.#leftOut += 1
  }

  /** Whether both give the same entries from any offset on. */
  isLike(other: Walk): boolean {
    if (this.#leftOut !== other.#leftOut || this.#paths.length !== other.#paths.length) return false
    if (this.#paths !== other.#paths && this.#paths.some((path, index) => path !== other.#paths[index])) return false
    // Compared and kept only once.
    this.#paths = other.#paths
    return true
  }
}

interface Kept {
  readonly key: string
  readonly walk: Walk
  readonly timer: NodeJS.Timeout
}

/** Walks whose next page somebody is likely to ask for, for a short time and in bounded memory. */
export class Walks {
  /** The oldest first. */
  #kept: readonly Kept[] = []

  /** Takes the walk of this list whose next page begins there. Keep it again for a further page. */
  take(key: string, offset: number): Walk | undefined {
    const found = this.#kept.find((kept) => kept.key === key && kept.walk.offset === offset)
    if (found !== undefined) this.#drop(found)
    return found?.walk
  }

  keep(key: string, walk: Walk): void {
    // Two readers of a list can't be told apart, so they share what is kept of it.
    for (const kept of this.#kept) if (kept.key === key && !walk.isLike(kept.walk)) this.#drop(kept)
    if (walk.isOver || walk.offset === 0 || walk.bytes > maxKeptBytes) return
    const kept: Kept = { key, walk, timer: setTimeout(() => this.#drop(kept), keptMs).unref() }
    this.#kept = [...this.#kept, kept]
    for (const oldest of this.#kept) if (this.#isTooMuch) this.#drop(oldest)
  }

  get #isTooMuch(): boolean {
    const bytes = this.#kept.reduce((sum, { walk }) => sum + walk.bytes, 0)
    return this.#kept.length > maxKept || bytes > maxKeptBytes
  }

  #drop(kept: Kept): void {
    clearTimeout(kept.timer)
    this.#kept = this.#kept.filter((each) => each !== kept)
  }
}

async function pathsBelow(root: string, base: DirectoryHandle, recursive: boolean): Promise<string[]> {
  const found = await names(base, '')
  const paths = found.paths
  const directories = recursive ? found.directories : []
  // The list grows while it is walked: every directory adds those that are in it.
  for (let at = 0; at < directories.length;) {
    const batch = directories.slice(at, at + batchSize)
    at += batch.length
    const read = await Promise.allSettled(batch.map((path) => namesBelow(root, base, path)))
    for (const each of read) {
      if (each.status === 'rejected') throw each.reason
      // Added one by one, since a call takes only some hundred thousand arguments.
      for (const path of each.value.paths) paths.push(path)
      for (const path of each.value.directories) directories.push(path)
    }
  }
  return paths.sort()
}

interface Names {
  /** Relative to the directory that is walked. */
  readonly paths: string[]
  /** Those of them that are directories. */
  readonly directories: string[]
}

async function names(directory: DirectoryHandle, prefix: string): Promise<Names> {
  const found: Names = { paths: [], directories: [] }
  for (const dirent of await readdir(directory.at('.'), { withFileTypes: true })) {
    if (dirent.name.includes('\ufffd') || isTemporary(dirent.name) || typeOf(dirent) === undefined) continue
    const path = `${prefix}${dirent.name}`
    found.paths.push(path)
    if (dirent.isDirectory()) found.directories.push(path)
  }
  return found
}

async function namesBelow(root: string, base: DirectoryHandle, path: string): Promise<Names> {
  try {
    await using directory = await (await base.child(path)).verify(root)
    return await names(directory, `${path}/`)
  } catch (error) {
    // It was removed, became something else, is too deep for a path, or the guest made it unreadable for itself.
    if (errnoOf(error) === undefined) throw error
    return { paths: [], directories: [] }
  }
}
