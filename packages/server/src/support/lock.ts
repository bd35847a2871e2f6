import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { close as closeCallback, fstat, open as openCallback } from 'node:fs'
import { readFile, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { isObject } from './json.js'
import { isSystemError } from './system-error.js'

// The garbage collector would close a FileHandle, and the lock would be lost.
const openDescriptor = promisify(openCallback)
const closeDescriptor = promisify(closeCallback)
const statDescriptor = promisify(fstat)

/** How long a file system may take to answer, in milliseconds: a network file system whose server is away hangs. */
const answerWithinMs = 30_000

/**
 * Locks a file for this process alone, until it is given back or the process ends, however it ends.
 *
 * The kernel holds the lock (`flock`) for as long as the descriptor is open, and Node passes the descriptor to no child. So it
 * works between PID namespaces and containers, where a process id says nothing, and `kill -9` leaves no lock behind. The file
 * itself stays: if it were removed, two servers could lock two files of one name. Its content is only for people.
 *
 * @returns A function that gives the lock back.
 * @throws {Error} when another server holds it, or nothing can be locked here.
 */
export async function acquireLock(file: string): Promise<() => Promise<void>> {
  for (;;) {
    const descriptor = await openDescriptor(file, 'a+', 0o600)
    try {
      await lock(descriptor, file)
      if (await isAt(file, descriptor)) {
        // A full disk must not keep the server from starting, since deleting sessions is what frees the disk.
        await writeFile(file, JSON.stringify({ pid: process.pid, host: os.hostname() })).catch(() => undefined)
        return () => closeDescriptor(descriptor)
      }
    } catch (error) {
      await closeDescriptor(descriptor)
      throw error
    }
    // Somebody removed the file meanwhile: nobody else can find the locked one.
    await closeDescriptor(descriptor)
  }
}

/** Node can lock nothing itself. The program locks what it shares with this process, and leaves it locked when it ends. */
async function lock(descriptor: number, file: string): Promise<void> {
  const child = spawn('flock', ['-n', '3'], {
    stdio: ['ignore', 'ignore', 'pipe', descriptor],
    timeout: answerWithinMs,
    killSignal: 'SIGKILL',
  })
  let complaint = ''
  // Without descriptors for a pipe, Node makes none.
  const output: unknown = child.stderr
  if (output instanceof Readable) output.on('data', (chunk) => (complaint += String(chunk)))
  const ended: unknown[] = await once(child, 'close').catch((error: unknown) => {
    if (!isSystemError(error) || error.code !== 'ENOENT') throw error
    throw new Error('The program flock is missing: install util-linux.', { cause: error })
  })
  if (ended[0] === 0) return
  if (ended[0] === 1 && complaint === '') throw new Error(await describeHolder(file))
  const reason = complaint.trim() || `flock did not answer within ${answerWithinMs / 1_000} s`
  throw new Error(`${file} cannot be locked: ${reason}. Choose a --data-dir on a file system that has locks.`)
}

async function isAt(file: string, descriptor: number): Promise<boolean> {
  const mine = await statDescriptor(descriptor)
  const there = await stat(file).catch(() => undefined)
  return there?.ino === mine.ino && there.dev === mine.dev
}

async function describeHolder(file: string): Promise<string> {
  const { pid, host } = await readHolder(file)
  const which = typeof pid === 'number' ? ` (process ${pid}${typeof host === 'string' ? ` on ${host}` : ''})` : ''
  return `Another server${which} uses ${file}. Stop it, or choose another --data-dir.`
}

async function readHolder(file: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    const holder: unknown = JSON.parse(await readFile(file, 'utf8'))
    return isObject(holder) ? holder : {}
  } catch {
    return {}
  }
}
