import { SandboxAPIError, SandboxConnectionError } from '../errors.js'
import { userAgent } from '../internal/version.js'
import type { CallInfo, Settings } from '../options.js'
import { guardBody } from './body.js'
import { Credentials } from './credentials.js'
import { Call, type CallPlan } from './call.js'
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
 * Everything between openapi-fetch and the wire: credentials, the deadline, the attempts. It throws an error of the SDK or the
 * caller's own abort reason. An error status is not an error here.
 */
export class Transport {
  readonly #settings: Settings
  readonly #credentials: Credentials
  readonly #observer: Observer | undefined
  readonly #redactors = new Redactors()
  readonly #open = new Set<Call>()
  #closed = false

  constructor(settings: Settings) {
    this.#settings = settings
    this.#credentials = new Credentials(settings)
    this.#observer = createObserver(settings.hooks, settings.logger, settings.logLevel)
  }

  /** Begins a logical call. The call is over when its body was read, or when it fails. */
  begin(plan: CallPlan): Call {
    if (this.#closed) throw new SandboxAPIError('The client is closed. Make a new SessionsClient.')
    return new Call(plan, this.#open, this.#redactors)
  }

  /** Makes the attempts of a call, and returns the response of the last one. */
  async send(request: Request | LeanRequest, call: Call): Promise<Response> {
    const message = outgoing(request)
    const isLean = request instanceof LeanRequest
    prepare(message, call, isLean)
    try {
      let outcome = await this.#attempt(message, call)
      while (!outcome.ok && (await this.#mayTryAgain(message, call, outcome))) {
        outcome = await this.#attempt(message, call)
      }
      if (outcome.response === undefined) throw outcome.error
      const { response, text, ok } = outcome
      if (!ok) refuseRedirect(response, call)
      if (text === undefined) return rebuild(response, guardBody(response, call))
      call.finish()
      call.text = text
      // The text is kept at the call, and no middleware looks on: making another Response would cost a tenth of the call.
      if (ok && isLean) return response
      // A Response of these statuses may not be made with a body, not even an empty one.
      return rebuild(response, response.status === 204 || response.status === 205 ? null : text)
    } catch (error) {
      call.finish()
      throw failure(error, call)
    }
  }

  /** Aborts what is in flight and refuses what comes later. */
  close(): void {
    this.#closed = true
    for (const call of this.#open) call.close()
  }

  async #attempt(message: Outgoing, call: Call): Promise<Outcome> {
    const { deadline, plan } = call
    const { headers } = message
    call.attempt += 1
    const observer = this.#observer
    const began = observer === undefined ? 0 : performance.now()
    call.phase = 'response'
    call.head = undefined
    let sending: Promise<Response> | undefined
    try {
      if (observer !== undefined) announce(observer, call, headers)
      const credential = call.ownCredentials ? undefined : this.#credentials.get()
      call.credential = credential instanceof Promise ? await deadline.wait(credential) : credential
      if (call.credential !== undefined) headers[call.credential.name] = call.credential.value
      if (!call.repeatable || call.attempt > plan.maxRetries) await deadline.wait(turnOfLoop())
      // Called without a `this`: a browser's fetch accepts none but the window.
      const { fetch } = this.#settings
      sending = Promise.resolve(fetch(message.url, attemptInit(message, deadline.signal)))
      const response = checkResponse(await deadline.wait(sending))
      call.head = response
      call.phase = 'body'
      const { ok } = response
      const buffered = plan.body === 'buffered' || !ok
      let text = buffered ? await deadline.wait(response.text()) : undefined
      if (text !== undefined && !ok) text = call.redactor.text(text)
      observer?.response({ ...ended(call, began), status: response.status, error: undefined })
      return { ok, response, text }
    } catch (thrown) {
      if (deadline.aborted && call.head === undefined) discard(sending)
      const error = failure(thrown, call)
      observer?.response({ ...ended(call, began), status: undefined, error })
      return { ok: false, error }
    }
  }

  /** Whether another attempt follows a failed one. Waits until it is time for it. */
  async #mayTryAgain(message: Outgoing, call: Call, outcome: Outcome): Promise<boolean> {
    const status = outcome.response?.status
    if (status === 401 && !call.renewed && isReplayable(message) && this.#credentials.refuse(call.credential)) {
      call.renewed = true
      if (call.credential !== undefined) call.refused.push(call.credential.value)
      this.#observer?.retry({ ...attemptOf(call), delayMs: 0, status, error: undefined })
      return true
    }
    const delayMs = this.#delayMs(message, call, outcome)
    if (delayMs === undefined) return false
    this.#observer?.retry({ ...attemptOf(call), delayMs, status, error: outcome.error })
    await call.deadline.sleep(delayMs)
    return true
  }

  /** How long to wait before the next attempt; undefined when the call ends with this one. */
  #delayMs(message: Outgoing, call: Call, { response, error }: Outcome): number | undefined {
    if (call.deadline.aborted || call.final) return undefined
    if (response === undefined && !(error instanceof SandboxConnectionError)) return undefined
    const neverSent = call.head === undefined && error instanceof Error && nothingWasSent(error.cause)
    if (!isReplayable(message) && !(neverSent && isUntouched(message))) return undefined
    const hints = response?.headers
    const askedToRetry = hints?.has('retry-after') ?? false
    const failed = {
      attempt: call.attempt,
      repeatable: call.repeatable || neverSent,
      status: response?.status,
      retryAfterMs: hints === undefined ? undefined : retryAfterMs(hints, Date.now()),
      askedToRetry,
    }
    if (response === undefined ? !neverSent : response.status >= 500 && !askedToRetry) call.mayHaveRun = true
    const limits = { maxRetries: call.plan.maxRetries, maxRetryDelayMs: this.#settings.maxRetryDelayMs }
    const delayMs = retryDelayMs(failed, limits, Math.random())
    // The server's own error says more than a timeout error after a useless wait.
    return delayMs !== undefined && delayMs < call.deadline.remainingMs() ? delayMs : undefined
  }
}

function prepare(message: Outgoing, call: Call, isLean: boolean): void {
  const { url, method, headers } = message
  call.url = url
  call.method = method
  call.headers = headers
  // A Request that middleware saw has them already, and middleware may have changed them.
  if (isLean) Object.assign(headers, call.plan.headers)
  call.requestId = headers['x-request-id'] ??= crypto.randomUUID()
  if (userAgent !== undefined) headers['user-agent'] ??= userAgent
  call.ownCredentials = 'authorization' in headers || 'x-api-key' in headers
  call.repeatable = isReplayable(message) && (call.plan.repeatable ?? isRepeatable(message))
}

/** Drops a response that comes after the end of the call, from a fetch that ignores its signal. */
function discard(sending: Promise<Response> | undefined): void {
  sending?.then((response) => response.body?.cancel()).catch(() => undefined)
}

/** Hooks see the headers without any credentials, the caller's own included, and may set more headers. */
function announce(observer: Observer, call: Call, headers: HeaderRecord): void {
  const visible = Object.fromEntries(Object.entries(headers).filter(([name]) => !isSecretHeader(name)))
  observer.request({ ...attemptOf(call), headers: visible })
  for (const [name, value] of Object.entries(visible)) headers[name.toLowerCase()] = value
}

function attemptOf({ info, attempt }: Call): { call: CallInfo; attempt: number } {
  return { call: info, attempt }
}

function ended(call: Call, began: number): { call: CallInfo; attempt: number; durationMs: number } {
  return { ...attemptOf(call), durationMs: performance.now() - began }
}

function isRepeatable({ method, headers }: Outgoing): boolean {
  return method === 'GET' || method === 'DELETE' || 'idempotency-key' in headers
}

function rebuild(response: Response, body: BodyInit | null): Response {
  const { status, statusText, headers } = response
  return new Response(body, { status, statusText, headers })
}
