import type { Bytes, BytesView } from '../internal/bytes.js'
import { chunksOf } from '../internal/chunks.js'
import { checkWellFormed } from '../internal/checks.js'
import { SandboxValidationError } from '../errors.js'

/**
 * The content of an upload. Strings are sent as UTF-8. Bytes and Blobs are sent with a Content-Length, and again when that fails;
 * they must not change meanwhile. A stream or an iterable is sent once, chunk by chunk: its strings may split a
 * surrogate pair, and it may reuse its memory. Where `fetch` can't send a stream (browsers), its bytes are collected first, up
 * to 100 MiB.
 */
export type UploadContent =
  string | Blob | ArrayBuffer | BytesView | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array | string>

/**
 * The key under which an async iterable gives its size in bytes, if each loop reads it anew: it is then sent with a
 * Content-Length, and again when that fails. The symbol is global, so that every copy of this package knows it.
 */
export const contentSize: unique symbol = Symbol.for('sandbox-sessions-sdk.contentSize')

/** Bytes that each loop reads anew, with their number. It is undefined when it is not known: then they can be read only once. */
export interface SizedContent extends AsyncIterable<Bytes> {
  readonly [contentSize]: number | undefined
}

/** A content to read: any number of times where its size is known, otherwise once. */
export interface UploadSource {
  /** Bytes, where they are known. */
  readonly size: number | undefined
  /** All of it, where `fetch` can take it in this form. */
  readonly whole: Blob | Bytes | undefined
  /** Whether the memory of its pieces stays unchanged. An iterable may fill the same memory again and again. */
  readonly keepsMemory: boolean
  /** Reads it from its beginning. */
  readonly read: () => AsyncIterable<unknown> | Iterable<unknown>
}

/** @throws {SandboxValidationError} when it is none of the things that hold bytes. */
export function uploadSource(content: unknown): UploadSource {
  if (typeof content === 'string') return ofBytes(new TextEncoder().encode(checkWellFormed('content', content)))
  if (content instanceof Blob) return ofBlob(content)
  if (content instanceof ReadableStream) return ofStream(content)
  if (isBytes(content)) return ofBytes(viewOf(content))
  if (!isAsyncIterable(content)) throw noContent()
  const size: unknown = Reflect.get(content, contentSize)
  return typeof size === 'number' ? { size, whole: undefined, keepsMemory: true, read: () => content } : once(content)
}

function ofBytes(bytes: Bytes): UploadSource {
  return { size: bytes.byteLength, whole: bytes, keepsMemory: true, read: () => [bytes] }
}

function ofBlob(blob: Blob): UploadSource {
  const read = (): AsyncIterable<unknown> => chunksOf(blob.stream())
  // Bun's standard input is a Blob of infinite size.
  return Number.isFinite(blob.size) ? { size: blob.size, whole: blob, keepsMemory: true, read } : once(read())
}

function ofStream(stream: ReadableStream<unknown>): UploadSource {
  if (stream.locked) {
    throw new SandboxValidationError('content is a stream that is being read already: pass one that is not.', 'content')
  }
  return once(chunksOf(stream))
}

/** A second reader, such as a middleware before the request is sent, would leave nothing for the server. */
function once(content: AsyncIterable<unknown>): UploadSource {
  let begun = false
  async function* read(): AsyncGenerator<unknown, void, undefined> {
    if (begun) {
      throw new SandboxValidationError(
        'content is a stream or an iterable that something has read already, and it can be read only once.',
        'content',
      )
    }
    begun = true
    yield* content
  }
  return { size: undefined, whole: undefined, keepsMemory: false, read }
}

function noContent(): SandboxValidationError {
  return new SandboxValidationError(
    'content must be a string, a Blob, an ArrayBuffer or a view of one (a Uint8Array, a Buffer), a ReadableStream or an async iterable of bytes.',
    'content',
  )
}

/** The memory itself, no copy. */
function viewOf(content: ArrayBuffer | ArrayBufferView<ArrayBuffer>): Bytes {
  if (content instanceof ArrayBuffer) return new Uint8Array(content, 0, content.byteLength)
  return new Uint8Array(content.buffer, content.byteOffset, content.byteLength)
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

function isAsyncIterable(content: unknown): content is AsyncIterable<unknown> {
  return typeof content === 'object' && content !== null && Symbol.asyncIterator in content
}
