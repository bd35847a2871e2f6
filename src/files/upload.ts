import type { Bytes } from '../internal/bytes.js'
import { type Checksum, compareChecksums, createChecksum } from './checksum.js'
import { SandboxAPIError, SandboxConnectionError, SandboxValidationError } from '../errors.js'
import type { FileInfo } from './file-info.js'
import type { RequestOptions } from '../options.js'
import { piecesOf } from './pieces.js'
import type { CallControl } from '../core/call-control.js'
import type { TransferOptions } from './progress.js'
import { streamsRequests, streamsWithLength } from '../internal/runtime.js'
import { Deadline } from '../transport/deadline.js'
import { BodySource } from '../transport/request.js'
import { type UploadContent, type UploadSource, uploadSource } from './upload-source.js'

/** Where `fetch` does not report pieces, one deadline covers the whole upload, at 64 kB a second. */
const slowestBytesPerMs = 64

/** The most that is collected in memory, in bytes, where `fetch` can't send a stream. */
const largestBuffered = 100 * 1024 * 1024

type Options = TransferOptions & Pick<RequestOptions, 'signal'>

/** An upload under way: its body, its progress, its checksum. */
interface Upload {
  /** Whether the content can be sent again. */
  readonly repeatable: boolean
  /** The deadline until the first sign of life, in milliseconds. */
  firstDeadlineMs(timeoutMs: number): number
  readonly body: BodySource
  /** Called with the call that sends it. */
  begin(call: CallControl): void
  /** @throws {SandboxConnectionError} when something else arrived than was sent. */
  check(info: FileInfo): Promise<void> | void
  /** Lets go of the content. */
  end(): void
}

/**
 * Counts only a stream of our own, or a content that `fetch` takes whole. Some runtimes read a Blob without calling the methods
 * that somebody has overridden on it.
 *
 * @throws {SandboxValidationError} when the content holds no bytes, or this runtime can't send it.
 */
export async function createUpload(content: UploadContent, options: Options): Promise<Upload> {
  const source = uploadSource(content)
  const checksum = options.verify === true ? await createChecksum() : undefined
  const { size, whole } = source
  if (whole !== undefined && size !== undefined && !streamsWithLength) {
    return new WholeUpload(whole, size, source, options, checksum)
  }
  if (streamsRequests) return new StreamedUpload(source, options, checksum)
  const blob = await inMemory(source, options.signal)
  return new WholeUpload(blob, blob.size, uploadSource(blob), options, checksum)
}

/** Sent piece by piece: each is counted, reported and hashed as `fetch` takes it. */
class StreamedUpload implements Upload {
  readonly body: BodySource
  readonly #source: UploadSource
  readonly #options: Options
  readonly #checksum: Checksum | undefined
  #call: CallControl | undefined
  #attempt: Attempt | undefined
  #isTouched = false

  constructor(source: UploadSource, options: Options, checksum: Checksum | undefined) {
    this.body = new BodySource(
      () => this.#open(),
      source.size,
      () => !this.#isTouched,
    )
    this.#source = source
    this.#options = options
    this.#checksum = checksum
  }

  get repeatable(): boolean {
    return this.#source.size !== undefined
  }

  firstDeadlineMs(timeoutMs: number): number {
    return timeoutMs
  }

  begin(call: CallControl): void {
    this.#call = call
  }

