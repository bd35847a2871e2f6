/** Errors: what they tell, and which is which. */
import {
  type Bytes,
  type CommandFailedError,
  type CommandResult,
  type ConflictError,
  type ErrorCode,
  type ErrorContext,
  type FileNotFoundError,
  type RateLimit,
  type RateLimitError,
  SandboxAPIError,
  type SandboxConnectionError,
  type SandboxOperationError,
  SandboxTimeoutError,
  SandboxValidationError,
  type ServiceUnavailableError,
  type SessionNotFoundError,
  type UnauthorizedError,
} from 'sandbox-sessions-sdk'
import { describe, expectTypeOf, test } from 'vitest'

interface BytesOfBoth {
  readonly stdout: Bytes
  readonly stderr: Bytes
}

describe('the classes', () => {
  test('descend from one', () => {
    expectTypeOf<SandboxAPIError>().toExtend<Error>()
    expectTypeOf<SandboxConnectionError>().toExtend<SandboxAPIError>()
    expectTypeOf<SandboxTimeoutError>().toExtend<SandboxConnectionError>()
    expectTypeOf<UnauthorizedError>().toExtend<SandboxAPIError>()
    expectTypeOf<SessionNotFoundError>().toExtend<SandboxAPIError>()
    expectTypeOf<RateLimitError>().toExtend<SandboxAPIError>()
    expectTypeOf<CommandFailedError>().toExtend<SandboxAPIError>()
    expectTypeOf<SandboxOperationError>().toExtend<SandboxAPIError>()
    expectTypeOf<FileNotFoundError>().toExtend<SandboxOperationError>()
    expectTypeOf<ConflictError>().toExtend<SandboxOperationError>()
    expectTypeOf<ServiceUnavailableError>().toExtend<SandboxOperationError>()
  })

  test('but the one for arguments, which is of the language', () => {
    expectTypeOf<SandboxValidationError>().toExtend<RangeError>()
    expectTypeOf<SandboxValidationError>().not.toExtend<SandboxAPIError>()
  })
})

describe('an error tells', () => {
  test('what is known of the call', () => {
    expectTypeOf<Pick<SandboxAPIError, keyof ErrorContext & keyof SandboxAPIError>>().toEqualTypeOf<{
      readonly errorCode: ErrorCode | undefined
      readonly details: Readonly<Record<string, unknown>> | undefined
      readonly statusCode: number | undefined
      readonly requestId: string | undefined
      readonly method: string | undefined
      readonly url: string | undefined
      readonly headers: Headers | undefined
      cause?: unknown
    }>()
    expectTypeOf<ReturnType<SandboxAPIError['toJSON']>>().toEqualTypeOf<Record<string, unknown>>()
  })

  test('what its class is about', () => {
    expectTypeOf<SandboxTimeoutError['timeoutMs']>().toEqualTypeOf<number>()
    expectTypeOf<SandboxTimeoutError['phase']>().toEqualTypeOf<'response' | 'body'>()
    expectTypeOf<SandboxConnectionError['output']>().toEqualTypeOf<
      { readonly stdout: string; readonly stderr: string } | undefined
    >()
    expectTypeOf<RateLimit>().toEqualTypeOf<{
      readonly limit: number | undefined
      readonly remaining: number | undefined
      readonly reset: Date | undefined
      readonly retryAfterMs: number | undefined
    }>()
    expectTypeOf<RateLimitError>().toExtend<RateLimit>()
    expectTypeOf<ServiceUnavailableError['retryAfterMs']>().toEqualTypeOf<number | undefined>()
    expectTypeOf<CommandFailedError['result']>().toEqualTypeOf<CommandResult>()
    expectTypeOf<CommandFailedError['outputBytes']>().toEqualTypeOf<BytesOfBoth | undefined>()
    expectTypeOf<SandboxConnectionError['outputBytes']>().toEqualTypeOf<BytesOfBoth | undefined>()
    expectTypeOf<SandboxValidationError['parameter']>().toEqualTypeOf<string>()
    expectTypeOf<SandboxValidationError['value']>().toEqualTypeOf<unknown>()
  })

  test('it where it is caught', () => {
    const read = (error: unknown): void => {
      if (error instanceof SandboxTimeoutError) expectTypeOf(error.phase).toEqualTypeOf<'response' | 'body'>()
      else if (error instanceof SandboxAPIError) expectTypeOf(error.statusCode).toEqualTypeOf<number | undefined>()
      else if (error instanceof SandboxValidationError) expectTypeOf(error.parameter).toEqualTypeOf<string>()
    }
    expectTypeOf(read).toBeFunction()
  })
})
