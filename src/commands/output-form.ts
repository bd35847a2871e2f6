import { decodeBase64 } from '../internal/base64.js'
import { type Bytes, type Output, utf8Of } from '../internal/bytes.js'
import { SandboxAPIError, SandboxConnectionError } from '../errors.js'

/** How output comes: `text`, in which what is not UTF-8 has become U+FFFD, or `bytes`, exact to the byte. */
export type OutputEncoding = 'text' | 'bytes'

/** The type of the output for each encoding. */
export type OutputOf<Encoding extends OutputEncoding> = Encoding extends 'bytes' ? Bytes : string

/** How the output of a command or code comes. */
export interface OutputOptions<Encoding extends OutputEncoding = 'text'> {
  /**
   * How the output comes. Default `text`, in which what is not UTF-8 has become U+FFFD. `bytes` is exact to the byte, and
   * needs a server of version 1.2.0 or later where the output is not UTF-8.
   */
  readonly encoding?: Encoding | undefined
  /**
   * Called once, in place of the error, when bytes were asked for and a server before version 1.2.0 answers text with U+FFFD
   * in it. The output then goes on as the UTF-8 of that text.
   */
  readonly onLostBytes?: (() => void) | undefined
}

/** With an encoding: a request without one gets text. */
export interface Encoded<Encoding extends OutputEncoding> {
  readonly encoding: Encoding
}

/** What is kept of an output, up to a limit. */
export interface KeptOutput<Form extends Output> {
  readonly output: Form
  /** Whether something was left out. */
  readonly truncated: boolean
  add(piece: Form): void
}

/** How output is read and put together. Declared as methods, so that TypeScript accepts either form for any output. */
export interface OutputForm<Form extends Output> {
  /** @throws {SandboxConnectionError} when it is not what its encoding says. */
  read(data: string, encoding: string | null | undefined): Form
  /** @param limit - characters of text, or bytes. */
  keep(limit: number): KeptOutput<Form>
}

/** The form that a request asks for. An unknown form counts as text: the check of the arguments refuses it. */
export function outputForm(request: OutputOptions<OutputEncoding> | null): OutputForm<Output> {
  return request?.encoding === 'bytes' ? bytesForm(request.onLostBytes) : textForm
}

const textForm: OutputForm<string> = {
  read(data, encoding) {
    if (isText(encoding)) return data
    throw unexpected(encoding)
  },
  keep: (limit) => new KeptText(limit),
}

/** U+FFFD and lone surrogates, which stand for bytes that text can't express. */
const unknownBytes = /[\uFFFD\p{Surrogate}]/u

function bytesForm(onLostBytes: (() => void) | undefined): OutputForm<Bytes> {
  let isTold = false
  return {
    read(data, encoding) {
      if (encoding === 'base64') return fromBase64(data)
      if (!isText(encoding)) throw unexpected(encoding)
      if (!isTold && unknownBytes.test(data)) {
        if (onLostBytes === undefined) throw new SandboxAPIError(lostBytes)
        isTold = true
        onLostBytes()
      }
      return utf8Of(data)
    },
    keep: (limit) => new KeptBytes(limit),
  }
}

const lostBytes =
  'The server answered text where bytes were asked for, and U+FFFD in it stands for bytes that are lost. Exact output needs a ' +
  'server of version 1.2.0 of the Sandbox API; until then, write the output to a file and download it.'

function isText(encoding: string | null | undefined): boolean {
  return encoding === undefined || encoding === null || encoding === 'utf-8'
}

function unexpected(encoding: string | null | undefined): SandboxConnectionError {
  return new SandboxConnectionError(`The output came in the encoding ${String(encoding)}, which was not asked for.`)
}

function fromBase64(data: string): Bytes {
  const bytes = decodeBase64(data)
  if (bytes !== undefined) return bytes
  throw new SandboxConnectionError('The output is said to be base64, and is not.')
}

class KeptText implements KeptOutput<string> {
  output = ''
  truncated = false
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  add(piece: string): void {
    if (this.truncated) return
    const room = this.#limit - this.output.length
    this.truncated = piece.length > room
    this.output += this.truncated ? piece.slice(0, room) : piece
    // A character that the limit would cut is left out.
    if (this.truncated && /[\uD800-\uDBFF]$/.test(this.output)) this.output = this.output.slice(0, -1)
  }
}

/** Kept in one buffer, since very many small pieces would each cost many times their size. */
class KeptBytes implements KeptOutput<Bytes> {
  truncated = false
  readonly #limit: number
  #buffer = new Uint8Array()
  #length = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get output(): Bytes {
    return this.#buffer.slice(0, this.#length)
  }

  add(piece: Bytes): void {
    const kept = piece.subarray(0, this.#limit - this.#length)
    this.truncated ||= kept.length < piece.length
    const needed = this.#length + kept.length
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(Math.min(this.#limit, Math.max(needed, 2 * this.#buffer.length)))
      larger.set(this.#buffer)
      this.#buffer = larger
    }
    this.#buffer.set(kept, this.#length)
    this.#length = needed
  }
}
