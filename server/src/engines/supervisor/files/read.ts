import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { Failure } from '../failure.js'
import type { EntryMessage } from '../protocol/messages.js'
import type { OutgoingStream } from '../protocol/outgoing-stream.js'
import { verifyInside } from './directory-handle.js'
import { entryOf } from './entry.js'
import { locate } from './locate.js'

/**
 * Sends the content of a regular file: exactly as many bytes as the entry says, which `announce` gets first.
 *
 * @throws {Failure} FileAccess when the file became shorter meanwhile.
 */
export async function read(
  root: string,
  path: string,
  output: OutgoingStream,
  announce: (entry: EntryMessage) => void,
): Promise<void> {
  await using location = await locate(root, path, { followLast: true })
  if (location.name === undefined || location.stats?.isDirectory()) {
    throw new Failure('IsADirectory', `${path || '.'} is a directory`)
  }
  if (location.stats === undefined) throw new Failure('FileNotFound', `there is no ${path}`)
  if (!location.stats.isFile()) throw new Failure('FileAccess', `${path} is not a regular file`)
  // Not to block on what the guest may have put there since: a pipe that nobody writes to.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW | constants.O_NOCTTY
  await using file = await open(location.directory.at(location.name), flags)
  const stats = await file.stat()
  if (!stats.isFile()) throw new Failure('FileAccess', `${path} is not a regular file`)
  await verifyInside(root, `/proc/self/fd/${file.fd}`)
  announce(entryOf(location.parts.join('/'), 'file', stats))
  const buffer = Buffer.allocUnsafe(64 * 1024)
  for (let left = stats.size; left > 0;) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(left, buffer.length))
    if (bytesRead === 0) throw new Failure('FileAccess', `${path} became shorter while it was read`)
    // A copy, because the frame may wait in the pipe's buffer while the next block is read.
    if (!(await output.write(Buffer.from(buffer.subarray(0, bytesRead))))) return
    left -= bytesRead
  }
  output.end()
}
