import type { Fetch } from 'sandbox-sessions-sdk'
import { type Exchange, isObject } from 'sandbox-sessions-openapi'

const longestCreationMs = 60_000

/** A `fetch` that keeps what went over the wire. It holds whole bodies in memory. */
export class Recorder {
  readonly #base: URL
  readonly #pending: Promise<Exchange>[] = []
  readonly #creations: Promise<unknown>[] = []
  readonly #sessionIds = new Set<string>()

  constructor(apiUrl: string) {
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
    const isCreation = request.method === 'POST' && request.target.split('?')[0] === '/sessions'
    const response = isCreation ? await this.#create(input, init) : await fetch(input, init)
    const { status, statusText, headers } = response
    const { body, recorded } = record(response.body, init.signal)
    this.#pending.push(recorded.then((bytes) => ({ request, response: { status, headers, body: bytes } })))
    return new Response(body, { status, statusText, headers })
  }

  /** The ids of all sessions that were made, once all of them are known. */
  async sessionIds(): Promise<readonly string[]> {
    await Promise.allSettled(this.#creations)
    return [...this.#sessionIds]
  }

  /** The id of a session is kept even when nobody waits for it any more, so that it can be deleted. */
  async #create(input: string, init: RequestInit): Promise<Response> {
    const create = async (): Promise<Response> => {
      const response = await fetch(input, { ...init, signal: AbortSignal.timeout(longestCreationMs) })
      const { status, statusText, headers } = response
      const text = await response.text()
      const id = response.ok ? sessionIdIn(text) : undefined
      if (id !== undefined) this.#sessionIds.add(id)
      return new Response(text, { status, statusText, headers })
    }
    const creation = create()
    this.#creations.push(creation)
    return await creation
  }

  /** The exchanges since the previous call, once all of them are over. */
  async take(): Promise<readonly Exchange[]> {
    return await Promise.all(this.#pending.splice(0))
  }
}

function sessionIdIn(text: string): string | undefined {
  try {
    const session: unknown = JSON.parse(text)
    return isObject(session) && typeof session['sessionId'] === 'string' ? session['sessionId'] : undefined
  } catch {
    return undefined
  }
}

interface Recording {
  readonly body: ReadableStream<Uint8Array> | null
  /** Undefined when the body breaks off, or its reader has enough. */
  readonly recorded: Promise<Uint8Array | undefined>
}

/** Passes the body on as it comes, and gives a copy at the end. With `tee`, the server would not notice when the reader goes away. */
function record(source: ReadableStream<Uint8Array> | null, signal: AbortSignal | null | undefined): Recording {
  if (source === null) return { body: null, recorded: Promise.resolve(new Uint8Array()) }
  const chunks: Uint8Array[] = []
  const reader = source.getReader()
  const { promise: recorded, resolve } = deferred<Uint8Array | undefined>()
  signal?.addEventListener('abort', () => resolve(undefined))
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read()
          if (!done) {
            chunks.push(value)
            controller.enqueue(value)
            return
          }
          resolve(Buffer.concat(chunks))
          controller.close()
        } catch (error) {
          resolve(undefined)
          controller.error(error)
        }
      },
      async cancel(reason) {
        resolve(undefined)
        await reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
  return { body, recorded }
}

/** Promise.withResolvers, which Node has from 22 on. */
function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>((settle) => (resolve = settle))
  return { promise, resolve }
}

/** Undefined for a body that can be read only once, since the receiver needs it. */
async function sentBytes(body: RequestInit['body']): Promise<Uint8Array | undefined> {
  if (body === undefined || body === null) return new Uint8Array()
  if (body instanceof ReadableStream) return undefined
  // Each request gives a form a new boundary, so that these bytes would not be the ones that are sent.
  if (body instanceof FormData) return undefined
  return new Uint8Array(await new Response(body).arrayBuffer())
}
