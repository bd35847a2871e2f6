import { type ErrorContext, SandboxAPIError, SandboxConnectionError, SandboxValidationError } from '../errors.js'
import { type CallInfo, type Observer, createObserver } from '../observe.js'
import type { Settings } from '../options.js'
import { retryAfterMs } from '../retry-hints.js'
import { userAgent } from '../version.js'
import { advise } from './advice.js'
import { guardBody } from './body.js'
import { Credentials, redact } from './credentials.js'
import { Exchange, type ExchangePlan } from './exchange.js'
import { type HeaderRecord, type Outgoing, attemptInit, isLean, isReplayable, outgoing } from './request.js'
import { retryDelayMs } from './retry.js'

/** How an attempt ended: with a response (and its body, if that is in memory), or with what the call would throw. */
type Outcome =
  | { readonly ok: boolean; readonly response: Response; readonly text: string | undefined; readonly error?: undefined }
  | { readonly ok: false; readonly response?: undefined; readonly error: unknown }

/**
 * Everything between openapi-fetch and the wire: credentials, the deadline, the attempts. What it throws is an error of the
 * SDK or the caller's own abort reason. A status is no error here.
 */
export class Transport {
  readonly #settings: Settings
  readonly #credentials: Credentials
  readonly #observer: Observer | undefined
  readonly #open = new Set<Exchange>()
  #closed = false

  constructor(settings: Settings) {
    this.#settings = settings
    this.#credentials = new Credentials(settings)
    this.#observer = createObserver(settings.hooks, settings.logger, settings.logLevel)
  }

