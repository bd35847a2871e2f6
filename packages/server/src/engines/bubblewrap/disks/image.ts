import { execFile } from 'node:child_process'
import { lstat, open, readFile, readdir } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { EngineError } from '../../contract/errors.js'

const run = promisify(execFile)

/** How long the kernel may take to write what an ended sandbox left in memory, in milliseconds. */
const detachTimeoutMs = 120_000

/** Where the superblock has its magic number and, after it, the state. */
const magicOffset = 1024 + 0x38
const magic = 0xef53
const cleanState = 1

/** e2fsck's exit codes have this bit and those above it when something is still wrong. */
const uncorrected = 4

/**
 * The size of a sandbox's image in bytes, or undefined when there is none. A file of that name in the plain directory of a
 * guest is not taken for one: an image belongs to root, and no guest can make a file that does.
 */
export async function sizeOfImage(path: string): Promise<number | undefined> {
  try {
    const stats = await lstat(path)
    return stats.isFile() && stats.uid === 0 && stats.nlink === 1 ? stats.size : undefined
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      return undefined
    throw error
  }
}

/**
 * Gets the image of an ended sandbox ready to be mounted again: waits until the kernel has unmounted it, and repairs it when
 * the kernel found an error in it before.
 *
 * @throws {EngineError} when it can't be used.
 */
export async function makeUsable(path: string): Promise<void> {
  await untilDetached(path)
  if ((await stateOf(path)) === cleanState) return
  await repair(path)
}

/** Whether a loop device reads and writes the file. */
export async function isAttached(path: string): Promise<boolean> {
  const names = (await readdir('/sys/block')).filter((name) => name.startsWith('loop'))
  const files = await Promise.all(
    names.map((name) => readFile(`/sys/block/${name}/loop/backing_file`, 'utf8').catch(() => '')),
  )
  return files.includes(`${path}\n`)
}

async function untilDetached(path: string): Promise<void> {
  const deadline = performance.now() + detachTimeoutMs
  for (let waitMs = 2; await isAttached(path); waitMs = Math.min(2 * waitMs, 100)) {
    if (performance.now() > deadline) {
      throw new EngineError('The files of the sandbox are still being written to the disk. Try again later.')
    }
    await delay(waitMs)
  }
}

/** @throws {EngineError} when there is no file system. */
async function stateOf(path: string): Promise<number> {
  await using file = await open(path)
  const bytes = Buffer.alloc(4)
  await file.read(bytes, 0, bytes.length, magicOffset)
  if (bytes.readUInt16LE(0) !== magic)
    throw new EngineError('The disk image of the sandbox is damaged: it holds no file system.')
  return bytes.readUInt16LE(2)
}

async function repair(path: string): Promise<void> {
  const env = { LC_ALL: 'C' }
  // The shell has a PATH of its own, with /usr/sbin in it.
  const repairing = run('/bin/sh', ['-c', 'exec e2fsck -f -y -- "$1"', 'sh', path], { env, maxBuffer: 64 * 1024 ** 2 })
  await repairing.catch((cause: unknown) => {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (typeof code === 'number' && code < uncorrected) return
    throw new EngineError('The disk image of the sandbox is damaged and could not be repaired.', { cause })
  })
}
