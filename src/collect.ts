import { callOf, rememberCall } from './call-of-result.js'
import { CommandOutput } from './command-output.js'
import type { CommandResult } from './command-result.js'
import type { CommandStream } from './command-stream.js'
import { SandboxConnectionError } from './errors.js'

/** Gets text as a command writes it: whole characters, any number of them. */
export type OutputListener = (text: string) => unknown

/** How much output a result holds, in characters for each stream, when it came as a stream. */
const largestResult = 10 * 1024 * 1024

/** Reads a stream to its end, tells the listeners, and answers the result with the output in it. */
export async function collect(
  stream: CommandStream,
  listeners: { readonly onStdout?: OutputListener | undefined; readonly onStderr?: OutputListener | undefined },
): Promise<CommandResult> {
  const output = new CommandOutput(largestResult)
  // A listener that throws leaves the loop, which kills the command.
  for await (const event of stream) {
    if (event.type === 'exit') {
      const { stdout, stderr, truncated } = output
      const result = { ...event.result, stdout, stderr, truncated: truncated || event.result.truncated }
      return rememberCall(result, callOf(event.result))
    }
    output.add(event)
    await (event.type === 'stdout' ? listeners.onStdout?.(event.data) : listeners.onStderr?.(event.data))
  }
  throw new SandboxConnectionError('The event stream ended before the command did.')
}
