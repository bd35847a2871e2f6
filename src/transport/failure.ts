import { type ErrorContext, SandboxAPIError, SandboxConnectionError, SandboxValidationError } from '../errors.js'
import { captureStack } from '../internal/call-site.js'
import { advise } from './advice.js'
import type { Exchange } from './exchange.js'

/**
 * What a call throws for an error, whatever it is: why the call was ended, if it was, or else an error of the SDK. That knows
 * its call, and has no credentials in it. Giving it one of its own errors again changes nothing.
 */
export function failure(error: unknown, exchange: Exchange): unknown {
  const { deadline } = exchange
  if (deadline.aborted) {
    const isNew = !deadline.isReasonMade
    const { reason } = deadline
    // How it is made would leave no room for the caller: an engine keeps ten frames.
    if (isNew && reason instanceof SandboxAPIError) captureStack(reason, failure)
    return reason
  }
  if (error instanceof SandboxValidationError) return error
  return explained(error instanceof SandboxAPIError ? error : connectionError(error, exchange), exchange)
}

/** An error of the SDK that knows its call, and has no credentials in it. */
export function explained<E extends SandboxAPIError>(error: E, exchange: Exchange): E {
  // One that has a method is about a call already, and it may be another one.
  if (error.method === undefined) addContext(error, exchange.contextOf(exchange.head))
  exchange.redactor.clean(error)
  return error
}

/** Only what is missing: what an event of a stream says of its error holds. */
function addContext(error: SandboxAPIError, context: ErrorContext): void {
  const { method, url, requestId, statusCode, headers } = context
  for (const [name, value] of Object.entries({ method, url, requestId, statusCode, headers })) {
    const known: unknown = Reflect.get(error, name)
    if (known === undefined || known === '') Reflect.set(error, name, value)
  }
}

function connectionError(error: unknown, exchange: Exchange): SandboxConnectionError {
  const { head, method, url } = exchange
  const reason = innermost(error)
  if (isRefusedRedirect(reason)) {
    exchange.final = true
    return redirected('elsewhere', error)
  }
  const what = head === undefined ? 'No response came' : 'The connection broke in the middle of the response'
  const message = `${what}: ${describe(reason)} (${method} ${url}).${advise(reason)}`
  return new SandboxConnectionError(message, { cause: error })
}

/** @throws {SandboxConnectionError} for a redirect. */
export function refuseRedirect(response: Response, exchange: Exchange): void {
  const { status, type, headers } = response
  if (type !== 'opaqueredirect' && (status < 300 || status > 399)) return
  const target = headers.get('location')
  const isAddress = target !== null && URL.canParse(target, exchange.url)
  throw redirected(isAddress ? new URL(target, exchange.url).origin : 'elsewhere')
}

function redirected(origin: string, cause?: unknown): SandboxConnectionError {
  return new SandboxConnectionError(
    `The server redirected to ${origin}; redirects are not followed. Set apiUrl to the final address.`,
    { cause },
  )
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
