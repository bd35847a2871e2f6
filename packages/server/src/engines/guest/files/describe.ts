import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { Failure } from '../failure.js'
import type { StatMessage, StatOutcome } from '../protocol/messages.js'
import { entryOf, typeOf } from './entry.js'
import { locate } from './locate.js'
import type { Location } from './locate.js'
import { openFile } from './open-file.js'

const blockBytes = 256 * 1024

/**
 * Describes what is at a path; a link at its end is described itself.
 *
 * @param isWanted - asked while a checksum is made.
 * @throws {Failure} FileNotFound, also for what listings leave out: a socket, a pipe, a device.
 */
export async function describe(
  root: string,
  { path, checksum }: StatMessage,
  isWanted: () => boolean,
): Promise<StatOutcome> {
  await using location = await locate(root, path, { followLast: false })
  const { stats, parts } = location
  const type = stats && typeOf(stats)
  if (stats === undefined || type === undefined) throw new Failure('FileNotFound', `There is no ${path}.`)
  const name = parts.join('/') || '.'
  if (!checksum || type !== 'file') return entryOf(name, type, stats)
  return await describeContent(root, location, name, isWanted)
}

async function describeContent(
  root: string,
  location: Location,
  name: string,
  isWanted: () => boolean,
): Promise<StatOutcome> {
  await using file = await openFile(root, location)
  const checksum = await md5(file.handle, file.stats.size, isWanted)
  return { ...entryOf(name, 'file', file.stats), checksum }
}

/** Reads only the first `size` bytes: a file that grows meanwhile must not be read for ever. */
async function md5(file: FileHandle, size: number, isWanted: () => boolean): Promise<string> {
  const hash = createHash('md5')
  const block = Buffer.allocUnsafe(blockBytes)
  for (let left = size; left > 0;) {
    if (!isWanted()) throw new Failure('Cancelled', 'Nobody wants the checksum any more.')
    const { bytesRead } = await file.read(block, 0, Math.min(left, block.length))
    if (bytesRead === 0) throw new Failure('FileAccess', 'The file became shorter while it was read.')
    hash.update(block.subarray(0, bytesRead))
    left -= bytesRead
  }
  return hash.digest('hex')
}
