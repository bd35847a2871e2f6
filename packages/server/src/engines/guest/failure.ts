import type { FailureCode } from './protocol/messages.js'

/** What an operation may throw; anything else is reported as `Internal`. */
export class Failure extends Error {
  override name = 'Failure'
  readonly code: FailureCode

  constructor(code: FailureCode, message: string) {
    super(message)
    this.code = code
  }
}

export function errnoOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
