import type { ExecOutcome } from '../protocol/messages.js'
import type { CommandProcess } from './command-process.js'
import type { CommandInput } from './command-input.js'
import type { OutputLog } from './output-log.js'
import type { OutputPump } from './output-pump.js'

/** A command with its input and its outputs. */
export class Execution {
  readonly id: string
  readonly command: CommandProcess
  readonly input: CommandInput | undefined
  readonly logs: { readonly stdout: OutputLog; readonly stderr: OutputLog }
  /** Resolves when the command is over. */
  readonly outcome: Promise<ExecOutcome>
  /** Whether it is forgotten when it ends. */
  isForgotten: boolean
  readonly #pumps: readonly OutputPump[]
  #isOver = false

  constructor(parts: {
    id: string
    command: CommandProcess
    input: CommandInput | undefined
    logs: Execution['logs']
    pumps: readonly OutputPump[]
    isForgotten: boolean
  }) {
    this.id = parts.id
    this.command = parts.command
    this.input = parts.input
    this.logs = parts.logs
    this.isForgotten = parts.isForgotten
    this.#pumps = parts.pumps
    this.outcome = this.#end()
  }

  /** How many bytes of its outputs are kept. */
  get keptBytes(): number {
    return Object.values(this.logs).reduce((sum, { start, end }) => sum + end - start, 0)
  }

  /** Ends it and all its descendants. The call that started it waits for its output no longer. No effect once it has ended. */
  async kill(): Promise<void> {
    if (this.#isOver) return
    for (const pump of this.#pumps) pump.hurry()
    await this.command.kill()
  }

  async #end(): Promise<ExecOutcome> {
    const outcome = await this.command.exit
    this.#isOver = true
    this.input?.close()
    for (const pump of this.#pumps) pump.commandEnded()
    return outcome
  }
}
