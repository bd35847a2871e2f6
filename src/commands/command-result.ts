import { CommandStatus as statuses } from '../../generated/enums.js'
import type { Output } from '../internal/bytes.js'
import type { OutputForm } from './output-form.js'
import type { Wire } from '../core/wire.js'

/** How a command ended. */
export const CommandStatus = statuses
/** How a command ended; a value that the SDK does not know passes through. */
export type CommandStatus = Wire['CommandStatus'] | (string & {})

/** The result of a command or of code. Its output is text, or with `encoding: 'bytes'` exact to the byte. */
export interface CommandResult<Form extends Output = string> {
  /** `completed`: exit code 0. `failed`: any other exit code. `timeout`: killed at its timeout. */
  readonly status: CommandStatus
  /** Null when the command was killed at its timeout. */
  readonly exitCode: number | null
  readonly stdout: Form
  readonly stderr: Form
  /** True when the output was longer than the server keeps, and its end is missing. */
  readonly truncated: boolean
  /** How long it ran, in milliseconds. Missing when the server did not say. */
  readonly durationMs: number | undefined
  /** True when the exit code is 0. */
  readonly ok: boolean
}

export function commandResult<Form extends Output>(
  wire: Wire['CommandResult'],
  form: OutputForm<Form>,
): CommandResult<Form> {
  const { status, exitCode, stdout, stderr, encoding, truncated, durationMs } = wire
  // A server may also write null for what it leaves out.
  return {
    status,
    exitCode,
    stdout: form.read(stdout ?? '', encoding),
    stderr: form.read(stderr ?? '', encoding),
    truncated: truncated ?? false,
    durationMs: durationMs ?? undefined,
    ok: exitCode === 0,
  }
}
