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

  /** @internal */
  constructor(response: Response, path: string) {
    this.name = path.split('/').at(-1) ?? path
    this.size = promisedLength(response)
    this.#response = response
  }

  /** The bytes as they arrive. Ends with an error, never early, when the connection breaks. */
  stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    const response = this.#unread()
    return response.body ?? new Blob([]).stream()
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

  /** Lets go of the connection without reading the rest. Calling it after reading is no error. */
  async cancel(): Promise<void> {
    if (!this.#response.bodyUsed) await this.#response.body?.cancel()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.cancel()
  }

  #unread(): Response {
    if (!this.#response.bodyUsed && this.#response.body?.locked !== true) return this.#response
    throw new SandboxAPIError(`The download of ${this.name} was read already. Download it again.`)
  }
}
