import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { isObject } from './spec/json.js'
import { isSystemError } from './system-error.js'

interface Holder {
  readonly pid: number
  /** When the process began, in the system's own count: a later process with the same id has another. */
  readonly begun: string | null
}

/** Locks of this very process, whose id says nothing about whether they are held. */
const own = new Set<string>()

/**
 * Makes a lock file that names this process, and takes over one whose process is gone.
 *
 * @returns A function that gives the lock back.
 * @throws {Error} when another living process, or this one, holds it.
 */
export async function acquireLock(file: string): Promise<() => Promise<void>> {
  if (own.has(file)) throw new Error(`Another server of this process uses ${file}.`)
  own.add(file)
  try {
    // The content is there from the first moment on: a link appears whole or not at all.
    const draft = `${file}.${process.pid}`
    await writeFile(draft, JSON.stringify({ pid: process.pid, begun: await beginOf(process.pid) }), { mode: 0o600 })
    try {
      while (!(await tryLink(draft, file))) await removeStale(file)
    } finally {
      await rm(draft, { force: true })
    }
  } catch (error) {
    own.delete(file)
    throw error
  }
  return async () => {
    await rm(file, { force: true })
    own.delete(file)
  }
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to)
    return true
  } catch (error) {
    if (isSystemError(error) && error.code === 'EEXIST') return false
    throw error
  }
}

async function removeStale(file: string): Promise<void> {
  const seen = await readText(file)
  const holder = parseHolder(seen)
  if (holder && (await isAlive(holder))) {
    throw new Error(`Another server (process ${holder.pid}) uses ${file}. Stop it, or choose another --data-dir.`)
  }
  // Two servers may find the same stale lock. Whoever moves away what is no longer that one puts it back.
  const aside = `${file}.stale.${process.pid}`
  try {
    await rename(file, aside)
  } catch (error) {
    if (isSystemError(error) && error.code === 'ENOENT') return
    throw error
  }
  if ((await readText(aside)) !== seen) await tryLink(aside, file)
  await rm(aside, { force: true })
}

async function isAlive({ pid, begun }: Holder): Promise<boolean> {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (isSystemError(error) && error.code === 'ESRCH') return false
  }
  const now = await beginOf(pid)
  return begun === null || now === null || begun === now
}

/** Null where the system does not tell. */
async function beginOf(pid: number): Promise<string | null> {
  const stat = await readText(`/proc/${pid}/stat`)
  // The name of the program is in parentheses and may hold anything; fields count from after it.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
}

function parseHolder(text: string): Holder | undefined {
  try {
    const value: unknown = JSON.parse(text)
    if (!isObject(value) || typeof value['pid'] !== 'number') return undefined
    return { pid: value['pid'], begun: typeof value['begun'] === 'string' ? value['begun'] : null }
  } catch {
    return undefined
  }
}

async function readText(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch(() => '')
}
