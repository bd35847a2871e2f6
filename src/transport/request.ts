import { SandboxValidationError } from '../errors.js'
import { keepsCopyOfBody, ofLength, streamsRequests } from '../internal/runtime.js'

/** What `fetch` sends. BodyInit exists only in the DOM's types, and this name also in Node's. */
export type Body = NonNullable<RequestInit['body']>

/** A body of which each attempt makes a new copy. */
export class BodySource {
  /**
   * @param size - in bytes, where it is known: only then can the body be sent again after a part of it was read.
   * @param isUntouched - whether no part of it was read.
   */
  constructor(
    readonly open: () => Body,
    readonly size: number | undefined,
    readonly isUntouched: () => boolean,
  ) {}
}

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
  readonly body: Body | BodySource | null
}

/** Stands in for a Request where no middleware looks at it: making a real one takes a tenth of a call's time. */
export class LeanRequest implements Outgoing {
  readonly url: string
  readonly method: string
  readonly headers: HeaderRecord
  readonly body: Body | BodySource | null

  constructor(url: string, init: RequestInit) {
    this.url = url
    this.method = init.method ?? 'GET'
    this.body = init.body ?? null
    // The plan of the call has its headers. Reading them from a Headers would cost more than all of this.
    this.headers = typeof this.body === 'string' ? { 'content-type': 'application/json' } : {}
  }
}

/** What a real Request was made from. */
interface Origin {
  readonly body: Body | BodySource | null
  readonly signal: AbortSignal | undefined
}

const origins = new WeakMap<Request, Origin>()

/** A real Request, for middleware and for the raw client, which can be sent again. */
export function replayableRequest(url: string, init: RequestInit): Request {
  const request = new Request(url, readable(init))
  origins.set(request, { body: init.body ?? null, signal: init.signal ?? undefined })
  return request
}

/** The caller's own signal. The signal of a Request that middleware made follows it. */
export function callerSignalOf(request: Request): AbortSignal | undefined {
  const origin = origins.get(request)
  return origin === undefined ? request.signal : origin.signal
}

/** With a body that middleware can look at. It is not the body that is sent, unless middleware makes a Request from it. */
function readable(init: RequestInit): RequestInit {
  const source: unknown = init.body
  const body = source instanceof BodySource ? source.open() : init.body
  if (isStream(body)) return Object.assign({}, init, { body, duplex: 'half' })
  return source === body ? init : { ...init, body: body ?? null }
}

/** What to send for a request. A request that middleware made has only its own body, which serves a single attempt. */
export function outgoing(request: Request | LeanRequest): Outgoing {
  if (request instanceof LeanRequest) return request
  const { url, method } = request
  const headers = record(request.headers)
  const origin = origins.get(request)
  const body = origin === undefined ? request.body : origin.body
  // Each attempt gives a form a new boundary.
  if (body instanceof FormData) delete headers['content-type']
  return { url, method, headers, body }
}

/** What `fetch` is given for one attempt. */
export function attemptInit({ method, headers, body }: Outgoing, signal: AbortSignal): RequestInit {
  // Redirects are refused: following one would turn a POST into a GET, or carry an API key to another host.
  if (body === null || typeof body === 'string') return { method, headers, signal, redirect: 'manual', body }
  const redirect = keepsCopyOfBody ? ({ redirect: 'error', window: null } as const) : ({ redirect: 'manual' } as const)
  const opened = body instanceof BodySource ? body.open() : body
  forbidText(opened)
  const init = { method, headers, signal, body: opened, ...redirect }
  if (!isStream(opened)) return init
  if (!streamsRequests) {
    throw new SandboxValidationError("body is a stream, which this runtime's fetch can't send: pass a Blob.", 'body')
  }
  const size = body instanceof BodySource ? body.size : undefined
  const duplex = { duplex: 'half' }
  if (size === undefined) return { ...init, ...duplex }
  return { ...init, ...duplex, headers: { ...headers, 'content-length': String(size) }, body: ofLength(opened, size) }
}

/**
 * A `fetch` that does not know a kind of body sends its name instead, `[object ReadableStream]`: Firefox and node-fetch do so for
 * streams. Such a call has to fail.
 */
function forbidText(body: Body): void {
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
  return body instanceof BodySource ? body.size !== undefined : !isStream(body)
}

function isStream(body: unknown): body is ReadableStream<Uint8Array> {
  return body instanceof ReadableStream
}

/** Whether nothing was read yet of a body that can be sent only once. */
export function isUntouched({ body }: Outgoing): boolean {
  if (body instanceof BodySource) return body.isUntouched()
  return body instanceof ReadableStream && !body.locked
}

function record(headers: Headers): HeaderRecord {
  const found: HeaderRecord = {}
  headers.forEach((value, name) => {
    found[name] = value
  })
  return found
}
