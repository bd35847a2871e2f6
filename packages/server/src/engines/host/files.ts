import { RangeNotSatisfiableError, SandboxGoneError } from '../contract/errors.js'
import type {
  DescribedFile,
  FileContent,
  FileEntry,
  FilePage,
  ReadOptions,
  SandboxFiles,
  WriteOptions,
  WrittenFile,
} from '../contract/engine.js'
import { ProtocolError } from '../guest/protocol/frames.js'
import type { IncomingStream } from '../guest/protocol/incoming-stream.js'
import { asRecord, countOf, parseRecord, stringOf } from '../guest/protocol/json.js'
import type { JsonRecord } from '../guest/protocol/json.js'
import type { Call } from './call.js'
import type { Connection } from './connection.js'

/** Bytes of one listing: more than an honest page of 1000 paths can take. */
const MAX_LISTING_BYTES = 32 * 1024 * 1024

/** File operations, done by the supervisor inside the sandbox. */
export class SupervisedFiles implements SandboxFiles {
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  async list(path: string, options: { recursive: boolean; limit: number; offset: number }): Promise<FilePage> {
    const call = this.#connection.call({ op: 'list', path, ...options }, 1)
    return this.#checked(async () => {
      const lines = (await collect(outputOf(call))).split('\n').filter((line) => line !== '')
      if (lines.length > options.limit) throw new ProtocolError('a page longer than asked for')
      return { entries: lines.map((line) => entryOf(parseRecord(line))), total: countOf(await call.done, 'total') }
    })
  }

  async stat(path: string, { checksum }: { checksum: boolean }): Promise<DescribedFile> {
    const call = this.#connection.call({ op: 'stat', path, checksum })
    return this.#checked(async () => {
      const found = await call.done
      return { ...entryOf(found), checksum: 'checksum' in found ? textOf(found, 'checksum', 32) : undefined }
    })
  }

  async read(path: string, { range, version }: ReadOptions = {}): Promise<FileContent> {
    const only = { ...(range && { range }), ...(version !== undefined && { version }) }
    const call = this.#connection.call({ op: 'read', path, ...only }, 1)
    return this.#checked(async () => {
      const reply = await call.reply
      const entry = entryOf(reply)
      if (reply['part'] === null) throw new RangeNotSatisfiableError(entry.size)
      const part = asRecord(reply['part'])
      const [start, length] = [sizeOf(part, 'start'), sizeOf(part, 'length')]
      if (start + length > entry.size) throw new ProtocolError('a part that is not in the file')
      return { entry, start, length, content: exactly(length, outputOf(call), call.cancel) }
    })
  }

  async write(
    path: string,
    content: AsyncIterable<Uint8Array>,
    { overwrite, mode }: WriteOptions,
  ): Promise<WrittenFile> {
    const call = this.#connection.call({ op: 'write', path, overwrite, ...(mode !== undefined && { mode }) })
    await call.reply
    try {
      for await (const chunk of content) if (!(await call.input.write(chunk))) break
    } catch (error) {
      call.cancel()
      // The old file must be all there is when the caller learns of it.
      await call.done.catch(() => undefined)
      throw error
    }
    call.input.end()
    return this.#checked(async () => {
      const written = await call.done
      return { ...entryOf(written), checksum: textOf(written, 'checksum', 32) }
    })
  }

  async remove(path: string, options: { recursive: boolean }): Promise<void> {
    await this.#connection.call({ op: 'remove', path, ...options }).done
  }

  /** A supervisor that answers nonsense is not the one that the engine started. */
  async #checked<T>(operation: () => Promise<T>): Promise<T> {
    try {
      return await operation()
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.#connection.close('the supervisor broke the protocol')
      throw new SandboxGoneError('the supervisor broke the protocol', { cause: error })
    }
  }
}

function outputOf({ outputs: [output] }: Call): IncomingStream {
  if (output === undefined) throw new TypeError('the call has no output stream')
  return output
}

async function collect(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of stream) {
    bytes += chunk.length
    if (bytes > MAX_LISTING_BYTES) throw new ProtocolError('a listing without end')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** No generator: one that is left before its first step does not run its `finally`, and the file would stay open. */
function exactly(size: number, stream: IncomingStream, cancel: () => void): FileContent['content'] {
  let left = size
  const leave = (): Promise<IteratorResult<Uint8Array, undefined>> => {
    if (!stream.ended) cancel()
    return stream.return()
  }
  const next = async (): Promise<IteratorResult<Uint8Array, undefined>> => {
    const step = await stream.next()
    left -= step.value?.length ?? 0
    if (left >= 0 && (step.done !== true || left === 0)) return step
    await leave()
    throw new SandboxGoneError(`the supervisor sent ${left < 0 ? 'more' : 'less'} than the file holds`)
  }
  return { [Symbol.asyncIterator]: () => ({ next, return: leave }) }
}

function entryOf(record: JsonRecord): FileEntry {
  const type = stringOf(record, 'type')
  if (type !== 'file' && type !== 'directory' && type !== 'symlink') throw new ProtocolError('an unknown file type')
  return {
    name: textOf(record, 'name', 255),
    path: textOf(record, 'path', 65_536),
    type,
    size: sizeOf(record, 'size'),
    permissions: textOf(record, 'permissions', 9),
    createdAt: dateOf(record, 'createdAt'),
    modifiedAt: dateOf(record, 'modifiedAt'),
    version: versionOf(record),
  }
}

function textOf(record: JsonRecord, key: string, longest: number): string {
  const text = stringOf(record, key)
  if (text.length > longest) throw new ProtocolError(`too long: ${key}`)
  return text
}

/** It becomes a header of HTTP, so its letters matter. */
function versionOf(record: JsonRecord): string {
  const version = textOf(record, 'version', 100)
  if (!/^[\w-]+$/.test(version)) throw new ProtocolError('a version is letters, digits and -')
  return version
}

function sizeOf(record: JsonRecord, key: string): number {
  const size = countOf(record, key)
  if (!Number.isSafeInteger(size)) throw new ProtocolError('a size is a whole number')
  return size
}

function dateOf(record: JsonRecord, key: string): Date {
  const milliseconds = record[key]
  const date = new Date(typeof milliseconds === 'number' ? milliseconds : NaN)
  if (Number.isNaN(date.getTime())) throw new ProtocolError(`expected a time: ${key}`)
  return date
}
