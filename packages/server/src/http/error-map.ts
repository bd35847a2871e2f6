import type { FastifyError } from 'fastify'
import * as engine from '../engines/contract/errors.js'
import * as sessions from '../service/errors.js'
import { type Shortage, shortageOf } from './shortage.js'
import { ApiError, type ErrorCode, invalidParameter } from './api-error.js'

/** How many seconds to wait before it is worth trying again. */
const retryAfter = { 'Retry-After': '5' }

/** The same for a session that is being made, which takes no longer. */
const retrySoon = { 'Retry-After': '1' }

interface Answer {
  readonly status: number
  readonly code: ErrorCode
  readonly headers?: Readonly<Record<string, string>>
  /** The message about a path, in place of the error's own. */
  readonly about?: (path: string, reason: string) => string
}

/** The one place where an error of the service or of an engine becomes an answer. */
const answers: readonly [new (...args: never) => Error, Answer][] = [
  [sessions.SessionNotFoundError, { status: 404, code: 'SESSION_NOT_FOUND' }],
  [sessions.InvalidStateError, { status: 409, code: 'INVALID_STATE' }],
  [sessions.SessionPausedError, { status: 409, code: 'SESSION_PAUSED' }],
  [sessions.CapacityExceededError, { status: 503, code: 'CAPACITY_EXCEEDED', headers: retryAfter }],
  [sessions.ShuttingDownError, { status: 503, code: 'CAPACITY_EXCEEDED', headers: retryAfter }],
  // Nobody reads this answer, but it must not count as a failure of the server.
  [sessions.CallerGoneError, { status: 503, code: 'CAPACITY_EXCEEDED' }],
  // Without Retry-After, since the command may have done something: repeating it is the caller's own decision.
  [sessions.InterruptedError, { status: 503, code: 'CAPACITY_EXCEEDED' }],
  [sessions.SandboxEndedError, { status: 409, code: 'INVALID_STATE' }],
  [sessions.IdempotencyKeyReusedError, { status: 422, code: 'IDEMPOTENCY_KEY_REUSED' }],
  [sessions.IdempotencyConflictError, { status: 409, code: 'IDEMPOTENCY_CONFLICT', headers: retrySoon }],
  [sessions.ContentTooLargeError, { status: 413, code: 'FILE_TOO_LARGE' }],
  [sessions.QuotaExceededError, { status: 413, code: 'QUOTA_EXCEEDED' }],
  [sessions.InvalidCommandError, invalid()],
  [sessions.InvalidMetadataError, invalid()],
  [sessions.DirectoryInTheWayError, conflict((path) => `${path} is a directory. Choose another path.`)],
  [engine.ImageNotAvailableError, { status: 400, code: 'IMAGE_NOT_AVAILABLE' }],
  [engine.LimitNotAvailableError, { status: 400, code: 'RESOURCE_NOT_AVAILABLE' }],
  [engine.NetworkNotAvailableError, { status: 400, code: 'NETWORK_NOT_ALLOWED' }],
  [engine.ExecStartError, invalid()],
  [engine.PathEscapesError, invalid((path) => `${path} leaves the sandbox root. Use a relative path below it.`)],
  [engine.IsADirectoryError, invalid((path) => `${path} is a directory. Name a file.`)],
  [engine.NotADirectoryError, invalid((path) => `${path} is not, or is not in, a directory.`)],
  [engine.FileAccessError, invalid((path, reason) => `${path} cannot be used. ${reason}`)],
  [engine.FileNotFoundError, { status: 404, code: 'FILE_NOT_FOUND', about: (path) => `Nothing is at ${path}.` }],
  [
    engine.FileTooBigError,
    { status: 413, code: 'FILE_TOO_LARGE', about: (path) => `${path} is too large for a file here.` },
  ],
  [
    engine.NoSpaceError,
    { status: 413, code: 'QUOTA_EXCEEDED', about: () => 'The disk is full. Delete files and try again.' },
  ],
  [engine.FileExistsError, conflict((path) => `${path} exists. Set overwrite=true to replace it.`)],
  [
    engine.DirectoryNotEmptyError,
    {
      status: 409,
      code: 'DIRECTORY_NOT_EMPTY',
      about: (path) => `${path} is not empty. Set recursive=true to delete everything in it.`,
    },
  ],
]

/** What an error may be about. */
export interface Subject {
  /** The path that the request names. */
  readonly path: string | undefined
  /** The most bytes that a body may have at this path. */
  readonly maxBodyBytes: number
}

export function toApiError(error: unknown, { path, maxBodyBytes }: Subject): ApiError {
  if (error instanceof ApiError) return error
  if (error instanceof engine.RangeNotSatisfiableError) return rangeNotSatisfiable(error)
  for (const [kind, { status, code, headers, about }] of answers) {
    if (!(error instanceof kind)) continue
    const details = {
      ...(error instanceof sessions.SessionError && error.details),
      ...(about && path !== undefined && { path }),
    }
    const message = about?.(path === undefined || path === '' ? 'The path' : path, error.message) ?? error.message
    return new ApiError(status, code, message, { details, cause: error, headers: { ...headers, ...hintOf(error) } })
  }
  const shortage = shortageOf(error)
  if (shortage) return ofShortage(shortage, error)
  return isFastifyError(error) ? ofFastify(error, maxBodyBytes) : internalError(error)
}

/** The wait that the service itself knows, in place of the table's. */
function hintOf(error: unknown): Record<string, string> {
  const seconds = error instanceof sessions.CapacityExceededError ? error.retryAfter : undefined
  return seconds === undefined ? {} : { 'Retry-After': String(seconds) }
}

function invalid(about?: Answer['about']): Answer {
  return { status: 400, code: 'INVALID_PARAMETER', ...(about && { about }) }
}

function conflict(about: (path: string) => string): Answer {
  return { status: 409, code: 'FILE_EXISTS', about }
}

function rangeNotSatisfiable(cause: engine.RangeNotSatisfiableError): ApiError {
  const { message, size } = cause
  const headers = { 'Content-Range': `bytes */${size}` }
  return new ApiError(416, 'RANGE_NOT_SATISFIABLE', message, { details: { size }, headers, cause })
}

/** Wherever a shortage turns up, what was begun is undone, so that the same request may be sent again. */
function ofShortage({ resource, message, retryAfter: seconds }: Shortage, cause: unknown): ApiError {
  const headers = { 'Retry-After': String(seconds) }
  return new ApiError(503, 'CAPACITY_EXCEEDED', message, { details: { resource }, headers, cause })
}

function ofFastify(error: FastifyError, limit: number): ApiError {
  const status = error.statusCode ?? 500
  if (status === 413) {
    const message = `The body is larger than ${limit} bytes, the most that this server takes of it. Send less, or upload a file.`
    return new ApiError(413, 'FILE_TOO_LARGE', message, { details: { limit } })
  }
  if (status >= 500) return internalError(error)
  return invalidParameter(error.message.endsWith('.') ? error.message : `${error.message}.`)
}

function internalError(cause: unknown): ApiError {
  const message = 'The service failed. Quote the request id when you report it.'
  return new ApiError(500, 'INTERNAL_ERROR', message, { cause })
}

function isFastifyError(error: unknown): error is FastifyError {
  return error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number'
}
