import { createHash, randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { link, open, rename, unlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { Failure, errnoOf } from '../failure.js'
import type { EntryMessage, WriteMessage } from '../protocol/messages.js'
import { entryOf, temporaryName } from './entry.js'
import { locate } from './locate.js'
import type { Location } from './locate.js'
import { partsOf } from './path-rules.js'
import type { Uploads } from './uploads.js'

/**
 * Writes a whole file under a temporary name and then renames it, so that nobody ever sees half of it.
 *
 * A link that stays inside the root is followed: the file that it leads to is replaced, the link stays. A file that is
 * replaced keeps its permissions, unless the request names others.
 *
 * @param ready - called when nothing prevents the write; content is consumed only after it.
 * @param isWhole - returns false when the content broke off: then nothing changes.
 */
export async function write(
  root: string,
  request: WriteMessage,
  content: AsyncIterable<Uint8Array>,
  uploads: Uploads,
  ready: () => void,
  isWhole: () => boolean,
): Promise<EntryMessage & { checksum: string }> {
  const isRoot = partsOf(request.path).length === 0
  if (isRoot || request.path.endsWith('/')) throw new Failure('IsADirectory', `${request.path || '.'} is a directory.`)
  await using location = await locate(root, request.path, { followLast: true, makeParents: true })
  try {
    const name = checkTarget(location, request)
    await location.directory.verify(root)
    const temporary = location.directory.at(temporaryName(randomBytes(8)))
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
    await using file = await open(temporary, flags, 0o666)
    using _ = uploads.add(file)
    try {
      const mode = request.mode ?? location.stats?.mode
      if (mode !== undefined) await file.chmod(mode & 0o777)
      ready()
      const checksum = await fill(file, content)
      if (!isWhole()) throw new Failure('Cancelled', 'The content broke off.')
      await place(temporary, location.directory.at(name), request)
      return { ...entryOf(location.parts.join('/'), 'file', await file.stat()), checksum }
    } finally {
      await unlink(temporary).catch(() => undefined)
    }
  } catch (error) {
    await location.undo()
    throw error
  }
}

function checkTarget({ name, stats }: Location, { path, overwrite }: WriteMessage): string {
  if (name === undefined || stats?.isDirectory()) throw new Failure('IsADirectory', `${path || '.'} is a directory.`)
  if (stats !== undefined && !overwrite) throw new Failure('FileExists', `${path} exists.`)
  return name
}

async function fill(file: FileHandle, content: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('md5')
  for await (const chunk of content) {
    // Another thread writes meanwhile.
    const writing = writeAll(file, chunk)
    hash.update(chunk)
    await writing
  }
  return hash.digest('hex')
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let rest = chunk; rest.length > 0;) rest = rest.subarray((await file.write(rest)).bytesWritten)
}

async function place(temporary: string, target: string, { path, overwrite }: WriteMessage): Promise<void> {
  try {
    // Unlike a rename, a link never replaces a file that somebody made meanwhile.
    await (overwrite ? rename(temporary, target) : link(temporary, target))
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') throw new Failure('FileExists', `${path} exists.`)
    if (errnoOf(error) === 'EISDIR') throw new Failure('IsADirectory', `${path} is a directory.`)
    throw error
  }
}
