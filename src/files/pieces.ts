import { type Bytes, isBytes } from '../internal/bytes.js'
import { checkWellFormed } from '../internal/checks.js'
import { SandboxValidationError } from '../errors.js'
import type { UploadSource } from './upload-source.js'

/** A larger piece is split: each part reports progress, and starts the deadline anew. */
const largestPiece = 256 * 1024

/**
 * The bytes of a content, piece by piece, with strings as UTF-8. A piece is the content's own memory, not a copy, unless the
 * content may reuse that memory before the piece is sent.
 *
 * @throws {SandboxValidationError} for half of a surrogate pair, for what is neither bytes nor a string, and when the content
 *   has another size than it said.
 */
export async function* piecesOf({ read, size, keepsMemory }: UploadSource): AsyncGenerator<Bytes, void, undefined> {
  const encoder = new Utf8Encoder()
  let given = 0
  for await (const value of read()) {
    const bytes = typeof value === 'string' ? encoder.encode(value) : encoder.pass(value)
    given += bytes.byteLength
    if (size !== undefined && given > size) throw wrongSize(size, `more than ${size}`)
    for (let at = 0; at < bytes.byteLength; at += largestPiece) {
      const piece = bytes.subarray(at, at + largestPiece)
      yield keepsMemory && isOwn(piece) ? piece : new Uint8Array(piece)
    }
  }
  encoder.end()
  if (size !== undefined && given < size) throw wrongSize(size, String(given))
}

/** Keeps the first half of a surrogate pair until the string with the second one comes. */
class Utf8Encoder {
  readonly #encoder = new TextEncoder()
  #half = ''

  encode(text: string): Uint8Array {
    const joined = this.#half + text
    this.#half = isFirstHalf(joined.charCodeAt(joined.length - 1)) ? joined.slice(-1) : ''
    return this.#encoder.encode(checkWellFormed('content', joined.slice(0, joined.length - this.#half.length)))
  }

  /** Bytes between the halves of a pair break it. */
  pass(value: unknown): Uint8Array {
    this.end()
    if (!isBytes(value)) {
      throw new SandboxValidationError('content must give bytes (Uint8Array) or strings.', 'content')
    }
    return value
  }

  end(): void {
    checkWellFormed('content', this.#half)
  }
}

function isFirstHalf(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff
}

/** Memory that is shared with another thread can't be sent. */
function isOwn(bytes: Uint8Array): bytes is Bytes {
  return bytes.buffer instanceof ArrayBuffer
}

function wrongSize(size: number, given: string): SandboxValidationError {
  return new SandboxValidationError(
    `content changed while it was being sent: it had ${size} bytes, and gave ${given}. Upload it again.`,
    'content',
  )
}
