import { SandboxAPIError } from '../errors.js'

/** The parts of a Response that the SDK needs. A Response of another library may have no more than these. */
interface ResponseLike {
  readonly status: number
  readonly headers: object
}

/**
 * The response of a `fetch` that the caller gave. Its body may be a stream of Node, as with node-fetch; see
 * {@link readerOf}.
 *
 * @throws {SandboxAPIError} when it is not a Response.
 */
export function checkResponse(response: Response): Response {
  if (response instanceof Response || isResponseLike(response)) return response
  throw new SandboxAPIError(
    'The fetch of this client answered something that is no Response. It must do what the standard fetch does: answer a promise of a Response with status, headers, body and text().',
  )
}

function isResponseLike(value: unknown): value is ResponseLike {
  if (typeof value !== 'object' || value === null) return false
  const headers: unknown = Reflect.get(value, 'headers')
  return (
    typeof Reflect.get(value, 'status') === 'number' &&
    typeof Reflect.get(value, 'text') === 'function' &&
    typeof headers === 'object' &&
    headers !== null &&
    typeof Reflect.get(headers, 'get') === 'function' &&
    Symbol.iterator in headers
  )
}

/** Reads a body: the reader of a web stream, or an object that does the same for another kind of stream. */
export interface BodyReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
  cancel(reason: unknown): Promise<unknown>
}

/** Undefined where there is no body. @throws {SandboxAPIError} when it can't be read piece by piece. */
export function readerOf({ body }: Response): BodyReader | undefined {
  const stream: unknown = body
  if (stream === null || stream === undefined) return undefined
  if (stream instanceof ReadableStream) return stream.getReader()
  if (isNodeStream(stream)) return new NodeStreamReader(stream)
  throw new SandboxAPIError(
    'The fetch of this client answered a Response whose body is no stream. Downloads and streams of output need one.',
  )
}

interface NodeStream extends AsyncIterable<unknown> {
  destroy(): unknown
}

function isNodeStream(body: unknown): body is NodeStream {
  return (
    typeof body === 'object' &&
    body !== null &&
    Symbol.asyncIterator in body &&
    'destroy' in body &&
    typeof body.destroy === 'function'
  )
}

class NodeStreamReader implements BodyReader {
  readonly #stream: NodeStream
  readonly #chunks: AsyncIterator<unknown>

  constructor(stream: NodeStream) {
    this.#stream = stream
    this.#chunks = stream[Symbol.asyncIterator]()
  }

  async read(): Promise<{ done: boolean; value?: Uint8Array | undefined }> {
    const next = await this.#chunks.next()
    const value: unknown = next.value
    if (next.done === true) return { done: true }
    if (value instanceof Uint8Array) return { done: false, value }
    throw new SandboxAPIError('The fetch of this client answered a Response whose body does not give bytes.')
  }

  async cancel(): Promise<void> {
    this.#stream.destroy()
  }
}