  /** Begins a logical call. It finishes with the body of its answer, or with its failure. */
  begin(plan: ExchangePlan): Exchange {
    if (this.#closed) throw new SandboxAPIError('The client is closed. Make a new SessionsClient.')
    return new Exchange(plan, this.#open)
  }

  /** Makes the attempts of a call, and answers the response of the last one. */
  async send(request: Request, exchange: Exchange): Promise<Response> {
    const message = outgoing(request)
    const lean = isLean(request)
    prepare(message, exchange, lean)
    try {
      let outcome = await this.#attempt(message, exchange)
      while (!outcome.ok && (await this.#mayTryAgain(message, exchange, outcome))) {
        outcome = await this.#attempt(message, exchange)
      }
      if (outcome.response === undefined) throw outcome.error
      const { response, text, ok } = outcome
      if (!ok) refuseRedirect(response, exchange)
      if (text === undefined) {
        return rebuild(
          response,
          guardBody(response, exchange, (error) => failure(error, exchange, response)),
        )
      }
      exchange.finish()
      exchange.text = text
      // The pipeline takes the text, and no middleware looks on: another Response would cost a tenth of the call.
      if (ok && lean) return (exchange.response = response)
      // A Response of these statuses may not be made with a body, not even an empty one.
      return rebuild(response, response.status === 204 || response.status === 205 ? null : text)
    } catch (error) {
      exchange.finish()
      throw error
    }
  }

  /** Aborts what is in flight and refuses what comes later. */
  close(): void {
    this.#closed = true
    for (const exchange of this.#open) {
      exchange.deadline.abort(new SandboxConnectionError('The client was closed during the call.', exchange.context))
    }
    this.#open.clear()
  }

  async #attempt(message: Outgoing, exchange: Exchange): Promise<Outcome> {
    const { deadline, plan } = exchange
    const { headers } = message
    exchange.attempt += 1
    const observer = this.#observer
    const began = observer === undefined ? 0 : performance.now()
    exchange.phase = 'response'
    let response: Response | undefined
    try {
      if (observer !== undefined) announce(observer, exchange, headers)
      const credential = exchange.ownCredentials ? undefined : this.#credentials.get()
      exchange.credential = credential instanceof Promise ? await deadline.wait(credential) : credential
      if (exchange.credential !== undefined) headers[exchange.credential.name] = exchange.credential.value
      response = await deadline.wait(this.#settings.fetch(message.url, attemptInit(message, deadline.signal)))
      exchange.phase = 'body'
      const { ok } = response
      const buffered = plan.body === 'buffered' || !ok
      let text = buffered ? await deadline.wait(response.text()) : undefined
      if (text !== undefined && !ok) text = redact(text, headers, exchange.credential)
      observer?.response({ ...ended(exchange, began), status: response.status, error: undefined })
      return { ok, response, text }
    } catch (thrown) {
      const error = failure(thrown, exchange, response)
      observer?.response({ ...ended(exchange, began), status: undefined, error })
      return { ok: false, error }
    }
  }

  /** Whether another attempt is to follow a failed one; it waits until then. */
  async #mayTryAgain(message: Outgoing, exchange: Exchange, outcome: Outcome): Promise<boolean> {
    const status = outcome.response?.status
    if (status === 401 && !exchange.renewed && isReplayable(message) && this.#credentials.refuse(exchange.credential)) {
      exchange.renewed = true
      this.#observer?.retry({ ...attemptOf(exchange), delayMs: 0, status, error: undefined })
      return true
    }
    const delayMs = this.#delayMs(message, exchange, outcome)
    if (delayMs === undefined) return false
    this.#observer?.retry({ ...attemptOf(exchange), delayMs, status, error: outcome.error })
    await exchange.deadline.sleep(delayMs)
    return true
  }

  /** How long to wait before the next attempt; undefined when the call ends with this one. */
  #delayMs(message: Outgoing, exchange: Exchange, { response, error }: Outcome): number | undefined {
    if (!isReplayable(message) || exchange.deadline.aborted || exchange.final) return undefined
    if (response === undefined && !(error instanceof SandboxConnectionError)) return undefined
    const hints = response?.headers
    const askedToRetry = hints?.has('retry-after') ?? false
    const failed = {
      attempt: exchange.attempt,
      repeatable: exchange.plan.repeatable ?? isRepeatable(message),
      status: response?.status,
      retryAfterMs: hints === undefined ? undefined : retryAfterMs(hints, Date.now()),
      askedToRetry,
    }
    if (response === undefined || (response.status >= 500 && !askedToRetry)) exchange.mayHaveRun = true
    const limits = { maxRetries: exchange.plan.maxRetries, maxRetryDelayMs: this.#settings.maxRetryDelayMs }
    const delayMs = retryDelayMs(failed, limits, Math.random())
    // What the server said is worth more than a timeout error after a vain sleep.
    return delayMs !== undefined && delayMs < exchange.deadline.remainingMs() ? delayMs : undefined
  }
}

function prepare({ url, method, headers }: Outgoing, exchange: Exchange, lean: boolean): void {
  exchange.url = url
  exchange.method = method
  // A Request that middleware saw has them already, changed perhaps.
  if (lean) Object.assign(headers, exchange.plan.headers)
  exchange.requestId = headers['x-request-id'] ??= crypto.randomUUID()
  if (userAgent !== undefined) headers['user-agent'] ??= userAgent
  exchange.ownCredentials = 'authorization' in headers || 'x-api-key' in headers
}

/** Hooks see the headers without credentials, also without the caller's own, and may set more. */
function announce(observer: Observer, exchange: Exchange, headers: HeaderRecord): void {
  const { authorization: _, 'x-api-key': __, ...visible } = headers
  observer.request({ ...attemptOf(exchange), headers: visible })
  Object.assign(headers, visible)
}

function attemptOf({ info, attempt }: Exchange): { call: CallInfo; attempt: number } {
  return { call: info, attempt }
}

function ended(exchange: Exchange, began: number): { call: CallInfo; attempt: number; durationMs: number } {
  return { ...attemptOf(exchange), durationMs: performance.now() - began }
}

function isRepeatable({ method, headers }: Outgoing): boolean {
  return method === 'GET' || method === 'DELETE' || 'idempotency-key' in headers
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
  throw redirected(origin, exchange, { statusCode: status === 0 ? undefined : status, headers })
}

function redirected(origin: string, exchange: Exchange, context: ErrorContext): SandboxConnectionError {
  return new SandboxConnectionError(
    `The server redirected to ${origin}; redirects are not followed. Set apiUrl to the final address.`,
    { ...exchange.context, ...context },
  )
}

function failure(error: unknown, exchange: Exchange, response: Response | undefined): unknown {
  const { deadline } = exchange
  if (deadline.aborted) return deadline.reason
  if (error instanceof SandboxAPIError || error instanceof SandboxValidationError) return error
  const what = response === undefined ? 'No response came' : 'The connection broke in the middle of the response'
  const reason = innermost(error)
  if (isRefusedRedirect(reason)) {
    exchange.final = true
    return redirected('elsewhere', exchange, { cause: error })
  }
  const message = `${what}: ${describe(reason)} (${exchange.method} ${exchange.url}).${advise(reason)}`
  return new SandboxConnectionError(message, {
    ...exchange.context,
    statusCode: response?.status,
    headers: response?.headers,
    cause: error,
  })
}

/** What Node's fetch says of a redirect of a request with a body: see attemptInit. */
function isRefusedRedirect(reason: unknown): boolean {
  return reason instanceof Error && reason.message === 'unexpected redirect'
}

/** "fetch failed" says nothing, its cause does. */
function innermost(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  if (error.cause instanceof Error) return innermost(error.cause)
  return error instanceof AggregateError && error.errors.length > 0 ? innermost(error.errors[0]) : error
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code: unknown = Reflect.get(error, 'code')
  const reason: unknown = Reflect.get(error, 'reason')
  const name = typeof code === 'string' ? code : error.name
  // OpenSSL's messages are made of addresses and file names; its reason is what a reader can use.
  if (name.startsWith('ERR_SSL_') && typeof reason === 'string') return reason
  return error.message === '' ? name : error.message
}
