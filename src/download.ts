import { compareChecksums, createChecksum } from './checksum.js'
import { chunksOf } from './chunks.js'
import { SandboxAPIError, SandboxConnectionError, SandboxTimeoutError } from './errors.js'
import type { TransferOptions } from './progress.js'
import { promisedLength } from './transport/body.js'
import { Deadline } from './transport/deadline.js'
import { retryDelayMs } from './transport/retry.js'

/** What a download needs of its client. */
export interface DownloadSource {
  readonly path: string
  readonly options: TransferOptions
  readonly signal: AbortSignal | undefined
  /** How often in a row the rest is asked for without a byte of it arriving. */
  readonly maxRetries: number
  readonly maxRetryDelayMs: number
  /** Ends the request that is under way. */
  abort(reason: unknown): void
  /** Adds to an error of the SDK what is known of the call. */
  explain(error: unknown): void
  /** Asks for the rest of the same file. */
  resume(offset: number, etag: string): Promise<Response>
  /** Asks for the MD5 of the file. */
  checksum(): Promise<string | undefined>
}

/**
 * A file on its way out of a session. Its body can be read once, by one of its methods, or given up with `cancel()`. When the
 * connection breaks, the rest is asked for: what is read is whole and correct, or ends with an error.
 */
export class FileDownload implements AsyncDisposable {
  /** The name of the file, without its directory. */
  readonly name: string
  /** Bytes. Missing when the server did not say. */
  readonly size: number | undefined
  readonly #source: DownloadSource
  #response: Response | undefined
  #cancelled: SandboxAPIError | undefined
  #pause: Deadline | undefined

  /** @internal */
  constructor(response: Response, source: DownloadSource) {
    this.name = source.path.split('/').at(-1) ?? source.path
    this.size = promisedLength(response)
    this.#source = source
    this.#response = response
  }

  /** The bytes as they arrive. Ends with an error, never early, when the connection breaks and can't be mended. */
  stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
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
        // The request first: a generator that waits for the next piece is left only when that has come.
        cancel: async () => {
          await this.cancel()
          chunks.return().catch(() => undefined)
        },
      },
      { highWaterMark: 0 },
    )
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
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

  async *#chunks(first: Response): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
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

  async *#resuming(first: Response): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    const etag = resumableTag(first)
    let response = first
    let offset = 0
    let failures = 0
    for (;;) {
      try {
        for await (const chunk of bodyOf(response)) {
          offset += chunk.byteLength
          failures = 0
          yield chunk
        }
        return
      } catch (error) {
        if (etag === undefined || !(error instanceof SandboxConnectionError)) throw error
        if (error instanceof SandboxTimeoutError) throw error
        failures += 1
        await this.#waitBeforeResuming(failures, error)
        if (this.#cancelled !== undefined) throw this.#cancelled
        response = await this.#source.resume(offset, etag)
        if (!continues(response, offset)) {
          await response.body?.cancel()
          throw new SandboxConnectionError(`${this.#source.path} changed while it was being downloaded.`, {
            cause: error,
          })
        }
      }
    }
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

async function* bodyOf({ body }: Response): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  if (body !== null) yield* chunksOf(body)
}

/** The strong tag that the parts of a file are known by, where the server gives parts. */
function resumableTag({ headers }: Response): string | undefined {
  const etag = headers.get('etag')
  if (etag === null || !/^"[^"]+"$/.test(etag) || headers.has('content-encoding')) return undefined
  return headers.get('accept-ranges') === 'bytes' ? etag : undefined
}

function continues(response: Response, offset: number): boolean {
  return response.status === 206 && (response.headers.get('content-range')?.startsWith(`bytes ${offset}-`) ?? false)
}
