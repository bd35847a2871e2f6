import type { Bytes } from '../internal/bytes.js'
import { type Stats, fstatSync } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { devNull } from 'node:os'
import type { Readable } from 'node:stream'
import { SandboxValidationError } from '../errors.js'
import type { UploadContent } from '../files/upload-source.js'
import { diskFile } from './disk-file.js'
import { readPipe } from './pipe.js'

/**
 * A file of up to this many bytes is read before it is sent. Files that the kernel makes up (/proc, /sys) give another number of
 * bytes than their size says, and for small files this is cheaper.
 */
const readAtOnce = 64 * 1024

/** The content of something on the disk. Dispose of it when the upload has ended, successfully or not. */
export interface LocalContent extends AsyncDisposable {
  readonly content: UploadContent
}

/**
 * Opens what is at a path, following links: a regular file, a pipe, standard input.
 *
 * @throws {SandboxValidationError} for something without content or end: a socket, a device. Errors of the file system are
 *   thrown as they are.
 */
export async function openContent(localPath: string, stats: Stats): Promise<LocalContent> {
  if (stats.isFile())
    return stats.size > readAtOnce ? just(diskFile(localPath, stats.size)) : readFirst(localPath, stats.size)
  // A socket or a terminal can be read only through the descriptor itself.
  if (isStandardInput(stats)) return streamed(process.stdin)
  if (stats.isFIFO()) return streamed(readPipe(localPath))
  if (stats.isCharacterDevice() && stats.rdev === (await stat(devNull)).rdev) return just(new Uint8Array())
  throw refusal(localPath, stats)
}

function just(content: UploadContent): LocalContent {
  return { content, [Symbol.asyncDispose]: () => Promise.resolve() }
}

function streamed(stream: Readable): LocalContent {
  return {
    content: stream,
    [Symbol.asyncDispose]: () => {
      stream.destroy()
      return Promise.resolve()
    },
  }
}

/** What was read is sent, whatever the size says; more is read only where the size says nothing. */
async function readFirst(localPath: string, size: number): Promise<LocalContent> {
  const file = await open(localPath)
  try {
    const start = await readBlock(file, size === 0 ? readAtOnce : size)
    if (size > 0 || start.length < readAtOnce) {
      await file.close()
      return just(start)
    }
    return { content: readOn(file, start), [Symbol.asyncDispose]: () => file.close() }
  } catch (error) {
    await file.close()
    throw error
  }
}

async function* readOn(file: FileHandle, start: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  for (let block = start; block.length > 0; block = await readBlock(file, readAtOnce)) yield block
}

/** The next bytes: fewer than asked for only at the end. */
async function readBlock(file: FileHandle, length: number): Promise<Bytes> {
  const block = new Uint8Array(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await file.read(block, filled, length - filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return block.subarray(0, filled)
}

function isStandardInput({ dev, ino }: Stats): boolean {
  try {
    const own = fstatSync(0)
    return own.dev === dev && own.ino === ino && !own.isFile() && (!own.isCharacterDevice() || process.stdin.isTTY)
  } catch {
    // It is closed.
    return false
  }
}

function refusal(localPath: string, stats: Stats): SandboxValidationError {
  const kind = stats.isSocket() ? 'a socket' : stats.isBlockDevice() ? 'a block device' : 'a device that may never end'
  return new SandboxValidationError(
    `${localPath} is ${kind}, which can't be uploaded. Copy what you need of it into a file, or upload a stream of it.`,
    'localPath',
    localPath,
  )
}
