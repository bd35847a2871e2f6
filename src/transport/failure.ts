import { type ErrorContext, SandboxAPIError, SandboxConnectionError, SandboxValidationError } from '../errors.js'
import { captureStack } from '../internal/call-site.js'
import { advise } from './advice.js'
import type { Call } from './call.js'

/**
 * What a call throws for any error: the reason that the call was ended with, if it was, otherwise an error of the SDK that knows
 * its call and contains no credentials. Passing in such an error again changes nothing.
 */
export function failure(error: unknown, call: Call): unknown {
  const { deadline } = call
  if (deadline.aborted) {
    const isNew = !deadline.isReasonMade
    const { reason } = deadline
    // A stack has only ten frames: without this, our own would leave no room for the caller's.
    if (isNew && reason instanceof SandboxAPIError) captureStack(reason, failure)
    return reason
  }
  if (error instanceof SandboxValidationError) return error
  return explained(error instanceof SandboxAPIError ? error : connectionError(error, call), call)
}

/** Adds the call to an error of the SDK, and takes the credentials out of it. */
export function explained<E extends SandboxAPIError>(error: E, call: Call): E {
  // An error with a method knows its call already, which may be another one.
  if (error.method === undefined) addContext(error, call.contextOf(call.head))
  call.redactor.clean(error)
  return error
}

/** Adds only what is missing: what an event of a stream says about its error stays. */
function addContext(error: SandboxAPIError, context: ErrorContext): void {
  const { method, url, requestId, statusCode, headers } = context
  for (const [name, value] of Object.entries({ method, url, requestId, statusCode, headers })) {
    const known: unknown = Reflect.get(error, name)
    if (known === undefined || known === '') Reflect.set(error, name, value)
  }
}

function connectionError(error: unknown, call: Call): SandboxConnectionError {
  const { head, method, url } = call
  const reason = innermost(error)
  if (isRefusedRedirect(reason)) {
    call.final = true
    return redirected('elsewhere', error)
  }
  const what = head === undefined ? 'No response came' : 'The connection broke in the middle of the response'
  const message = `${what}: ${describe(reason)} (${method} ${url}).${advise(reason)}`
  return new SandboxConnectionError(message, { cause: error })
}

/** @throws {SandboxConnectionError} for a redirect. */
export function refuseRedirect(response: Response, call: Call): void {
  const { status, type, headers } = response
  if (type !== 'opaqueredirect' && (status < 300 || status > 399)) return
  const target = headers.get('location')
  const isAddress = target !== null && URL.canParse(target, call.url)
  throw redirected(isAddress ? new URL(target, call.url).origin : 'elsewhere')
}

function redirected(origin: string, cause?: unknown): SandboxConnectionError {
  return new SandboxConnectionError(
    `The server redirected to ${origin}; redirects are not followed. Set apiUrl to the final address.`,
    { cause },
  )
}

/** What Node's fetch says about a redirect of a request with a body; see attemptInit. */
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
  // OpenSSL's messages consist of addresses and file names; only its reason is of use to a reader.
  if (name.startsWith('ERR_SSL_') && typeof reason === 'string') return reason
  return error.message === '' ? name : error.message
}
