import type { ExecutionExit, ExecutionHandle, FollowedOutput, OutputName, SignalName } from '../contract/execution.js'
import { OutputPositionError } from '../contract/errors.js'
import { ProtocolError } from '../guest/protocol/frames.js'
import { booleanOf, countOf } from '../guest/protocol/json.js'
import type { JsonRecord } from '../guest/protocol/json.js'
import { checked, leavable, outputOf, sizeOf } from './answers.js'
import type { OutgoingCall } from './outgoing-call.js'
import type { Connection } from './connection.js'
import { passContent } from './content.js'

/** A process that the supervisor knows by its id. */
export class SupervisedHandle implements ExecutionHandle {
  readonly id: string
  readonly exit: Promise<ExecutionExit>
  readonly #connection: Connection

  constructor(connection: Connection, id: string, exit: Promise<ExecutionExit>) {
    this.#connection = connection
    this.id = id
    this.exit = exit
  }

  async follow(output: OutputName, from: number): Promise<FollowedOutput> {
    if (!Number.isSafeInteger(from) || from < 0) {
      throw new OutputPositionError('A position in an output must be a whole number of bytes.')
    }
    const call = this.#connection.call({ op: 'follow', id: this.id, output, from }, 1)
    return checked(this.#connection, async () => {
      const start = sizeOf(await call.reply, 'start')
      if (start < from) throw new ProtocolError('The output begins before the position that was asked for.')
      return { start, content: leavable(outputOf(call), call.cancel) }
    })
  }

  async writeInput(content: AsyncIterable<Uint8Array>): Promise<void> {
    const call = this.#connection.call({ op: 'input', id: this.id, end: false })
    await call.reply
    await passContent(content, call)
    await call.done
  }

  async endInput(): Promise<void> {
    const call = this.#connection.call({ op: 'input', id: this.id, end: true })
    call.input.end()
    await call.done
  }

  async signal(name: SignalName): Promise<void> {
    await this.#connection.call({ op: 'signal', id: this.id, signal: name }).done
  }

  async kill(): Promise<void> {
    // It is no failure when the process, or its sandbox, has ended already.
    await this.#ask('kill').catch(() => undefined)
    await this.exit.catch(() => undefined)
  }

  async forget(): Promise<void> {
    await this.#ask('forget')
  }

  async #ask(op: 'kill' | 'forget'): Promise<void> {
    await this.#connection.call({ op, id: this.id }).done
  }
}

/** How the process of an `exec` or `attach` call ended. */
export function exitOf(connection: Connection, call: OutgoingCall): Promise<ExecutionExit> {
  const exit = checked(connection, async () => readExit(await call.done))
  // It is no unhandled rejection when the caller only reads the output.
  exit.catch(() => undefined)
  return exit
}

function readExit(outcome: JsonRecord): ExecutionExit {
  const { exitCode, signal } = outcome
  const isCode = typeof exitCode === 'number' && Number.isInteger(exitCode) && exitCode >= 0 && exitCode <= 255
  if (!isCode && exitCode !== null) throw new ProtocolError('An exit code must be a byte or null.')
  if (signal !== null && !(typeof signal === 'string' && /^SIG[A-Z0-9]{1,10}$/.test(signal))) {
    throw new ProtocolError('A signal must have a name.')
  }
  return {
    exitCode,
    signal: signal ?? undefined,
    timedOut: booleanOf(outcome, 'timedOut'),
    outOfMemory: false,
    durationMs: countOf(outcome, 'durationMs'),
  }
}
