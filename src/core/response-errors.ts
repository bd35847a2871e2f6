import {
  ConflictError,
  ErrorCode,
  type ErrorContext,
  FileNotFoundError,
  RateLimitError,
  type SandboxAPIError,
  SandboxOperationError,
  ServiceUnavailableError,
  SessionNotFoundError,
  UnauthorizedError,
} from '../errors.js'
import { isRecord } from '../internal/guards.js'
import { rateLimit, retryAfterMs } from '../transport/retry-hints.js'

/** The call that an error answers. */
export interface FailedCall {
  readonly method: string
  readonly url: string
  readonly requestId: string
  /** Whether an earlier attempt, whose answer was lost, may have been carried out. */
  readonly mayHaveRun: boolean
  /** Whether the path names a session, so that a 404 can mean it. */
  readonly onSession: boolean
  /** Whether the client had credentials to send. */
  readonly hasCredentials: boolean
}

/** The error for a response: chosen by its status first, then by its code. `body` is parsed JSON, or text, or nothing. */
export function errorFromResponse(response: Response, body: unknown, call: FailedCall): SandboxAPIError {
  const { status, headers } = response
  const wire = isRecord(body) ? body : {}
  const context: ErrorContext = {
    ...contextOf(wire),
    statusCode: status,
    requestId: headers.get('x-request-id') ?? text(wire['requestId']) ?? call.requestId,
    method: call.method,
    url: call.url,
    headers,
  }
  return errorOfStatus(status, text(wire['message']) ?? describe(response, call), context, call)
}

function contextOf(wire: Readonly<Record<string, unknown>>): ErrorContext {
  return {
    errorCode: text(wire['error']),
    details: isRecord(wire['details']) ? wire['details'] : undefined,
    requestId: text(wire['requestId']),
  }
}

function errorOfStatus(
  status: number,
  message: string,
  context: ErrorContext,
  call: Pick<FailedCall, 'mayHaveRun' | 'onSession' | 'hasCredentials'>,
): SandboxAPIError {
  const { errorCode, headers = new Headers() } = context
  switch (status) {
    case 401:
      return new UnauthorizedError(call.hasCredentials ? message : `${message} ${noCredentials}`, context)
    case 404:
      if (errorCode === ErrorCode.FileNotFound) return new FileNotFoundError(message, context)
      return call.onSession ? new SessionNotFoundError(message, context) : new SandboxOperationError(message, context)
    case 409:
      return new ConflictError(call.mayHaveRun ? `${message} ${lostAnswer}` : message, context)
    case 429:
      return new RateLimitError(message, { ...context, ...rateLimit(headers, Date.now()) })
    case 503:
      return new ServiceUnavailableError(message, { ...context, retryAfterMs: retryAfterMs(headers, Date.now()) })
    default:
      return new SandboxOperationError(message, context)
  }
}

/** The status that belongs to a code. Needed where only the code is known, and has a class of its own. */
const statuses: ReadonlyMap<string, number> = new Map([
  [ErrorCode.Unauthorized, 401],
  [ErrorCode.SessionNotFound, 404],
  [ErrorCode.FileNotFound, 404],
  [ErrorCode.SessionPaused, 409],
  [ErrorCode.InvalidState, 409],
  [ErrorCode.RateLimited, 429],
  [ErrorCode.CapacityExceeded, 503],
])

/**
 * The error for an Error body within an event stream, which has no status. The reader of the stream adds what is known of the
 * call.
 */
export function errorFromBody(body: unknown): SandboxAPIError {
  const wire = isRecord(body) ? body : {}
  const context = contextOf(wire)
  const { errorCode = 'no code' } = context
  const status = statuses.get(errorCode) ?? 500
  const message = text(wire['message']) ?? `The event stream ended with an error that says no more than ${errorCode}.`
  const call = { mayHaveRun: false, onSession: true, hasCredentials: true }
  return errorOfStatus(status, message, { ...context, statusCode: status }, call)
}

const lostAnswer = 'An earlier attempt of this call, whose answer was lost, may have been what is in the way.'
const noCredentials = 'No credentials were sent: pass bearerToken or apiKey, or set SANDBOX_API_TOKEN.'

/** The message where there is no Error body. The body that came instead is not shown: it may be a page of HTML. */
function describe({ status, statusText, headers }: Response, { method, url }: FailedCall): string {
  const type = headers.get('content-type')?.split(';')[0]?.trim()
  const instead = type === undefined || type === '' ? 'no body' : `a body of type ${type}`
  return `${method} ${url} was answered with ${`${status} ${statusText}`.trim()} and ${instead}, not an Error.`
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}
