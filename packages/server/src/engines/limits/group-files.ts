import { mkdir, readFile, readdir, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** How long to wait until the processes of a group are gone, in milliseconds. */
const removeTimeoutMs = 10_000

/** Writes one value to a file of a group, which the kernel takes whole or refuses. */
export function put(directory: string, file: string, value: string | number): Promise<void> {
  // Without making the file: outside a real hierarchy, that would hide that it is missing.
  return writeFile(join(directory, file), String(value), { flag: 'r+' })
}

export async function textOf(directory: string, file: string): Promise<string> {
  return (await readFile(join(directory, file), 'utf8')).trim()
}

/** The value of a line `name value`; 0 when there is none. */
export async function lineOf(directory: string, file: string, name: string): Promise<number> {
  const line = (await textOf(directory, file)).split('\n').find((each) => each.startsWith(`${name} `))
  return Number(line?.slice(name.length + 1) ?? 0)
}

export async function processesOf(directory: string): Promise<number[]> {
  const text = await textOf(directory, 'cgroup.procs')
  return text === '' ? [] : text.split('\n').map(Number)
}

/** Makes a group; it is no error when it is there. */
export async function makeGroup(directory: string): Promise<void> {
  await mkdir(directory).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') throw error
  })
}

/** Removes a group and those in it, waiting for processes that are about to be gone. @returns whether nothing is left. */
export async function removeGroup(directory: string, timeoutMs = removeTimeoutMs): Promise<boolean> {
  const deadline = performance.now() + timeoutMs
  for (const name of await groupsIn(directory)) await removeGroup(join(directory, name), timeoutMs)
  for (let waitMs = 1; ; waitMs = Math.min(2 * waitMs, 50)) {
    const code = await rmdir(directory).then(() => 'ENOENT', codeOf)
    if (code === 'ENOENT') return true
    if (code !== 'EBUSY' || performance.now() > deadline) return false
    await delay(waitMs)
  }
}

export async function groupsIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
