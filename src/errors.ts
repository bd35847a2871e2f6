import { KnownErrorCode } from '../generated/enums.js'
import type { components } from '../generated/sandbox-api.js'
import type { Bytes } from './internal/bytes.js'

/** The codes that the spec knows. */
export const ErrorCode = KnownErrorCode
/** A code that the spec knows, or any other string that a server sends. */
export type ErrorCode = components['schemas']['KnownErrorCode'] | (string & {})

/**
 * What is known of a failed call. All of it is safe to log: the credentials that the call was sent with (a token, a key, what your
 * own headers hold of them) are replaced by `[redacted]` in everything that an error carries, including its cause and a command's
 * output, also where they are percent-encoded, escaped or in Base64.
 */
export interface ErrorContext {
  /** The server's code, for example `SESSION_NOT_FOUND`. Missing when no Error body came. */
  readonly errorCode?: ErrorCode | undefined
  /** The server's free data about the error. */
  readonly details?: Readonly<Record<string, unknown>> | undefined
  /** The HTTP status. Missing when no response came. */
  readonly statusCode?: number | undefined
  /** The id to quote when reporting the failure: the server's, or the one that was sent when no response came. */
  readonly requestId?: string | undefined
  readonly method?: string | undefined
  readonly url?: string | undefined
  /** The response headers. Missing when no response came. */
  readonly headers?: Headers | undefined
  /** The underlying error, where there is one. */
  readonly cause?: unknown
}

/**
 * A call failed. Base of everything that a method throws for a failed call, except the caller's own abort reason (thrown as
 * it is) and {@link SandboxValidationError} (thrown before anything is sent).
 *
 * @example
 * ```ts
 * try {
 *   await client.getSession(id)
 * } catch (error) {
 *   if (error instanceof SessionNotFoundError) return undefined
 *   throw error
 * }
 * ```
 */
export class SandboxAPIError extends Error {
  override readonly name: string = 'SandboxAPIError'
  readonly errorCode: ErrorCode | undefined
  readonly details: Readonly<Record<string, unknown>> | undefined
  readonly statusCode: number | undefined
  readonly requestId: string | undefined
  readonly method: string | undefined
  readonly url: string | undefined
  readonly headers: Headers | undefined

  constructor(message: string, context: ErrorContext = {}) {
    super(message, context.cause === undefined ? undefined : { cause: context.cause })
    this.errorCode = context.errorCode
    this.details = context.details
    this.statusCode = context.statusCode
    this.requestId = context.requestId
    this.method = context.method
    this.url = context.url
    this.headers = context.headers
  }

  toJSON(): Record<string, unknown> {
    const { name, message, errorCode, statusCode, requestId, method, url, details } = this
    return { name, message, errorCode, statusCode, requestId, method, url, details }
  }
}

/**
 * No usable response came: DNS, connection refused or reset, TLS, a body cut off, a body that is not JSON or lacks a field
 * that the spec requires. For a call that changes something, it is unknown whether the server carried it out.
 */
export class SandboxConnectionError extends SandboxAPIError {
  override readonly name: string = 'SandboxConnectionError'
  /** What a streamed command had written before its connection broke; up to 1 Mi characters of each. */
  output: { readonly stdout: string; readonly stderr: string } | undefined
  /** The same, exact to the byte, up to 1 MiB of each; only of a command with `encoding: 'bytes'`. */
  outputBytes: { readonly stdout: Bytes; readonly stderr: Bytes } | undefined
}

/** The deadline of the call passed. The deadline covers the body as well as the headers. */
export class SandboxTimeoutError extends SandboxConnectionError {
  override readonly name: string = 'SandboxTimeoutError'
  /** The deadline that passed, in milliseconds. */
  readonly timeoutMs: number
  /** What the call was waiting for when it passed. */
  readonly phase: 'response' | 'body'

  constructor(message: string, context: ErrorContext & { timeoutMs: number; phase: 'response' | 'body' }) {
    super(message, context)
    this.timeoutMs = context.timeoutMs
    this.phase = context.phase
  }
}

/** 401: the credentials are missing, wrong or expired. */
export class UnauthorizedError extends SandboxAPIError {
  override readonly name: string = 'UnauthorizedError'
}

/** 404 on a session: it was deleted, its time ran out, it belongs to another user, or it never existed. */
export class SessionNotFoundError extends SandboxAPIError {
  override readonly name: string = 'SessionNotFoundError'
}

/** 429: too many requests in the current window. */
export class RateLimitError extends SandboxAPIError {
  override readonly name: string = 'RateLimitError'
  /** Requests allowed in the window. Missing when the server did not say. */
  readonly limit: number | undefined
  /** Requests left in the window. Missing when the server did not say. */
  readonly remaining: number | undefined
  /** When the window ends. Missing when the server did not say. */
  readonly reset: Date | undefined
  /** How long the server asks to wait, in milliseconds, 0 or more. Missing when it did not say. */
  readonly retryAfterMs: number | undefined

  constructor(message: string, context: ErrorContext & RateLimit) {
    super(message, context)
    this.limit = context.limit
    this.remaining = context.remaining
    this.reset = context.reset
    this.retryAfterMs = context.retryAfterMs
  }
}

export interface RateLimit {
  readonly limit: number | undefined
  readonly remaining: number | undefined
  readonly reset: Date | undefined
  readonly retryAfterMs: number | undefined
}

/** Every other status that is not a success: 400, 403, 408, 413, 422, 500, ... */
export class SandboxOperationError extends SandboxAPIError {
  override readonly name: string = 'SandboxOperationError'
}

/** 404 `FILE_NOT_FOUND`: the session exists, but nothing is at the path. */
export class FileNotFoundError extends SandboxOperationError {
  override readonly name: string = 'FileNotFoundError'
}

/** 409: something is in the way; `errorCode` says what (`FILE_EXISTS`, `INVALID_STATE`, `SESSION_PAUSED`, ...). */
export class ConflictError extends SandboxOperationError {
  override readonly name: string = 'ConflictError'
}

/** 503: the service has no room at the moment. */
export class ServiceUnavailableError extends SandboxOperationError {
  override readonly name: string = 'ServiceUnavailableError'
  /** How long the server asks to wait, in milliseconds, 0 or more. Missing when it did not say. */
  readonly retryAfterMs: number | undefined

  constructor(message: string, context: ErrorContext & { retryAfterMs: number | undefined }) {
    super(message, context)
    this.retryAfterMs = context.retryAfterMs
  }
}

/** An argument was refused before anything was sent. The message says what is allowed. */
export class SandboxValidationError extends RangeError {
  override readonly name: string = 'SandboxValidationError'
  /** The name of the argument, for example `ttl`. */
  readonly parameter: string
  /** The value that was refused; missing where it may be a secret. */
  readonly value: unknown

  constructor(message: string, parameter: string, value?: unknown) {
    super(message)
    this.parameter = parameter
    this.value = value
  }
}
