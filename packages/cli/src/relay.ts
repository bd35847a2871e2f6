import type { Bytes, CommandStream, CommandResult, OutputEvent } from 'sandbox-sessions-sdk'
import { schemas } from 'sandbox-sessions-sdk/constraints'
import { commandName } from './command-name.js'
import { CharacterBounds, type JsonOutput, jsonOutput } from './json-output.js'
import type { Context } from './context.js'
import { ExitCode } from './exit-code.js'

const lostBytes =
  'the server speaks a version of the API before 1.2.0: U+FFFD stands where output is not UTF-8. Write such output to a file, and get that.'

/** Passes the output of a command on, exact to the byte and as it comes, and ends with its exit code. */
export class Relay {
  readonly #context: Context
  readonly #bounds = { stdout: new CharacterBounds(), stderr: new CharacterBounds() }
  #warning: string | undefined

  /** The options to start the command with. */
  readonly options = { encoding: 'bytes', onLostBytes: () => void (this.#warning = lostBytes) } as const

  constructor(context: Context) {
    this.#context = context
  }

  async run(stream: CommandStream<Bytes>, timeout: number | undefined): Promise<void> {
    try {
      for await (const event of stream) {
        await this.#warn()
        if (event.type === 'exit') await this.#finish(event.result, timeout)
        else if (this.#context.json) await this.#print(event.type, this.#bounds[event.type].take(event.data))
        else await this.#context[event.type].write(event.data)
      }
    } catch (error) {
      // Passes on everything that came, even if the end does not come.
      await this.#printRest()
      throw error
    }
  }

  async #printRest(): Promise<void> {
    for (const type of ['stdout', 'stderr'] as const) await this.#print(type, this.#bounds[type].rest())
  }

  async #print(type: OutputEvent['type'], bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return
    const line: { type: OutputEvent['type'] } & JsonOutput = { type, ...jsonOutput(bytes) }
    await this.#context.print(line, '')
  }

  /** `--quiet` does not suppress this, since the printed output may be wrong. */
  async #warn(): Promise<void> {
    const message = this.#warning
    if (message === undefined) return
    this.#warning = undefined
    const line = this.#context.json ? JSON.stringify({ warning: { message } }) : `${commandName}: warning: ${message}`
    await this.#context.stderr.write(`${line}\n`)
  }

  async #finish(result: CommandResult<Bytes>, timeout: number | undefined): Promise<void> {
    const context = this.#context
    const { stdout: _stdout, stderr: _stderr, ...outcome } = result
    if (context.json) {
      await this.#printRest()
      await context.print({ type: 'exit', ...outcome }, '')
    }
    if (result.status === 'timeout') {
      const seconds = timeout ?? schemas.Timeout.default
      if (!context.json)
        await context.stderr.write(`${commandName}: the command was killed at its timeout of ${seconds} s\n`)
      context.exitCode = ExitCode.Timeout
    } else {
      context.exitCode = asExitCode(result.exitCode)
    }
  }
}

/** An exit code is one byte. A code that does not fit becomes a failure, never a success. */
function asExitCode(code: number | null): number {
  return code !== null && code >= 0 && code <= 255 ? code : ExitCode.Failure
}
