import type { Bytes } from '../internal/bytes.js'
import { type ByteRange, askedRange, contentRange, isAsked } from './byte-range.js'
import { compareChecksums, createChecksum } from './checksum.js'
import { chunksOf } from '../internal/chunks.js'
import { SandboxAPIError, SandboxConnectionError, SandboxTimeoutError } from '../errors.js'
import type { TransferOptions } from './progress.js'
import { promisedLength } from '../transport/body.js'
import { Deadline } from '../transport/deadline.js'
import { retryDelayMs } from '../transport/retry.js'

/** What a download needs of its client. */
export interface DownloadSource {
  readonly path: string
  readonly options: TransferOptions
  readonly signal: AbortSignal | undefined
  /** The caller's own headers, by lower-case name: they may ask for a part of the file. */
  readonly headers: Readonly<Record<string, string>>
  /** How often in a row the download asks for the rest without getting a byte of it. */
  readonly maxRetries: number
  readonly maxRetryDelayMs: number
  /** Ends the request that is under way. */
  abort(reason: unknown): void
  /** Adds what is known of the call to an error of the SDK. */
  explain(error: unknown): void
  /** Asks for the rest, in place of what the caller's headers ask for. */
  resume(headers: { readonly range: string; readonly 'if-range': string }): Promise<Response>
  /** Asks for the MD5 of the file. */
  checksum(): Promise<string | undefined>
}

/**
 * A file that is being downloaded, or the part of it that a `range` header asked for. Its body can be read once, by one of its
 * methods, or given up with `cancel()`. When the connection breaks, the SDK asks for the rest: what you read is complete and
 * correct, or ends with an error.
 */
export class FileDownload implements AsyncDisposable {
  /** The name of the file, without its directory. */
  readonly name: string
  /** The number of bytes to come: those of the part, where one was asked for. Missing when the server did not say. */
  readonly size: number | undefined
  readonly #source: DownloadSource
  /** The part of the file that the server sends; undefined for all of it. */
  readonly #part: ByteRange | undefined
  #response: Response | undefined
  #cancelled: SandboxAPIError | undefined
  #pause: Deadline | undefined

  /** @internal */
  constructor(response: Response, source: DownloadSource) {
    this.name = source.path.split('/').at(-1) ?? source.path
    this.#part = response.status === 206 ? contentRange(response) : undefined
    this.size = this.#part === undefined ? promisedLength(response) : lengthOf(this.#part)
    this.#source = source
    this.#response = response
  }

  /**
   * @internal
   * @throws {SandboxConnectionError} when the answer is another part of the file than was asked for.
   */
  static async of(response: Response, source: DownloadSource): Promise<FileDownload> {
    const problem = problemOf(response, source.headers)
    // Not by the name of the class: esbuild renames a class in dist/ that refers to itself.
    if (problem === undefined) return new this(response, source)
    const error = new SandboxConnectionError(`The download of ${source.path} ${problem}.`)
    source.explain(error)
    await response.body?.cancel()
    throw error
  }

  /** The bytes as they arrive. Ends with an error, and never early, when the connection breaks and the rest can't be had. */
  stream(): ReadableStream<Bytes> {
    const chunks = this.#chunks(this.#take())
    const source = this.#source
    return new ReadableStream(
      {
        async pull(controller) {
          try {
            const { done, value } = await chunks.next()
            if (done === true) controller.close()
            else controller.enqueue(value)
          } catch (error) {
            source.explain(error)
            throw error
          }
        },
        // The request ends first: a generator that waits for the next piece can be left only when that has come.
        cancel: async () => {
          await this.cancel()
          chunks.return().catch(() => undefined)
        },
      },
      { highWaterMark: 0 },
    )
  }

  async bytes(): Promise<Bytes> {
    return new Uint8Array(await new Response(this.stream()).arrayBuffer())
  }

  /** The bytes as UTF-8. */
  async text(): Promise<string> {
    return await new Response(this.stream()).text()
  }

  async blob(): Promise<Blob> {
    return await new Response(this.stream()).blob()
  }

  /**
   * Lets go of the connection without reading the rest; whoever still reads `stream()` gets an error. Calling it after
   * reading is no error.
   */
  async cancel(): Promise<void> {
    this.#cancelled ??= new SandboxAPIError(`The download of ${this.name} was cancelled.`)
    this.#source.abort(this.#cancelled)
    this.#pause?.abort(this.#cancelled)
    await this.#response?.body?.cancel().catch(() => undefined)
    this.#response = undefined
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.cancel()
  }

