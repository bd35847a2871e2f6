import { SandboxValidationError } from '../errors.js'
import { isRecord } from '../guards.js'

/** What `fetch` sends, by a name that Node's own types have too: BodyInit is the DOM's. */
export type Body = NonNullable<RequestInit['body']>

/** Header values by lower-case name. A plain object: `Headers` would cost more than all the rest of a call's own work. */
export type HeaderRecord = Record<string, string>

/**
 * What a call sends, kept so that each attempt can be made from it: a Request's own body can be read once, and its signal
 * can be lost.
 */
export interface Outgoing {
  readonly url: string
  readonly method: string
  readonly headers: HeaderRecord
  readonly body: Body | null
}

/** Stands in for a Request where no middleware looks at it: making a real one takes a tenth of a call's time. */
class Recipe implements Outgoing {
  readonly url: string
  readonly method: string
  readonly headers: HeaderRecord
  readonly body: Body | null

  constructor(url: string, init: RequestInit) {
    this.url = url
    this.method = init.method ?? 'GET'
    this.body = init.body ?? null
    // Those of the call come from its plan. To read a Headers would cost more than all of this.
    this.headers = typeof this.body === 'string' ? { 'content-type': 'application/json' } : {}
  }
}

/** `new` makes a {@link Recipe}. */
export const LeanRequest: typeof Request = new Proxy(Request, {
  construct: (_, [url, init]: [string, RequestInit]) => new Recipe(url, init),
})

/** A real Request, for middleware and for the raw client, that remembers what it was built from. */
export class ReplayableRequest extends Request {
  readonly source: Body | null
  readonly callerSignal: AbortSignal | undefined

  constructor(input: string | URL | Request, init: RequestInit = {}) {
    super(input, init)
    this.source = init.body ?? null
    this.callerSignal = init.signal ?? undefined
  }
}

export function isLean(request: Request): boolean {
  return request instanceof Recipe
}

/** What to send for a request. One that middleware made has only its own body, good for a single attempt. */
export function outgoing(request: Request): Outgoing {
  if (request instanceof Recipe) return request
  const { url, method } = request
  const headers = record(request.headers)
  const body = request instanceof ReplayableRequest ? request.source : request.body
  // The boundary of a form is made anew with each attempt.
  if (body instanceof FormData) delete headers['content-type']
  return { url, method, headers, body }
}

/** What `fetch` is given for one attempt. */
export function attemptInit({ method, headers, body }: Outgoing, signal: AbortSignal): RequestInit {
  // Redirects are refused: following one would turn a POST into a GET, or carry an API key to another host.
  if (body === null || typeof body === 'string') return { method, headers, signal, redirect: 'manual', body }
  forbidText(body)
  const duplex = body instanceof ReadableStream ? { duplex: 'half' } : undefined
  // Node's fetch keeps a copy of the whole body for a redirect, unless it is told that there will be none.
  const keepsNoCopy = isNode ? ({ redirect: 'error', window: null } as const) : ({ redirect: 'manual' } as const)
  return { method, headers, signal, body, ...keepsNoCopy, ...duplex }
}

/**
 * A `fetch` that does not know a kind of body sends its name instead, `[object ReadableStream]`: Firefox does so for streams, and
 * node-fetch too. Then it is to fail.
 */
function forbidText(body: object): void {
  if (!(body instanceof ReadableStream || body instanceof Blob) || Object.hasOwn(body, 'toString')) return
  const kind = body instanceof Blob ? 'a Blob' : 'a stream'
  const value = (): never => {
    throw new SandboxValidationError(
      `The fetch of this client can't send ${kind}, as the standard one does. Let it use another fetch, or give the content in another form: text, bytes or a Blob.`,
      'content',
    )
  }
  Reflect.defineProperty(body, 'toString', { value, configurable: true })
}

/** Whether the body can be sent again. */
export function isReplayable({ body }: Outgoing): boolean {
  return !(body instanceof ReadableStream)
}

/** Whether a body that can be sent once is as it was. */
export function isUntouched({ body }: Outgoing): boolean {
  return body instanceof ReadableStream && !body.locked
}

function record(headers: Headers): HeaderRecord {
  const found: HeaderRecord = {}
  headers.forEach((value, name) => {
    found[name] = value
  })
  return found
}

export const isNode = runsOnNode()

function runsOnNode(): boolean {
  const runtime: unknown = Reflect.get(globalThis, 'process')
  const versions = isRecord(runtime) ? runtime['versions'] : undefined
  // Bun and Deno give themselves out as Node, but their fetch is their own.
  return isRecord(versions) && 'undici' in versions && !('bun' in versions) && !('deno' in versions)
}
