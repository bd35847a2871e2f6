import { lstat } from 'node:fs/promises'
import type { EntryMessage, ListMessage } from '../protocol/messages.js'
import type { OutgoingStream } from '../protocol/outgoing-stream.js'
import { type DirectoryHandle } from './directory-handle.js'
import { entryOf, typeOf } from './entry.js'
import { openDirectory } from './locate.js'
import { Walk, type Walks } from './walk.js'

/** How many entries are read at a time. */
const batchSize = 64

/**
 * Sends a page of the entries below a directory, a JSON line each, sorted by path (UTF-16 code units).
 *
 * Left out: names that are not UTF-8 (no path could name them), incomplete uploads, sockets, pipes and devices, and what is
 * below a directory that can't be read.
 *
 * A page that begins where the previous page ended goes on with its walk, so that reading a list to its end takes one walk: it is
 * the list of the first page, without what has vanished since. Every other page is a new list.
 *
 * @returns how many entries there are in all.
 */
export async function list(
  root: string,
  { path, recursive, limit, offset }: ListMessage,
  output: Pick<OutgoingStream, 'write' | 'end'>,
  walks: Walks,
): Promise<{ total: number }> {
  const { handle, parts } = await openDirectory(root, path)
  await using base = handle
  // Links in it are followed, so that two names of one directory share one list.
  const key = JSON.stringify([parts, recursive])
  const walk = walks.take(key, offset) ?? (await Walk.begin(root, base, { recursive, offset }))
  const prefix = parts.map((part) => `${part}/`).join('')
  const isTaken = await send(walk, limit, output, (below) => describe(base, below, prefix))
  if (isTaken) walks.keep(key, walk)
  output.end()
  return { total: walk.total }
}

/**
 * Entries that vanished since the walk must not make a page short: a loop would take an empty page for the end.
 *
 * @returns false when nobody wants the rest.
 */
async function send(
  walk: Walk,
  limit: number,
  output: Pick<OutgoingStream, 'write'>,
  describeOne: (path: string) => Promise<EntryMessage | undefined>,
): Promise<boolean> {
  for (let left = limit; left > 0 && !walk.isOver;) {
    const entries = await Promise.all(walk.next(Math.min(left, batchSize)).map(describeOne))
    for (const entry of entries) {
      if (entry === undefined) walk.leaveOut()
      else if (await output.write(Buffer.from(`${JSON.stringify(entry)}\n`))) left -= 1
      else return false
    }
  }
  return true
}

async function describe(base: DirectoryHandle, path: string, prefix: string): Promise<EntryMessage | undefined> {
  try {
    const stats = await lstat(base.at(path))
    const type = typeOf(stats)
    return type === undefined ? undefined : entryOf(`${prefix}${path}`, type, stats)
  } catch {
    return undefined
  }
}
