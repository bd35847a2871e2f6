import { SandboxAPIError, SandboxConnectionError } from '../errors.js'
import { userAgent } from '../internal/version.js'
import type { CallInfo, Settings } from '../options.js'
import { guardBody } from './body.js'
import { Credentials } from './credentials.js'
import { Exchange, type ExchangePlan } from './exchange.js'
import { failure, refuseRedirect } from './failure.js'
import { nothingWasSent } from './not-sent.js'
import { type Observer, createObserver } from './observe.js'
import { Redactors, isSecretHeader } from './redact.js'
import {
  type HeaderRecord,
  LeanRequest,
  type Outgoing,
  attemptInit,
  isReplayable,
  isUntouched,
  outgoing,
} from './request.js'
import { checkResponse } from './response.js'
import { retryAfterMs } from './retry-hints.js'
import { retryDelayMs } from './retry.js'
import { turnOfLoop } from './turn.js'

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
  readonly #redactors = new Redactors()
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
    return new Exchange(plan, this.#open, this.#redactors)
  }

  /** Makes the attempts of a call, and answers the response of the last one. */
  async send(request: Request | LeanRequest, exchange: Exchange): Promise<Response> {
    const message = outgoing(request)
    const isLean = request instanceof LeanRequest
    prepare(message, exchange, isLean)
    try {
      let outcome = await this.#attempt(message, exchange)
      while (!outcome.ok && (await this.#mayTryAgain(message, exchange, outcome))) {
        outcome = await this.#attempt(message, exchange)
      }
      if (outcome.response === undefined) throw outcome.error
      const { response, text, ok } = outcome
      if (!ok) refuseRedirect(response, exchange)
      if (text === undefined) return rebuild(response, guardBody(response, exchange))
      exchange.finish()
      exchange.text = text
      // The text is taken from the exchange, and no middleware looks on: another Response would cost a tenth of the call.
      if (ok && isLean) return response
      // A Response of these statuses may not be made with a body, not even an empty one.
      return rebuild(response, response.status === 204 || response.status === 205 ? null : text)
    } catch (error) {
      exchange.finish()
      throw failure(error, exchange)
    }
  }

  /** Aborts what is in flight and refuses what comes later. */
  close(): void {
    this.#closed = true
    for (const exchange of this.#open) exchange.close()
  }

  async #attempt(message: Outgoing, exchange: Exchange): Promise<Outcome> {
    const { deadline, plan } = exchange
    const { headers } = message
    exchange.attempt += 1
    const observer = this.#observer
    const began = observer === undefined ? 0 : performance.now()
    exchange.phase = 'response'
    exchange.head = undefined
    let sending: Promise<Response> | undefined
    try {
      if (observer !== undefined) announce(observer, exchange, headers)
      const credential = exchange.ownCredentials ? undefined : this.#credentials.get()
      exchange.credential = credential instanceof Promise ? await deadline.wait(credential) : credential
      if (exchange.credential !== undefined) headers[exchange.credential.name] = exchange.credential.value
      if (!exchange.repeatable || exchange.attempt > plan.maxRetries) await deadline.wait(turnOfLoop())
      // Without a receiver: the browser's own fetch refuses any but the window.
      const { fetch } = this.#settings
      sending = Promise.resolve(fetch(message.url, attemptInit(message, deadline.signal)))
      const response = checkResponse(await deadline.wait(sending))
      exchange.head = response
      exchange.phase = 'body'
      const { ok } = response
      const buffered = plan.body === 'buffered' || !ok
      let text = buffered ? await deadline.wait(response.text()) : undefined
      if (text !== undefined && !ok) text = exchange.redactor.text(text)
      observer?.response({ ...ended(exchange, began), status: response.status, error: undefined })
      return { ok, response, text }
    } catch (thrown) {
      if (deadline.aborted && exchange.head === undefined) discard(sending)
      const error = failure(thrown, exchange)
      observer?.response({ ...ended(exchange, began), status: undefined, error })
      return { ok: false, error }
    }
  }

  /** Whether another attempt is to follow a failed one; it waits until then. */
  async #mayTryAgain(message: Outgoing, exchange: Exchange, outcome: Outcome): Promise<boolean> {
    const status = outcome.response?.status
    if (status === 401 && !exchange.renewed && isReplayable(message) && this.#credentials.refuse(exchange.credential)) {
      exchange.renewed = true
      if (exchange.credential !== undefined) exchange.refused.push(exchange.credential.value)
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
    if (exchange.deadline.aborted || exchange.final) return undefined
    if (response === undefined && !(error instanceof SandboxConnectionError)) return undefined
    const neverSent = exchange.head === undefined && error instanceof Error && nothingWasSent(error.cause)
    if (!isReplayable(message) && !(neverSent && isUntouched(message))) return undefined
    const hints = response?.headers
    const askedToRetry = hints?.has('retry-after') ?? false
    const failed = {
      attempt: exchange.attempt,
      repeatable: exchange.repeatable || neverSent,
      status: response?.status,
      retryAfterMs: hints === undefined ? undefined : retryAfterMs(hints, Date.now()),
      askedToRetry,
    }
    if (response === undefined ? !neverSent : response.status >= 500 && !askedToRetry) exchange.mayHaveRun = true
    const limits = { maxRetries: exchange.plan.maxRetries, maxRetryDelayMs: this.#settings.maxRetryDelayMs }
    const delayMs = retryDelayMs(failed, limits, Math.random())
    // What the server said is worth more than a timeout error after a vain sleep.
    return delayMs !== undefined && delayMs < exchange.deadline.remainingMs() ? delayMs : undefined
  }
}

function prepare(message: Outgoing, exchange: Exchange, isLean: boolean): void {
  const { url, method, headers } = message
  exchange.url = url
  exchange.method = method
  exchange.headers = headers
  // A Request that middleware saw has them already, changed perhaps.
  if (isLean) Object.assign(headers, exchange.plan.headers)
  exchange.requestId = headers['x-request-id'] ??= crypto.randomUUID()
  if (userAgent !== undefined) headers['user-agent'] ??= userAgent
  exchange.ownCredentials = 'authorization' in headers || 'x-api-key' in headers
  exchange.repeatable = isReplayable(message) && (exchange.plan.repeatable ?? isRepeatable(message))
}

/** What comes after the end of the call is let go of: a fetch that does not look at its signal still brings it. */
function discard(sending: Promise<Response> | undefined): void {
  sending?.then((response) => response.body?.cancel()).catch(() => undefined)
}

/** Hooks see the headers without credentials, also without the caller's own, and may set more. */
function announce(observer: Observer, exchange: Exchange, headers: HeaderRecord): void {
  const visible = Object.fromEntries(Object.entries(headers).filter(([name]) => !isSecretHeader(name)))
  observer.request({ ...attemptOf(exchange), headers: visible })
  for (const [name, value] of Object.entries(visible)) headers[name.toLowerCase()] = value
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
