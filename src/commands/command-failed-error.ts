import { SandboxAPIError } from '../errors.js'
import { type Bytes, type Output, exact, readable } from '../internal/bytes.js'
import type { CommandResult } from './command-result.js'

/** A command or code run with `check: true` did not exit with 0. */
export class CommandFailedError extends SandboxAPIError {
  override readonly name: string = 'CommandFailedError'
  /** With its output as text, also of a command with `encoding: 'bytes'`. */
  readonly result: CommandResult
  /** The output exact to the byte; only of a command with `encoding: 'bytes'`. */
  readonly outputBytes: { readonly stdout: Bytes; readonly stderr: Bytes } | undefined

  constructor(result: CommandResult<Output>) {
    const withText = { ...result, ...readable(result) }
    super(failureMessage(withText))
    this.result = withText
    this.outputBytes = exact(result)
  }

  override toJSON(): Record<string, unknown> {
    const { status, exitCode } = this.result
    return { ...super.toJSON(), status, exitCode }
  }
}

function failureMessage({ status, exitCode, stderr }: CommandResult): string {
  const what = status === 'timeout' ? 'was killed at its timeout' : `ended with exit code ${exitCode ?? 'unknown'}`
  const lastWords = stderr.trimEnd().split('\n').at(-1)?.slice(0, 200) ?? ''
  return lastWords === '' ? `The command ${what}.` : `The command ${what}: ${lastWords}`
}
