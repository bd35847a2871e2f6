import type { FileHandle } from 'node:fs/promises'
import { Failure } from '../failure.js'
import type { RangeMessage, ReadMessage, ReadReply } from '../protocol/messages.js'
import type { OutgoingStream } from '../protocol/outgoing-stream.js'
import { entryOf } from './entry.js'
import { locate } from './locate.js'
import { openFile } from './open-file.js'

const blockBytes = 64 * 1024

/**
 * Sends the content of a regular file, or a part of it: exactly as many bytes as `announce` is called with first.
 *
 * @throws {Failure} FileAccess when the file became shorter meanwhile.
 */
export async function read(
  root: string,
  { path, range, version }: ReadMessage,
  output: OutgoingStream,
  announce: (reply: ReadReply) => void,
): Promise<void> {
  await using location = await locate(root, path, { followLast: true })
  if (location.name === undefined || location.stats?.isDirectory()) {
    throw new Failure('IsADirectory', `${path || '.'} is a directory.`)
  }
  if (location.stats === undefined) throw new Failure('FileNotFound', `There is no ${path}.`)
  if (!location.stats.isFile()) throw new Failure('FileAccess', 'It is not a regular file.')
  await using file = await openFile(root, location)
  const entry = entryOf(location.parts.join('/'), 'file', file.stats)
  const isMeant = range !== undefined && (version === undefined || version === entry.version)
  const part = isMeant ? partOf(range, entry.size) : { start: 0, length: entry.size }
  announce({ ...entry, part: part ?? null })
  if (part === undefined || (await send(file.handle, part, output))) output.end()
}

/** Undefined when no byte is in the range. */
function partOf(range: RangeMessage, size: number): { start: number; length: number } | undefined {
  const start = 'suffix' in range ? Math.max(0, size - range.suffix) : range.first
  const end = 'suffix' in range || range.last === undefined ? size : Math.min(size, range.last + 1)
  return start < end ? { start, length: end - start } : undefined
}

/** @returns false when nobody wants the rest. */
async function send(
  file: FileHandle,
  { start, length }: { start: number; length: number },
  output: OutgoingStream,
): Promise<boolean> {
  const end = start + length
  for (let position = start; position < end;) {
    // A new buffer each time, because the frame may still wait in the pipe while the next block is read.
    const block = Buffer.allocUnsafe(Math.min(end - position, blockBytes))
    const { bytesRead } = await file.read(block, 0, block.length, position)
    if (bytesRead === 0) throw new Failure('FileAccess', 'The file became shorter while it was read.')
    if (!(await output.write(block.subarray(0, bytesRead)))) return false
    position += bytesRead
  }
  return true
}