  #take(): Response {
    const response = this.#response
    if (response === undefined) {
      throw new SandboxAPIError(`The download of ${this.name} was read already. Download it again.`)
    }
    this.#response = undefined
    return response
  }

  async *#chunks(first: Response): AsyncGenerator<Bytes, void, undefined> {
    const { options, path } = this.#source
    const ours = options.verify === true ? await createChecksum() : undefined
    let loaded = 0
    for await (const chunk of this.#resuming(first)) {
      loaded += chunk.byteLength
      ours?.update(chunk)
      options.onProgress?.({ loaded, total: this.size })
      yield chunk
    }
    if (ours !== undefined) compareChecksums(path, ours.hex(), await this.#source.checksum())
  }

  async *#resuming(first: Response): AsyncGenerator<Bytes, void, undefined> {
    const { path } = this.#source
    const etag = resumableTag(first)
    const start = this.#part?.first ?? 0
    let response = first
    let length = this.size
    let received = 0
    let failures = 0
    for (;;) {
      try {
        for await (const chunk of bodyOf(response)) {
          received += chunk.byteLength
          failures = 0
          if (length !== undefined && received > length) throw this.#tooLong(length)
          yield chunk
        }
        if (length === undefined || received === length) return
        throw new SandboxConnectionError(`${path} ended after ${received} of ${length} bytes.`)
      } catch (error) {
        // The connection broke after the last byte.
        if (received === length && error instanceof SandboxConnectionError) return
        if (etag === undefined || !isBroken(error) || received > (length ?? Infinity)) throw error
        failures += 1
        await this.#waitBeforeResuming(failures, error)
        if (this.#cancelled !== undefined) throw this.#cancelled
        const range = `bytes=${start + received}-${this.#part?.last ?? ''}`
        response = await this.#source.resume({ range, 'if-range': etag })
        const total = this.#part === undefined ? length : this.#part.total
        const rest = restOf(response, { etag, first: start + received, last: this.#part?.last, total })
        if (rest === undefined) {
          await response.body?.cancel()
          throw new SandboxConnectionError(`${path} changed while it was being downloaded.`, {
            cause: error,
          })
        }
        length ??= rest.last + 1
      }
    }
  }

  #tooLong(length: number): SandboxConnectionError {
    return new SandboxConnectionError(`${this.#source.path} has ${length} bytes, and more than that came.`)
  }

  async #waitBeforeResuming(failures: number, error: unknown): Promise<void> {
    const { maxRetries, maxRetryDelayMs, signal } = this.#source
    const failed = {
      attempt: failures,
      repeatable: true,
      status: undefined,
      retryAfterMs: undefined,
      askedToRetry: false,
    }
    const delayMs = retryDelayMs(failed, { maxRetries, maxRetryDelayMs }, Math.random())
    if (delayMs === undefined) throw error
    const pause = new Deadline(Infinity, signal, () => new SandboxAPIError('No deadline'))
    this.#pause = pause
    try {
      await pause.sleep(delayMs)
    } finally {
      this.#pause = undefined
      pause.release()
    }
  }
}

async function* bodyOf({ body }: Response): AsyncGenerator<Bytes, void, undefined> {
  if (body !== null) yield* chunksOf(body)
}

function lengthOf({ first, last }: ByteRange): number {
  return last - first + 1
}

/** What is wrong with the first answer; undefined for nothing. */
function problemOf(response: Response, asked: Readonly<Record<string, string>>): string | undefined {
  const { status, headers } = response
  const { range, 'if-range': condition } = asked
  if (status === 200) {
    // With `if-range`, the whole file is the right answer when the file has changed.
    if (range === undefined || condition !== undefined) return undefined
    return `asked for ${range}, and the server answered with the whole file`
  }
  if (status !== 206) return `was answered with ${status}, which brings no file`
  if (range === undefined) return 'was answered with a part of the file, which nobody asked for'
  const part = contentRange(response)
  if (part !== undefined && isAsked(part, askedRange(range)) && !headers.has('content-encoding')) {
    const promised = promisedLength(response)
    if (promised === undefined || promised === lengthOf(part)) return undefined
  }
  return `asked for ${range}, and the server answered with another part (content-range: ${headers.get('content-range') ?? 'none'})`
}

/** The strong ETag that identifies the version of the file, where the server gives parts. */
function resumableTag({ headers, status }: Response): string | undefined {
  const etag = headers.get('etag')
  if (etag === null || !/^"[^"]+"$/.test(etag) || headers.has('content-encoding')) return undefined
  return status === 206 || headers.get('accept-ranges') === 'bytes' ? etag : undefined
}

function isBroken(error: unknown): error is SandboxConnectionError {
  return error instanceof SandboxConnectionError && !(error instanceof SandboxTimeoutError)
}

interface Rest {
  readonly etag: string
  readonly first: number
  /** Undefined for the end of the file. */
  readonly last: number | undefined
  /** Undefined while it is not known. */
  readonly total: number | undefined
}

/** All of the rest of the same file; undefined when something else came. */
function restOf(response: Response, { etag, first, last, total }: Rest): ByteRange | undefined {
  const { status, headers } = response
  const part = status === 206 && !headers.has('content-encoding') ? contentRange(response) : undefined
  if (part === undefined || (headers.get('etag') ?? etag) !== etag) return undefined
  if (total !== undefined && part.total !== undefined && part.total !== total) return undefined
  const known = { ...part, total: part.total ?? total }
  return isAsked(known, { first, last, suffix: undefined }) ? part : undefined
}
