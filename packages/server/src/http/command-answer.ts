import Negotiator from 'negotiator'
import type { Limits } from '../support/limits.js'
import type { CommandRequest, CommandOutcome, CommandService } from '../service/commands.js'
import type { OperationCall } from './operation-call.js'
import { EventStream } from './event-stream.js'
import { answerOf } from './failure.js'
import { isLong, sendLongJson } from './long-answer.js'

type ExecuteCall = Pick<
  OperationCall<'executeCommand' | 'executeCode'>,
  'user' | 'path' | 'signal' | 'request' | 'reply'
>

const json = 'application/json'
const events = 'text/event-stream'

/** Runs a command and answers with its outcome or with its events as they come, whichever the caller prefers. */
export class CommandAnswers {
  constructor(
    private readonly commands: CommandService,
    private readonly limits: Limits,
  ) {}

  /** @returns the outcome, or undefined when the events are the answer, or it is long and has been sent. */
  async answer(call: ExecuteCall, command: CommandRequest): Promise<CommandOutcome | undefined> {
    const { user, path, request, reply, signal } = call
    if (new Negotiator(request.raw).mediaTypes([json, events])[0] === events) {
      await this.#stream(call, command)
      return undefined
    }
    return await this.commands.run(user, path.sessionId, command, signal, async (outcome) => {
      if (!isLong({ ...outcome })) return outcome
      await sendLongJson(reply, { ...outcome }, { signal, idleTimeoutMs: this.limits.readerIdleTimeoutMs })
      return undefined
    })
  }

  async #stream({ user, path, request, reply, signal }: ExecuteCall, command: CommandRequest): Promise<void> {
    let stream: EventStream | undefined
    const open = () => (stream = new EventStream(reply, this.limits))
    try {
      const outcome = await this.commands.stream(user, path.sessionId, command, signal, open)
      stream?.end('exit', outcome)
    } catch (error) {
      // Before the command runs, an error is answered as for any operation.
      if (!stream) throw error
      if (!signal.aborted) stream.end('error', answerOf(error, request).toBody(request.id))
    }
  }
}
