import type { Fetch } from 'sandbox-sessions-sdk'
import type { SpecChecker } from '../contract/checker.js'
import type { Exchange } from '../contract/exchange.js'

/** A `fetch` that keeps what went over the wire. It holds whole bodies in memory. */
export class Recorder {
  readonly #base: URL
  readonly #pending: Promise<Exchange>[] = []

  constructor(
    apiUrl: string,
    readonly checker: SpecChecker,
  ) {
    this.#base = new URL(apiUrl)
  }

  readonly fetch: Fetch = async (input, init) => {
    const { pathname, search } = new URL(input)
    const request = {
      method: init.method ?? 'GET',
      target: pathname.slice(this.#base.pathname.replace(/\/$/, '').length) + search,
      headers: new Headers(init.headers),
      body: await sentBytes(init.body),
    }
    const response = await fetch(input, init)
    const { status, statusText, headers } = response
    const [given, kept] = response.body?.tee() ?? [null, null]
    const body = kept === null ? Promise.resolve(new Uint8Array()) : bytesOf(kept)
    this.#pending.push(body.then((bytes) => ({ request, response: { status, headers, body: bytes } })))
    return new Response(given, { status, statusText, headers })
  }

  /** The exchanges since it was last asked, when all of them are over. */
  async take(): Promise<readonly Exchange[]> {
    return await Promise.all(this.#pending.splice(0))
  }
}

/** Undefined when the body breaks off, or nobody wanted the rest of it. */
async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array | undefined> {
  try {
    return new Uint8Array(await new Response(stream).arrayBuffer())
  } catch {
    return undefined
  }
}

/** Undefined for a body that can be read only once, which is the receiver's. */
async function sentBytes(body: RequestInit['body']): Promise<Uint8Array | undefined> {
  if (body === undefined || body === null) return new Uint8Array()
  if (body instanceof ReadableStream) return undefined
  // A form's boundary is made with each request, so its bytes would not be those that are sent.
  if (body instanceof FormData) return undefined
  return new Uint8Array(await new Response(body).arrayBuffer())
}
