import type { Output } from '../internal/bytes.js'
import { callOf, rememberCall } from './call-of-result.js'
import { CommandOutput } from './command-output.js'
import type { CommandResult } from './command-result.js'
import type { CommandStream } from './command-stream.js'
import { SandboxConnectionError } from '../errors.js'
import type { OutputForm } from './output-form.js'

/** Gets output as a command writes it: whole characters, any number of them, or bytes. */
export type OutputListener<Form extends Output = string> = (output: Form) => unknown

/** A listener, declared as a method: TypeScript then accepts a listener to text where the form is known only at run time. */
type LooseListener<Form extends Output> = { listen(output: Form): unknown }['listen']

/** The listeners to output as it comes. */
export interface OutputListeners<Form extends Output> {
  readonly onStdout?: LooseListener<Form> | undefined
  readonly onStderr?: LooseListener<Form> | undefined
}

/** How much output a result holds, in characters or bytes for each stream, when it came as a stream. */
const largestResult = 10 * 1024 * 1024

/** Reads a stream to its end, calls the listeners, and returns the result with the output in it. */
export async function collect<Form extends Output>(
  stream: CommandStream<Form>,
  form: OutputForm<Form>,
  listeners: OutputListeners<Form>,
): Promise<CommandResult<Form>> {
  const output = new CommandOutput(form, largestResult)
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
