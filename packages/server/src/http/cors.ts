import type { FastifyInstance } from 'fastify'
import type { IncomingMessage } from 'node:http'

export interface CorsOptions {
  /** Origins whose pages may read answers, or `*` for every one. */
  readonly origins: readonly string[]
  readonly methods: readonly string[]
  /** Headers that such a page may send. */
  readonly requestHeaders: readonly string[]
  /** Headers that it may read. */
  readonly responseHeaders: readonly string[]
}

/** Headers that a page may send beside those of the API: of HTTP, of event streams, and those that traces are carried in. */
const commonRequestHeaders = ['Accept', 'Content-Type', 'Last-Event-ID', 'traceparent', 'tracestate', 'baggage']

/** Headers of answers that the spec does not speak of. */
const commonResponseHeaders = ['Allow', 'Content-Length', 'WWW-Authenticate']

/** How long a browser may keep the answer to a preflight, in seconds: no browser keeps one for longer than two hours. */
const preflightLifeSeconds = 7_200

/**
 * Lets pages of other origins use the API. Credentials travel in headers, never in cookies, so that a page can do nothing
 * without a token that it was given.
 *
 * `@fastify/cors` answers from Fastify's hooks: what Node or Fastify refuses before them would have no headers, so that a page
 * could not see why. It knows nothing of private networks, and turns every OPTIONS into a preflight.
 */
export class Cors {
  readonly #origins: ReadonlySet<string>
  readonly #exposed: string
  readonly #preflight: Readonly<Record<string, string>>

  /** @throws {Error} for something that is no origin. */
  constructor({ origins, methods, requestHeaders, responseHeaders }: CorsOptions) {
    this.#origins = new Set(origins.map(readOrigin))
    this.#exposed = [...responseHeaders, ...commonResponseHeaders].join(', ')
    this.#preflight = {
      'Access-Control-Allow-Methods': [...new Set(methods)].join(', '),
      'Access-Control-Allow-Headers': [...requestHeaders, ...commonRequestHeaders].join(', '),
      'Access-Control-Max-Age': String(preflightLifeSeconds),
    }
  }

  /** Headers of every answer to a request from there. Without an origin, it comes from no page of another one. */
  headersFor(origin: string | undefined): Readonly<Record<string, string>> {
    const exposed = { 'Access-Control-Expose-Headers': this.#exposed }
    if (this.#origins.has('*')) return { 'Access-Control-Allow-Origin': '*', ...exposed }
    // A cache must not give one origin what another one got.
    const vary = { Vary: 'Origin' }
    return this.#allows(origin) ? { 'Access-Control-Allow-Origin': origin, ...exposed, ...vary } : vary
  }

  /** What a browser asks for before it sends the request itself, without credentials; undefined when this is no such question. */
  preflightFor({ method, headers }: IncomingMessage): Readonly<Record<string, string>> | undefined {
    const isPreflight = method === 'OPTIONS' && headers['access-control-request-method'] !== undefined
    if (!isPreflight || !this.#allows(headers.origin)) return undefined
    const isPrivate = headers['access-control-request-private-network'] === 'true'
    return { ...this.#preflight, ...(isPrivate && { 'Access-Control-Allow-Private-Network': 'true' }) }
  }

  #allows(origin: string | undefined): origin is string {
    return origin !== undefined && (this.#origins.has('*') || this.#origins.has(origin))
  }
}

/** Answers preflights, and marks every answer: also those that are written past Fastify, and those that it never gets to see. */
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
 * @throws {Error} with what an origin is.
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
  // Only for the schemes of the web does URL know an origin; apps have schemes of their own.
  return url.origin === 'null' ? `${url.protocol}//${url.host}` : url.origin
}
