import type { Output } from '../internal/bytes.js'
import type { CommandResult } from './command-result.js'
import type { CallControl } from '../core/call-control.js'

/** A result is plain data that users compare and pass on, so that its call is kept beside it. */
const calls = new WeakMap<CommandResult<Output>, CallControl>()

export function rememberCall<Result extends CommandResult<Output>>(
  result: Result,
  call: CallControl | undefined,
): Result {
  if (call !== undefined) calls.set(result, call)
  return result
}

/** The call that a result came from. */
export function callOf(result: CommandResult<Output>): CallControl | undefined {
  return calls.get(result)
}
