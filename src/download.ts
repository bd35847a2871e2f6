import { SandboxAPIError } from './errors.js'
import { promisedLength } from './transport/body.js'

/**
 * A file on its way out of a session. Its body can be read once, by one of its methods, or given up with `cancel()`.
 */
export class FileDownload {
  /** The name of the file, without its directory. */
  readonly name: string
  /** Bytes. Missing when the server did not say. */
  readonly size: number | undefined
  readonly #response: Response
  #giveUp: (() => Promise<void>) | undefined

  /** @internal */
  constructor(response: Response, path: string) {
    this.name = path.split('/').at(-1) ?? path
    this.size = promisedLength(response)
    this.#response = response
  }

  /** The bytes as they arrive. Ends with an error, never early, when the connection breaks. */
  stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const { body } = this.#unread()
    if (body === null) return new Blob([]).stream()
    // A stream in between, so that `cancel()` can end it while somebody holds its reader.
    const reader = body.getReader()
    return new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        start: (controller) => {
          this.#giveUp = () => {
            controller.error(new SandboxAPIError(`The download of ${this.name} was cancelled.`))
            return reader.cancel()
          }
        },
        pull: async (controller) => {
          const { done, value } = await reader.read()
          if (done) controller.close()
          else controller.enqueue(value)
        },
        cancel: (reason) => reader.cancel(reason),
      },
      { highWaterMark: 0 },
    )
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return new Uint8Array(await this.#unread().arrayBuffer())
  }

  /** The bytes as UTF-8. */
  async text(): Promise<string> {
    return await this.#unread().text()
  }

  async blob(): Promise<Blob> {
    return await this.#unread().blob()
  }

  /**
   * Lets go of the connection without reading the rest; whoever still reads `stream()` gets an error. Calling it after
   * reading is no error.
   */
  async cancel(): Promise<void> {
    if (this.#giveUp !== undefined) await this.#giveUp()
    else if (!this.#response.bodyUsed) await this.#response.body?.cancel()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.cancel()
  }

  #unread(): Response {
    if (!this.#response.bodyUsed && this.#response.body?.locked !== true) return this.#response
    throw new SandboxAPIError(`The download of ${this.name} was read already. Download it again.`)
  }
}
