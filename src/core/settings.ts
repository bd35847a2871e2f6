import { SandboxValidationError } from '../errors.js'
import {
  checkFunction,
  checkHeaders,
  checkListeners,
  checkMaxRetries,
  checkObject,
  checkOneOf,
  checkSecret,
  checkTimeoutMs,
} from '../internal/checks.js'
import { isRecord } from '../internal/guards.js'
import { environment } from '../internal/runtime.js'
import { LogLevel, type SessionsClientOptions, type Settings, hookNames } from '../options.js'

const defaultTimeoutMs = 30_000
const defaultMaxRetries = 2
const defaultMaxRetryDelayMs = 60_000

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
    // Looked up at each call, so that a fetch which a test or a tracer puts there later is used.
    fetch: fetch ?? ((input, init) => globalThis.fetch(input, init)),
    middleware: middleware ?? [],
    maxRetries: checkMaxRetries(maxRetries),
    maxRetryDelayMs: checkTimeoutMs(maxRetryDelayMs, 'maxRetryDelayMs'),
    logger,
    logLevel: logLevel ?? LogLevel.Warn,
    hooks,
  }
}

/** Refuses what openapi-fetch would silently leave out, or refuse with an error of its own. */
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
