import { SandboxAPIError, SandboxConnectionError, SandboxValidationError } from '../errors.js'
import type { Settings } from '../options.js'
import { guardBody } from './body.js'
import { authorize, redact } from './credentials.js'
import { Exchange } from './exchange.js'
import { type AttemptInit, attemptInit } from './request.js'

/**
 * Everything between openapi-fetch and the wire: credentials, the deadline, the attempt. What it throws is an error of the
 * SDK or the caller's own abort reason. A status is no error here.
 */
export class Transport {
  readonly #settings: Settings
  readonly #open = new Set<Exchange>()
  #closed = false

  constructor(settings: Settings) {
    this.#settings = settings
  }

  /** Begins a logical call. It must be finished, by its body or by its caller. */
  begin(timeoutMs: number, signal: AbortSignal | undefined): Exchange {
    if (this.#closed) throw new SandboxAPIError('The client is closed. Make a new SessionsClient.')
    return new Exchange(this.#open, timeoutMs, signal)
  }

  /**
   * Sends one request. The exchange finishes with the body of the answer, which is either
   * - `buffered`: in memory already, so that it can't fail any more (the body of an error always is), or
   * - `total`: still to be read, before the deadline of the call, or
   * - `idle`: still to be read, with the deadline starting anew for each chunk.
   */
  async send(request: Request, exchange: Exchange, body: 'buffered' | 'total' | 'idle'): Promise<Response> {
    exchange.method = request.method
    exchange.url = request.url
    let response: Response | undefined
    try {
      const init = attemptInit(request)
      response = await this.#attempt(request.url, init, exchange)
      if (body === 'buffered' || !response.ok) return await buffer(response, init.headers, exchange)
    } catch (error) {
      exchange.finish()
      throw failure(error, exchange, response)
    }
    const fail = (error: unknown): unknown => failure(error, exchange, response)
    return rebuild(response, guardBody(response, exchange, { idle: body === 'idle', fail }))
  }

  /** Aborts what is in flight and refuses what comes later. */
  close(): void {
    this.#closed = true
    for (const exchange of this.#open) {
      exchange.deadline.abort(new SandboxConnectionError('The client was closed during the call.', exchange.context))
    }
    this.#open.clear()
  }

  async #attempt(url: string, init: AttemptInit, exchange: Exchange): Promise<Response> {
    const { deadline } = exchange
    if (!init.headers.has('x-request-id')) init.headers.set('x-request-id', exchange.requestId)
    await deadline.wait(authorize(init.headers, this.#settings))
    const response = await deadline.wait(this.#settings.fetch(url, { ...init, signal: deadline.signal }))
    refuseRedirect(response, exchange)
    exchange.phase = 'body'
    return response
  }
}

async function buffer(response: Response, sent: Headers, exchange: Exchange): Promise<Response> {
  const text = await exchange.deadline.wait(response.text())
  exchange.finish()
  // A Response of these statuses may not be made with a body, not even an empty one.
  if (text === '' || response.status === 204 || response.status === 205) return rebuild(response, null)
  return rebuild(response, response.ok ? text : redact(text, sent))
}

function rebuild(response: Response, body: BodyInit | null): Response {
  const { status, statusText, headers } = response
  return new Response(body, { status, statusText, headers })
}

function refuseRedirect(response: Response, exchange: Exchange): void {
  const { status, headers } = response
  if (response.type !== 'opaqueredirect' && (status < 300 || status > 399)) return
  const target = headers.get('location')
  const origin =
    target !== null && URL.canParse(target, exchange.url) ? new URL(target, exchange.url).origin : 'elsewhere'
  throw new SandboxConnectionError(
    `The server redirected to ${origin}; redirects are not followed. Set apiUrl to the final address.`,
    { ...exchange.context, statusCode: status === 0 ? undefined : status, headers },
  )
}

function failure(error: unknown, exchange: Exchange, response?: Response): unknown {
  const { deadline } = exchange
  if (deadline.signal.aborted) return deadline.reason
  if (error instanceof SandboxAPIError || error instanceof SandboxValidationError) return error
  const what = response === undefined ? 'No response came' : 'The connection broke in the middle of the response'
  return new SandboxConnectionError(`${what}: ${describe(error)} (${exchange.method} ${exchange.url}).`, {
    ...exchange.context,
    statusCode: response?.status,
    headers: response?.headers,
    cause: error,
  })
}

/** The innermost reason: "fetch failed" says nothing, its cause does. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.cause instanceof Error) return describe(error.cause)
  if (error instanceof AggregateError && error.errors.length > 0) return describe(error.errors[0])
  const code: unknown = Reflect.get(error, 'code')
  if (error.message !== '') return error.message
  return typeof code === 'string' ? code : error.name
}
