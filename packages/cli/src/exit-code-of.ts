import {
  ConflictError,
  FileNotFoundError,
  RateLimitError,
  SandboxAPIError,
  SandboxConnectionError,
  SandboxValidationError,
  ServiceUnavailableError,
  SessionNotFoundError,
  UnauthorizedError,
} from 'sandbox-sessions-sdk'
import { CliError } from './cli-error.js'
import { ExitCode } from './exit-code.js'

/** The exit code after a failure. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CliError) return error.exitCode
  if (error instanceof SandboxValidationError) return ExitCode.Usage
  if (error instanceof SessionNotFoundError || error instanceof FileNotFoundError) return ExitCode.NotFound
  if (error instanceof UnauthorizedError) return ExitCode.Unauthorized
  if (error instanceof ConflictError) return ExitCode.Conflict
  if (error instanceof RateLimitError || error instanceof ServiceUnavailableError) return ExitCode.Unavailable
  if (error instanceof SandboxConnectionError) return ExitCode.Unavailable
  if (error instanceof SandboxAPIError && error.statusCode === 403) return ExitCode.Unauthorized
  return ExitCode.Failure
}
