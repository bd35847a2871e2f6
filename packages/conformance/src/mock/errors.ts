/** The SDK's error class for each status and code. */
import {
  ConflictError,
  FileNotFoundError,
  RateLimitError,
  SandboxAPIError,
  SandboxOperationError,
  ServiceUnavailableError,
  SessionNotFoundError,
  UnauthorizedError,
} from 'sandbox-sessions-sdk'
import { isObject } from 'sandbox-sessions-openapi'
import { Mismatch, expectEqual } from '../expect.js'
import { entryOf, type ErrorStatus } from '../operations.js'

type ErrorClass = abstract new (...args: never) => SandboxAPIError

/** 405 answers only requests that name no operation. */
const classes: Readonly<Record<ErrorStatus | 405, ErrorClass>> = {
  400: SandboxOperationError,
  401: UnauthorizedError,
  404: SessionNotFoundError,
  405: SandboxOperationError,
  408: SandboxOperationError,
  409: ConflictError,
  413: SandboxOperationError,
  416: SandboxOperationError,
  422: SandboxOperationError,
  429: RateLimitError,
  500: SandboxOperationError,
  503: ServiceUnavailableError,
}

/** The codes that decide the class. */
const classesOfCodes: Readonly<Partial<Record<string, ErrorClass>>> = { FILE_NOT_FOUND: FileNotFoundError }

/** The class of the error; undefined when this suite states none. */
export function errorClass(status: number, code: unknown): ErrorClass | undefined {
  return (typeof code === 'string' ? classesOfCodes[code] : undefined) ?? entryOf(classes, String(status))
}

/** The fields for the headers of the mock's answer, which are the examples of the spec. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
}

/** @throws {Mismatch} when the error is not what the answer and its body, an example of the spec, call for. */
export function expectError(error: unknown, { status, headers }: Answer, example: unknown): void {
  const body = isObject(example) ? example : {}
  const { error: code, message, details, requestId } = body
  const wanted = errorClass(status, code)
  if (wanted === undefined) throw new Mismatch(`the suite states no error class for status ${status}`)
  if (!(error instanceof SandboxAPIError))
    throw new Mismatch(`${String(error)} was thrown, which is no SandboxAPIError`)
  expectEqual('the class of the error', error.constructor, wanted)
  expectEqual('statusCode', error.statusCode, status)
  expectEqual('errorCode', error.errorCode, code)
  expectEqual('message', error.message, message)
  expectEqual('details', error.details, details)
  expectEqual('requestId', error.requestId, requestId)
  const waitMs = Number(headers.get('retry-after')) * 1000
  if (error instanceof ServiceUnavailableError) expectEqual('retryAfterMs', error.retryAfterMs, waitMs)
  if (!(error instanceof RateLimitError)) return
  expectEqual('retryAfterMs', error.retryAfterMs, waitMs)
  expectEqual('limit', error.limit, Number(headers.get('x-ratelimit-limit')))
  expectEqual('remaining', error.remaining, Number(headers.get('x-ratelimit-remaining')))
  expectEqual('reset', error.reset, new Date(Number(headers.get('x-ratelimit-reset')) * 1000))
}
