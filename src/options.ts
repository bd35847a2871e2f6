import type { Middleware } from 'openapi-fetch'
import { checkHeaders, checkMaxRetries, checkTimeoutMs, isHeaderSafe } from './checks.js'
import { SandboxValidationError } from './errors.js'
import { type ClientHooks, LogLevel, type Logger } from './observe.js'
import { environment } from './runtime.js'

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
  /** What sends requests. Default: the runtime's `fetch`. */
  readonly fetch?: Fetch | undefined
  /** openapi-fetch middleware, around every call (not every attempt). */
  readonly middleware?: readonly Middleware[] | undefined
  /** How often a failed call is tried again where that does no harm. Default 2; 0 for never. */
  readonly maxRetries?: number | undefined
  /** The longest wait before another attempt, in milliseconds. Default 60 000. A call asked to wait longer fails instead. */
  readonly maxRetryDelayMs?: number | undefined
  /** Where messages go, for example `console`. Default nowhere. */
  readonly logger?: Logger | undefined
  /** The least important message that is logged. Default `warn`. */
  readonly logLevel?: LogLevel | undefined
  /** Called as attempts begin, end and are repeated. */
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
  readonly hooks: ClientHooks
}

const defaultTimeoutMs = 30_000
const defaultMaxRetries = 2
const defaultMaxRetryDelayMs = 60_000

export function resolveSettings(options: SessionsClientOptions): Settings {
  const ownCredentials = options.bearerToken !== undefined || options.apiKey !== undefined
  const bearerToken = options.bearerToken ?? (ownCredentials ? undefined : environment('SANDBOX_API_TOKEN'))
  const apiKey = options.apiKey ?? (bearerToken === undefined ? environment('SANDBOX_API_KEY') : undefined)
  if (bearerToken !== undefined && apiKey !== undefined) {
    throw new SandboxValidationError('Give either bearerToken or apiKey, not both.', 'apiKey')
  }
  return {
    apiUrl: resolveApiUrl(options.apiUrl ?? environment('SANDBOX_API_URL')),
    bearerToken: typeof bearerToken === 'string' ? checkSecret('bearerToken', bearerToken) : bearerToken,
    apiKey: apiKey === undefined ? undefined : checkSecret('apiKey', apiKey),
    timeoutMs: checkTimeoutMs(options.timeoutMs ?? defaultTimeoutMs),
    headers: checkHeaders(options.headers),
    // Looked up at each call: a fetch that is replaced later (by a test or a tracer) is then the one that is used.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    middleware: options.middleware ?? [],
    maxRetries: checkMaxRetries(options.maxRetries ?? defaultMaxRetries),
    maxRetryDelayMs: checkTimeoutMs(options.maxRetryDelayMs ?? defaultMaxRetryDelayMs, 'maxRetryDelayMs'),
    logger: options.logger,
    logLevel: options.logLevel ?? LogLevel.Warn,
    hooks: options.hooks ?? {},
  }
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
