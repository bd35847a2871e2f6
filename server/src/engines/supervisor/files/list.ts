import { lstat, readdir } from 'node:fs/promises'
import { errnoOf } from '../failure.js'
import type { EntryMessage, ListMessage } from '../protocol/messages.js'
import type { OutgoingStream } from '../protocol/outgoing-stream.js'
import { type DirectoryHandle } from './directory-handle.js'
import { entryOf, isTemporary, typeOf } from './entry.js'
import { openDirectory } from './locate.js'

/**
 * Sends a page of the entries below a directory, a JSON line each, sorted by path (UTF-16 code units).
 *
 * Left out: names that are not UTF-8 (no path could name them), incomplete uploads, sockets, pipes and devices, and what is
 * below a directory that can't be read.
 *
 * @returns how many entries there are in all.
 */
export async function list(root: string, request: ListMessage, output: OutgoingStream): Promise<{ total: number }> {
  const { handle, parts } = await openDirectory(root, request.path)
  await using base = handle
  const found = await names(base)
  if (request.recursive) {
    // The list grows while it is walked: every directory adds what is in it.
    for (const { path, isDirectory } of found) {
      if (!isDirectory) continue
      // One by one: a call takes no more than some hundred thousand arguments.
      for (const below of await namesBelow(root, base, path)) found.push(below)
    }
  }
  const paths = found.map(({ path }) => path).sort()
  const prefix = parts.map((part) => `${part}/`).join('')
  for (const path of paths.slice(request.offset, request.offset + request.limit)) {
    const entry = await describe(base, path, prefix)
    if (entry !== undefined && !(await output.write(Buffer.from(`${JSON.stringify(entry)}\n`)))) break
  }
  output.end()
  return { total: paths.length }
}

interface Found {
  /** Relative to the listed directory. */
  readonly path: string
  readonly isDirectory: boolean
}

async function names(directory: DirectoryHandle, prefix = ''): Promise<Found[]> {
  const found: Found[] = []
  for (const dirent of await readdir(directory.at('.'), { withFileTypes: true })) {
    if (dirent.name.includes('\ufffd') || isTemporary(dirent.name) || typeOf(dirent) === undefined) continue
    found.push({ path: `${prefix}${dirent.name}`, isDirectory: dirent.isDirectory() })
  }
  return found
}

async function namesBelow(root: string, base: DirectoryHandle, path: string): Promise<Found[]> {
  try {
    await using directory = await (await base.child(path)).verify(root)
    return await names(directory, `${path}/`)
  } catch (error) {
    // It was removed, became something else, is too deep for a path, or the guest took its own right to read it.
    if (errnoOf(error) === undefined) throw error
    return []
  }
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
