import { Failure } from '../failure.js'
import type { IncomingCall } from '../incoming-call.js'
import type { ExecutionMessage, FollowMessage, FollowReply, InputMessage, SignalMessage } from '../protocol/messages.js'
import { Stream } from '../protocol/messages.js'
import type { OutgoingStream } from '../protocol/outgoing-stream.js'
import type { Commands } from './run.js'

/** The signals that a command may be sent. */
const signalNames = ['HUP', 'INT', 'QUIT', 'TERM', 'KILL', 'USR1', 'USR2', 'STOP', 'CONT'].map((name) => `SIG${name}`)

/** The operations on commands that were started before, by their ids. */
export async function operate(
  commands: Commands,
  call: IncomingCall,
  request: ExecutionMessage | FollowMessage | InputMessage | SignalMessage,
): Promise<unknown> {
  switch (request.op) {
    case 'attach': {
      const { outcome } = commands.known.find(request.id)
      call.reply({})
      return outcome
    }
    case 'kill':
      return commands.known.find(request.id).kill()
    case 'forget':
      commands.known.forget(request.id)
      return undefined
    case 'follow':
      return follow(commands, call, request)
    case 'input':
      return passInput(commands, call, request)
    case 'signal':
      signal(commands, request)
      return undefined
  }
}

/** One id a line. */
export async function listExecutions(commands: Commands, output: OutgoingStream): Promise<void> {
  await output.write(Buffer.from(commands.known.ids.map((id) => `${id}\n`).join('')))
  output.end()
}

async function follow(commands: Commands, call: IncomingCall, { id, output, from }: FollowMessage): Promise<void> {
  const log = commands.known.find(id).logs[output]
  if (from > log.end) throw new Failure('OutputPosition', `The output has only ${log.end} bytes yet.`)
  const reply: FollowReply = { start: Math.max(from, log.start) }
  const stream = call.output(Stream.output)
  call.onCancel(() => log.leave(stream))
  call.reply(reply)
  await log.follow(from, stream)
}

async function passInput(commands: Commands, call: IncomingCall, { id, end }: InputMessage): Promise<void> {
  const { input } = commands.known.find(id)
  if (input === undefined) throw new Failure('InputClosed', 'The command was started without an input.')
  call.onCancel(() => call.input.end())
  call.reply({})
  await input.pass(call.input, end)
}

function signal(commands: Commands, { id, signal: name }: SignalMessage): void {
  const { command } = commands.known.find(id)
  if (!signalNames.includes(name)) throw new Failure('Internal', `There is no signal ${name.slice(0, 20)}.`)
  if (commands.isPaused) throw new Failure('SandboxPaused', 'The sandbox is paused: resume it first.')
  if (!command.signal(name)) throw new Failure('ExecutionEnded', 'The command has ended.')
}
