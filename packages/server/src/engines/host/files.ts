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
} from '../contract/files.js'
import { ProtocolError } from '../guest/protocol/frames.js'
import type { IncomingStream } from '../guest/protocol/incoming-stream.js'
import { asRecord, countOf, parseRecord, stringOf } from '../guest/protocol/json.js'
import type { JsonRecord } from '../guest/protocol/json.js'
import { checked, leavable, linesOf, outputOf, sizeOf } from './answers.js'
import type { Connection } from './connection.js'

/** After how many bytes it is asked again whether there is room for more. */
const roomStepBytes = 8 * 1024 ** 2

/** File operations, done by the supervisor inside the sandbox. */
export class SupervisedFiles implements SandboxFiles {
  readonly #connection: Connection
  readonly #room: () => Promise<void> | undefined

  /** @param room - called before every few MiB that are written; what it throws ends the upload. Default nothing. */
  constructor(connection: Connection, room: () => Promise<void> | undefined = () => undefined) {
    this.#connection = connection
    this.#room = room
  }

  async list(path: string, options: { recursive: boolean; limit: number; offset: number }): Promise<FilePage> {
    const call = this.#connection.call({ op: 'list', path, ...options }, 1)
    return checked(this.#connection, async () => {
      const lines = await linesOf(outputOf(call))
      if (lines.length > options.limit) throw new ProtocolError('A page is longer than asked for.')
      return { entries: lines.map((line) => entryOf(parseRecord(line))), total: countOf(await call.done, 'total') }
    })
  }

  async stat(path: string, { checksum }: { checksum: boolean }): Promise<DescribedFile> {
    const call = this.#connection.call({ op: 'stat', path, checksum })
    return checked(this.#connection, async () => {
      const found = await call.done
      return { ...entryOf(found), checksum: 'checksum' in found ? textOf(found, 'checksum', 32) : undefined }
    })
  }

  async read(path: string, { range, version }: ReadOptions = {}): Promise<FileContent> {
    const only = { ...(range && { range }), ...(version !== undefined && { version }) }
    const call = this.#connection.call({ op: 'read', path, ...only }, 1)
    return checked(this.#connection, async () => {
      const reply = await call.reply
      const entry = entryOf(reply)
      if (reply['part'] === null) throw new RangeNotSatisfiableError(entry.size)
      const part = asRecord(reply['part'])
      const [start, length] = [sizeOf(part, 'start'), sizeOf(part, 'length')]
      if (start + length > entry.size) throw new ProtocolError('The part is not in the file.')
      return { entry, start, length, content: exactly(length, outputOf(call), call.cancel) }
    })
  }

  async write(
    path: string,
    content: AsyncIterable<Uint8Array>,
    { overwrite, mode }: WriteOptions,
  ): Promise<WrittenFile> {
    await this.#room()
    const call = this.#connection.call({ op: 'write', path, overwrite, ...(mode !== undefined && { mode }) })
    await call.reply
    try {
      let unasked = 0
      for await (const chunk of content) {
        unasked += chunk.byteLength
        if (unasked > roomStepBytes) {
          await this.#room()
          unasked = 0
        }
        if (!(await call.input.write(chunk))) break
      }
    } catch (error) {
      call.cancel()
      // The caller must get the error only when nothing but the old file is left.
      await call.done.catch(() => undefined)
      throw error
    }
    call.input.end()
    return checked(this.#connection, async () => {
      const written = await call.done
      return { ...entryOf(written), checksum: textOf(written, 'checksum', 32) }
    })
  }

  async remove(path: string, options: { recursive: boolean }): Promise<void> {
    await this.#connection.call({ op: 'remove', path, ...options }).done
  }
}

function exactly(size: number, stream: IncomingStream, cancel: () => void): FileContent['content'] {
  let left = size
  return leavable(stream, cancel, async (leave) => {
    const step = await stream.next()
    left -= step.value?.length ?? 0
    if (left >= 0 && (step.done !== true || left === 0)) return step
    await leave()
    throw new SandboxGoneError(`The supervisor sent ${left < 0 ? 'more' : 'less'} than the file holds.`)
  })
}

function entryOf(record: JsonRecord): FileEntry {
  const type = stringOf(record, 'type')
  if (type !== 'file' && type !== 'directory' && type !== 'symlink')
    throw new ProtocolError('The file type is unknown.')
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
  if (text.length > longest) throw new ProtocolError(`${key} is too long.`)
  return text
}

/** It becomes an HTTP header, so that its characters matter. */
function versionOf(record: JsonRecord): string {
  const version = textOf(record, 'version', 100)
  if (!/^[\w-]+$/.test(version)) throw new ProtocolError('version must have letters, digits, _ and - only.')
  return version
}

function dateOf(record: JsonRecord, key: string): Date {
  const milliseconds = record[key]
  const date = new Date(typeof milliseconds === 'number' ? milliseconds : NaN)
  if (Number.isNaN(date.getTime())) throw new ProtocolError(`${key} must be a time.`)
  return date
}
