import type { Middleware } from 'openapi-fetch'
import {
  checkBoolean,
  checkFunction,
  checkHeaders,
  checkListeners,
  checkMaxRetries,
  checkObject,
  checkOneOf,
  checkSignal,
  checkTimeoutMs,
  isHeaderSafe,
} from './internal/checks.js'
import { SandboxValidationError } from './errors.js'
import { isRecord } from './internal/guards.js'
import { type ClientHooks, LogLevel, type Logger, hookNames } from './transport/observe.js'
import { environment } from './internal/runtime.js'

/** A secret, or a function that gives one: asked when a call first needs it, and once more when the server answers 401. */
export type Secret = string | (() => string | Promise<string>)

/** Options of a {@link SessionsClient}. */
export interface SessionsClientOptions {
  /** Base address of the API with its version, for example `http://localhost:8080/v1`. Default: `SANDBOX_API_URL`. */
  readonly apiUrl?: string | undefined
  /** Sent as `Authorization: Bearer ...`. Default: `SANDBOX_API_TOKEN`. */
  readonly bearerToken?: Secret | undefined
  /** Sent as `X-API-Key`, in place of a bearer token. Default: `SANDBOX_API_KEY`, when no bearer token is given. */
  readonly apiKey?: string | undefined
  /** Deadline of a call in milliseconds, body included. Default 30 000; `Infinity` for none. */
  readonly timeoutMs?: number | undefined
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>> | undefined
  /**
   * What sends requests. Default: the runtime's `fetch`. It must answer what that answers: a promise of a Response with `status`,
   * `headers` and `text()`, whose `body` is a stream of the web or of Node. It is called without a `this`.
   */
  readonly fetch?: Fetch | undefined
  /** openapi-fetch middleware, around every call (not every attempt). */
  readonly middleware?: readonly Middleware[] | undefined
  /** How often a failed call is tried again where that does no harm. Default 2; 0 for never. */
  readonly maxRetries?: number | undefined
  /** The longest wait before another attempt, in milliseconds. Default 60 000. A call asked to wait longer fails instead. */
  readonly maxRetryDelayMs?: number | undefined
  /** Where messages go, for example `console`, or an instance of a class of your own. Default nowhere. */
  readonly logger?: Logger | undefined
  /** The least important message that is logged. Default `warn`. */
  readonly logLevel?: LogLevel | undefined
  /** Called as attempts begin, end and are repeated: methods of an object, which may be an instance of a class. */
  readonly hooks?: ClientHooks | undefined
}

export type Fetch = (input: string, init: RequestInit) => Promise<Response>

