import { chunksOf } from './chunks.js'
import { checkWellFormed } from './checks.js'
import type { Checksum } from './checksum.js'
import { SandboxValidationError } from './errors.js'

/** The content of an upload. A string is sent as UTF-8. A stream or an iterable can be sent only once. */
export type UploadContent =
  | string
  | Blob
  | ArrayBuffer
  | ArrayBufferView<ArrayBuffer>
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array | string>

/**
 * Where an async iterable keeps its size in bytes, if each loop over it reads it anew: it is then sent with a Content-Length, and
 * again when that fails. A symbol that every copy of this package knows; one that did not would stream it as it comes.
 */
export const contentSize: unique symbol = Symbol.for('sandbox-sessions-sdk.contentSize')

/** Who is told of what is sent. */
interface Listener {
  readonly onPiece: (piece: Uint8Array, loaded: number) => void
  readonly onFailure: (error: unknown) => void
}

/** A content in the form that `fetch` takes. */
export interface UploadSource {
  readonly body: Blob | ReadableStream<Uint8Array>
  /** Bytes, where they are known. */
  readonly size: number | undefined
}

/** @throws {SandboxValidationError} when it is none of the things that hold bytes. */
export function uploadSource(content: unknown, listener: Listener): UploadSource {
  if (typeof content === 'string') checkWellFormed('content', content)
  if (content instanceof ReadableStream) return { body: counted(chunksOf(content), listener), size: undefined }
  if (typeof content === 'string' || content instanceof Blob || isBytes(content)) {
    const body = new CountedFile(content, listener)
    return { body, size: body.size }
  }
  if (isAsyncIterable(content)) return { body: counted(content[Symbol.asyncIterator](), listener), size: undefined }
  throw new SandboxValidationError(
    'content must be a string, a Blob, an ArrayBuffer or a view of one (a Uint8Array, a Buffer), a ReadableStream or an async iterable of bytes.',
    'content',
  )
}

/**
 * A Blob that tells what is read of it. Unlike a stream it has a size, so that `fetch` sends a Content-Length, and it can be
 * read again. Browsers read a Blob without asking its methods: there nothing is told.
 */
class CountedFile extends File {
  readonly #content: Blob
  readonly #listener: Listener

  constructor(content: string | Blob | ArrayBuffer | ArrayBufferView<ArrayBuffer>, listener: Listener) {
    super([content], '')
    this.#content = content instanceof Blob ? content : new Blob([content])
    this.#listener = listener
    // A Blob of the caller's may have its own idea of where its bytes are, as that of uploadFromPath has.
    Object.defineProperty(this, 'size', { value: this.#content.size })
  }

  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return counted(chunksOf(this.#content.stream()), this.#listener)
  }
}

function counted(
  source: AsyncIterator<Uint8Array | string, unknown>,
  { onPiece, onFailure }: Listener,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder()
  let loaded = 0
  return new ReadableStream(
    {
      async pull(controller) {
        try {
          const { done, value } = await source.next()
          if (done === true) {
            controller.close()
            return
          }
          const piece = typeof value === 'string' ? encoder.encode(value) : value
          if (!(piece instanceof Uint8Array)) throw notBytes()
          loaded += piece.byteLength
          onPiece(piece, loaded)
          controller.enqueue(isOwn(piece) ? piece : piece.slice())
        } catch (error) {
          onFailure(error)
          throw error
        }
      },
      async cancel() {
        await source.return?.()
      },
    },
    { highWaterMark: 0 },
  )
}

function notBytes(): SandboxValidationError {
  return new SandboxValidationError('content must give bytes (Uint8Array) or strings.', 'content')
}

/** The MD5 of a Blob that `fetch` read without telling. */
export async function digestOf(blob: Blob, checksum: Checksum): Promise<string> {
  checksum.reset()
  for await (const chunk of chunksOf(blob.stream())) checksum.update(chunk)
  return checksum.hex()
}

function isOwn(bytes: Uint8Array): bytes is Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer
}

function isBytes(content: unknown): content is ArrayBuffer | ArrayBufferView<ArrayBuffer> {
  if (content instanceof ArrayBuffer) return isAttached(content)
  return ArrayBuffer.isView(content) && content.buffer instanceof ArrayBuffer && isAttached(content.buffer)
}

/** A buffer that was transferred elsewhere holds nothing any more. */
function isAttached(buffer: ArrayBuffer): boolean {
  try {
    return new Uint8Array(buffer).byteLength === buffer.byteLength
  } catch {
    return false
  }
}

function isAsyncIterable(content: unknown): content is AsyncIterable<Uint8Array | string, unknown> {
  return typeof content === 'object' && content !== null && Symbol.asyncIterator in content
}
