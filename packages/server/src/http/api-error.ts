import type { components } from 'sandbox-sessions-sdk/sandbox-api'

export type ErrorCode = components['schemas']['KnownErrorCode']

export interface ApiErrorOptions extends ErrorOptions {
  /** Free data about the error, for a program. */
  readonly details?: Readonly<Record<string, unknown>> | undefined
  /** Headers of the response in addition to those that every response has. */
  readonly headers?: Readonly<Record<string, string>>
}

/** An error as the caller gets it. */
export class ApiError extends Error {
  override name = 'ApiError'
  readonly details: Readonly<Record<string, unknown>> | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor(
    readonly status: number,
    readonly code: ErrorCode,
    message: string,
    options: ApiErrorOptions = {},
  ) {
    super(message, options)
    this.details = options.details && Object.keys(options.details).length > 0 ? options.details : undefined
    this.headers = options.headers ?? {}
  }

  /** The Error of the spec. */
  toBody(requestId: string): components['schemas']['Error'] {
    return {
      error: this.code,
      message: this.message,
      ...(this.details && { details: { ...this.details } }),
      timestamp: new Date().toISOString(),
      requestId,
    }
  }
}

export function invalidParameter(message: string, details?: object): ApiError {
  return new ApiError(400, 'INVALID_PARAMETER', message, { details: { ...details } })
}