/** Options of a single call, the last argument of every method. */
export interface RequestOptions {
  /** Ends the call; it then throws the signal's reason as it is. */
  readonly signal?: AbortSignal | undefined
  /**
   * Deadline of this call in milliseconds, body included; `Infinity` for none. Default: the client's. A command's or code's
   * call defaults to its own `timeout` plus 15 seconds; a download has it between two chunks.
   */
  readonly timeoutMs?: number | undefined
  /** How often this call is tried again where that does no harm. Default: the client's. */
  readonly maxRetries?: number | undefined
  /** Sent with this request, over the client's own. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** The options with every default in its place. */
export interface Settings {
  readonly apiUrl: string
  readonly bearerToken: Secret | undefined
  readonly apiKey: string | undefined
  readonly timeoutMs: number
  readonly headers: Readonly<Record<string, string>>
  readonly fetch: Fetch
  readonly middleware: readonly Middleware[]
  readonly maxRetries: number
  readonly maxRetryDelayMs: number
  readonly logger: Logger | undefined
  readonly logLevel: LogLevel
  readonly hooks: ClientHooks | undefined
}

const defaultTimeoutMs = 30_000
const defaultMaxRetries = 2
const defaultMaxRetryDelayMs = 60_000

/** A call's own options, held against what they may be. */
export interface CheckedOptions {
  readonly signal: AbortSignal | undefined
  readonly timeoutMs: number | undefined
  readonly maxRetries: number | undefined
  readonly headers: Readonly<Record<string, string>> | undefined
}

/**
 * The way of every call's options, also of those that are looked at before the call is made. Giving it its own answer again
 * changes nothing.
 *
 * @throws {SandboxValidationError}
 */
export function checkRequestOptions(options: RequestOptions): CheckedOptions {
  checkObject('options', options)
  const { signal, timeoutMs, maxRetries, headers } = options
  return {
    signal: checkSignal(signal),
    timeoutMs: timeoutMs === undefined ? undefined : checkTimeoutMs(timeoutMs),
    maxRetries: maxRetries === undefined ? undefined : checkMaxRetries(maxRetries),
    headers: headers === undefined ? undefined : checkHeaders(headers),
  }
}

/** Options that some calls have besides. All of a kind have one name, so that one check does for all. */
interface MoreOptions {
  readonly onProgress?: unknown
  readonly onStdout?: unknown
  readonly onStderr?: unknown
  readonly verify?: unknown
  readonly check?: unknown
}

/** {@link checkRequestOptions} for a call that has listeners or switches too. @throws {SandboxValidationError} */
export function checkMoreOptions(options: RequestOptions & MoreOptions): CheckedOptions {
  const checked = checkRequestOptions(options)
  for (const name of ['onProgress', 'onStdout', 'onStderr'] as const) checkFunction(name, options[name])
  for (const name of ['verify', 'check'] as const) checkBoolean(name, options[name])
  return checked
}

/** @throws {SandboxValidationError} */
export function resolveSettings(options: SessionsClientOptions): Settings {
  checkObject('options', options)
  const ownCredentials = options.bearerToken !== undefined || options.apiKey !== undefined
  const bearerToken = ownCredentials ? options.bearerToken : environment('SANDBOX_API_TOKEN')
  const apiKey = ownCredentials || bearerToken !== undefined ? options.apiKey : environment('SANDBOX_API_KEY')
  if (bearerToken !== undefined && apiKey !== undefined) {
    throw new SandboxValidationError('Give either bearerToken or apiKey, not both.', 'apiKey')
  }
  const { apiUrl = environment('SANDBOX_API_URL'), fetch, middleware, logger, logLevel, hooks } = options
  const {
    timeoutMs = defaultTimeoutMs,
    maxRetries = defaultMaxRetries,
    maxRetryDelayMs = defaultMaxRetryDelayMs,
  } = options
  checkFunction('fetch', fetch)
  checkMiddleware(middleware)
  checkOneOf('logLevel', logLevel, Object.values(LogLevel))
  checkListeners('logger', logger, Object.values(LogLevel), 'all')
  checkListeners('hooks', hooks, hookNames)
  return {
    apiUrl: resolveApiUrl(apiUrl),
    bearerToken: typeof bearerToken === 'function' ? bearerToken : optionalSecret('bearerToken', bearerToken),
    apiKey: optionalSecret('apiKey', apiKey),
    timeoutMs: checkTimeoutMs(timeoutMs),
    headers: checkHeaders(options.headers),
    // Looked up at each call: a fetch that is replaced later (by a test or a tracer) is then the one that is used.
    fetch: fetch ?? ((input, init) => globalThis.fetch(input, init)),
    middleware: middleware ?? [],
    maxRetries: checkMaxRetries(maxRetries),
    maxRetryDelayMs: checkTimeoutMs(maxRetryDelayMs, 'maxRetryDelayMs'),
    logger,
    logLevel: logLevel ?? LogLevel.Warn,
    hooks,
  }
}

/** What openapi-fetch would leave out without a word, or refuse with an error of its own. */
function checkMiddleware(middleware: unknown): void {
  if (middleware === undefined) return
  if (!Array.isArray(middleware)) {
    throw new SandboxValidationError('middleware must be an array of openapi-fetch middleware.', 'middleware')
  }
  for (const each of middleware) {
    checkListeners('middleware', each, middlewareNames)
    if (isRecord(each) && middlewareNames.some((name) => each[name] !== undefined)) continue
    throw new SandboxValidationError(
      `middleware must hold objects with at least one of ${middlewareNames.join(', ')}.`,
      'middleware',
    )
  }
}

const middlewareNames = ['onRequest', 'onResponse', 'onError']

function optionalSecret(parameter: 'bearerToken' | 'apiKey', secret: unknown): string | undefined {
  return secret === undefined ? undefined : checkSecret(parameter, secret)
}

/** Refuses what can't stand in a header, and never shows it: `Headers` itself would put the secret into its error. */
export function checkSecret(parameter: 'bearerToken' | 'apiKey', secret: unknown): string {
  if (typeof secret === 'string' && secret !== '' && isHeaderSafe(secret) && !secret.includes(' ')) return secret
  throw new SandboxValidationError(
    `${parameter} must be a non-empty string of printable ASCII without spaces or line breaks.`,
    parameter,
  )
}

function resolveApiUrl(apiUrl: string | undefined): string {
  if (apiUrl === undefined) {
    throw new SandboxValidationError(
      'apiUrl is missing: pass it, or set SANDBOX_API_URL (for a local server: http://localhost:8080/v1).',
      'apiUrl',
    )
  }
  const url = typeof apiUrl === 'string' && URL.canParse(apiUrl) ? new URL(apiUrl) : undefined
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new SandboxValidationError('apiUrl must be an absolute http or https address.', 'apiUrl', apiUrl)
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new SandboxValidationError(
      'apiUrl must not hold credentials, a query or a fragment; pass credentials as bearerToken or apiKey.',
      'apiUrl',
    )
  }
  return url.href.replace(/\/+$/, '')
}