  check(info: FileInfo): void {
    compareSizes(info, this.#attempt?.sent ?? 0)
    if (this.#checksum !== undefined) compareChecksums(info.path, this.#checksum.hex(), info.checksum)
  }

  end(): void {
    const attempt = this.#attempt
    this.#attempt = undefined
    attempt?.pieces.return().catch(() => undefined)
  }

  #open(): ReadableStream<Uint8Array> {
    this.end()
    this.#checksum?.reset()
    const attempt: Attempt = { pieces: piecesOf(this.#source), sent: 0, isCancelled: false }
    this.#attempt = attempt
    return new ReadableStream(
      {
        pull: async (controller) => {
          this.#isTouched = true
          try {
            const { done, value } = await attempt.pieces.next()
            if (attempt.isCancelled) return
            // If the body ended here, the server would take it for a complete one.
            if (this.#attempt !== attempt) throw new SandboxAPIError('This attempt of the upload is over.')
            if (done === true) {
              close(controller)
              return
            }
            this.#tell(attempt, value)
            controller.enqueue(value)
          } catch (error) {
            // What the content or a listener throws is the caller's own error: it ends the call, as it is. The order matters:
            // workerd ends a failed body as if it were complete, unless the request was aborted before.
            const isOver = this.#attempt !== attempt || attempt.isCancelled || this.#call?.isAnswered() === true
            if (!isOver) this.#call?.abort(error)
            throw error
          }
        },
        cancel: () => {
          attempt.isCancelled = true
          attempt.pieces.return().catch(() => undefined)
        },
      },
      { highWaterMark: 0 },
    )
  }

  #tell(attempt: Attempt, piece: Uint8Array): void {
    attempt.sent += piece.byteLength
    this.#checksum?.update(piece)
    this.#call?.keepAlive()
    this.#options.onProgress?.({ loaded: attempt.sent, total: this.#source.size })
  }
}

interface Attempt {
  readonly pieces: AsyncGenerator<Uint8Array, void, undefined>
  /** Bytes. */
  sent: number
  /** Whether `fetch` wants no more of it, because the answer has come. */
  isCancelled: boolean
}

function close(controller: ReadableStreamDefaultController): void {
  try {
    controller.close()
  } catch {
    // Bun closes it itself once it has taken as many bytes as the Content-Length says.
  }
}

/** Taken whole by `fetch`, which reports nothing on the way. */
class WholeUpload implements Upload {
  readonly repeatable = true
  readonly body: BodySource
  readonly #size: number
  readonly #source: UploadSource
  readonly #options: Options
  readonly #checksum: Checksum | undefined

  constructor(
    whole: Blob | Bytes,
    size: number,
    source: UploadSource,
    options: Options,
    checksum: Checksum | undefined,
  ) {
    this.body = new BodySource(
      () => whole,
      size,
      () => true,
    )
    this.#size = size
    this.#source = source
    this.#options = options
    this.#checksum = checksum
  }

  firstDeadlineMs(timeoutMs: number): number {
    return timeoutMs + this.#size / slowestBytesPerMs
  }

  begin(): void {
    // There is nothing to report on the way.
  }

  async check(info: FileInfo): Promise<void> {
    compareSizes(info, this.#size)
    if (this.#checksum !== undefined) {
      for await (const piece of piecesOf(this.#source)) {
        this.#options.signal?.throwIfAborted()
        this.#checksum.update(piece)
      }
      compareChecksums(info.path, this.#checksum.hex(), info.checksum)
    }
    if (this.#size > 0) this.#options.onProgress?.({ loaded: this.#size, total: this.#size })
  }

  end(): void {
    // Nothing was opened.
  }
}

/** Collects the bytes of a stream, for a runtime that can't send streams. */
async function inMemory(source: UploadSource, signal: AbortSignal | undefined): Promise<Blob> {
  const deadline = new Deadline(Infinity, signal, () => new SandboxAPIError('No deadline'))
  const pieces = piecesOf(source)
  const parts: Bytes[] = []
  let size = 0
  try {
    for (;;) {
      const { done, value } = await deadline.wait(pieces.next())
      if (done === true) return new Blob(parts)
      size += value.byteLength
      if (size > largestBuffered) throw tooLarge()
      parts.push(value)
    }
  } finally {
    deadline.release()
    pieces.return().catch(() => undefined)
  }
}

function tooLarge(): SandboxValidationError {
  return new SandboxValidationError(
    `content is a stream or an iterable of more than ${largestBuffered} bytes, the most that is kept in memory where fetch can't stream a request, as in browsers. Pass a Blob or a File.`,
    'content',
  )
}

function compareSizes({ path, size }: FileInfo, sent: number): void {
  if (size === sent) return
  throw new SandboxConnectionError(
    `${path} did not arrive as it was sent: ${sent} bytes were sent, and the server wrote ${size}. Upload it again.`,
  )
}
