import type { CommandResult, CommandStream } from 'sandbox-sessions-sdk'
import { schemas } from 'sandbox-sessions-sdk/constraints'
import { commandName } from './command-name.js'
import type { Context } from './context.js'
import { ExitCode } from './exit-code.js'

/** Passes on what a command writes, as it comes, and ends as the command did. */
export async function relay(context: Context, stream: CommandStream, timeout: number | undefined): Promise<void> {
  for await (const event of stream) {
    if (event.type === 'exit') await finish(context, event.result, timeout)
    else if (context.json) await context.print(event, '')
    else await context[event.type].write(event.data)
  }
}

async function finish(context: Context, result: CommandResult, timeout: number | undefined): Promise<void> {
  const { stdout: _stdout, stderr: _stderr, ...outcome } = result
  if (context.json) await context.print({ type: 'exit', ...outcome }, '')
  if (result.status === 'timeout') {
    const seconds = timeout ?? schemas.Timeout.default
    if (!context.json)
      await context.stderr.write(`${commandName}: the command was killed at its timeout of ${seconds} s\n`)
    context.exitCode = ExitCode.Timeout
  } else {
    context.exitCode = asExitCode(result.exitCode)
  }
}

/** A process can end with nothing but a byte; what does not fit is a failure, never a success. */
function asExitCode(code: number | null): number {
  return code !== null && code >= 0 && code <= 255 ? code : ExitCode.Failure
}
