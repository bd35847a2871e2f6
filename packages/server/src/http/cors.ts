import type { FastifyInstance } from 'fastify'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

export interface CorsOptions {
  /** Origins whose pages may read answers, or `*` for every one. */
  readonly origins: readonly string[]
  readonly methods: readonly string[]
  /** Headers that such a page may send. */
  readonly requestHeaders: readonly string[]
  /** Headers that it may read. */
  readonly responseHeaders: readonly string[]
}

/** Headers that a page may send in addition to those of the API: of HTTP, of event streams, and of tracing. */
const commonRequestHeaders = ['Accept', 'Content-Type', 'Last-Event-ID', 'traceparent', 'tracestate', 'baggage']

/** Headers of answers that are not in the spec. */
const commonResponseHeaders = ['Allow', 'Content-Length', 'WWW-Authenticate']

/** How long a browser may keep the answer to a preflight, in seconds: no browser keeps one for longer than two hours. */
const preflightLifeSeconds = 7_200

/**
 * Lets pages of other origins use the API. Credentials travel in headers, never in cookies, so that a page can do nothing
 * without a token that it was given.
 *
 * `@fastify/cors` works in Fastify's hooks: what Node or Fastify refuses before them would have no headers, so that a page could
 * not see why. It does not support private networks, and treats every OPTIONS as a preflight.
 */
export class Cors {
  readonly #origins: ReadonlySet<string>
  readonly #exposed: string
  readonly #preflight: Readonly<Record<string, string>>

  /** @throws {Error} for a text that is no origin. */
  constructor({ origins, methods, requestHeaders, responseHeaders }: CorsOptions) {
    this.#origins = new Set(origins.map(readOrigin))
    this.#exposed = [...responseHeaders, ...commonResponseHeaders].join(', ')
    this.#preflight = {
      'Access-Control-Allow-Methods': [...new Set(methods)].join(', '),
      'Access-Control-Allow-Headers': [...requestHeaders, ...commonRequestHeaders].join(', '),
      'Access-Control-Max-Age': String(preflightLifeSeconds),
    }
  }

  /** Headers of every answer to a request from this origin. A request without one comes from no page of another origin. */
  headersFor(origin: string | undefined): Readonly<Record<string, string>> {
    const exposed = { 'Access-Control-Expose-Headers': this.#exposed }
    if (this.#origins.has('*')) return { 'Access-Control-Allow-Origin': '*', ...exposed }
    // A cache must not give one origin the answer for another.
    const vary = { Vary: 'Origin' }
    return this.#allows(origin) ? { 'Access-Control-Allow-Origin': origin, ...exposed, ...vary } : vary
  }

  /** The answer to a preflight, which a browser sends without credentials before the request itself; undefined for any other request. */
  preflightFor({ method, headers }: IncomingMessage): Readonly<Record<string, string>> | undefined {
    const isPreflight = method === 'OPTIONS' && headers['access-control-request-method'] !== undefined
    if (!isPreflight || !this.#allows(headers.origin)) return undefined
    const isPrivate = headers['access-control-request-private-network'] === 'true'
    return { ...this.#preflight, ...(isPrivate && { 'Access-Control-Allow-Private-Network': 'true' }) }
  }

  /** Whether pages of this origin may use the API. */
  allows(origin: string): boolean {
    return this.#origins.has('*') || this.#origins.has(origin)
  }

  #allows(origin: string | undefined): origin is string {
    return origin !== undefined && this.allows(origin)
  }
}

/**
 * Whether a browser says that a page of another origin, which may not use the API, has made a request. Such a page can send some
 * requests without being allowed to; it only can't read the answers.
 */
export function isOfForeignPage({ origin, host, 'sec-fetch-site': site }: IncomingHttpHeaders, cors?: Cors): boolean {
  if (origin !== undefined) {
    const isOwn = origin === `http://${host ?? ''}` || origin === `https://${host ?? ''}`
    return !isOwn && cors?.allows(origin) !== true
  }
  return site === 'cross-site'
}

/** Answers preflights, and adds the headers to every answer, also to those that bypass Fastify. */
export function addCors(app: FastifyInstance, cors: Cors): void {
  app.server.prependListener('request', (request, response) => {
    for (const [name, value] of Object.entries(cors.headersFor(request.headers.origin))) response.setHeader(name, value)
  })
  app.addHook('onRequest', async ({ raw }, reply) => {
    const headers = cors.preflightFor(raw)
    if (!headers) return undefined
    return reply.code(204).headers(headers).send()
  })
}

/**
 * Reads an origin as browsers write it.
 *
 * @throws {Error} that says what an origin looks like.
 */
export function readOrigin(text: string): string {
  if (text === '*') return text
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isBare =
    url !== undefined &&
    url.host !== '' &&
    !url.host.includes('*') &&
    ['', '/'].includes(url.pathname) &&
    `${url.username}${url.password}${url.search}${url.hash}` === ''
  if (!isBare) {
    throw new Error(
      `"${text}" is no origin. Write one as https://app.example.com or http://localhost:3000, or * for all of them.`,
    )
  }
  // URL knows an origin only for web schemes, but apps have schemes of their own.
  return url.origin === 'null' ? `${url.protocol}//${url.host}` : url.origin
}
