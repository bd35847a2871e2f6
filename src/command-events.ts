import { type EventSourceMessage, createParser } from 'eventsource-parser'
import { chunksOf } from './chunks.js'
import { type CommandResult, commandResult } from './command-result.js'
import { SandboxConnectionError } from './errors.js'
import { isRecord } from './guards.js'
import { errorFromBody } from './response-errors.js'
import { type Wire, isBody } from './wire.js'

/** A piece of a command's output. */
export interface OutputEvent {
  readonly type: 'stdout' | 'stderr'
  /** Text, whole characters only. */
  readonly data: string
}

/** The command ended: the last event of a stream. The output came before it; its result has none. */
export interface ExitEvent {
  readonly type: 'exit'
  readonly result: CommandResult
}

export type CommandEvent = OutputEvent | ExitEvent

/** More than a server sends in one event, and little enough to hold. */
const longestEvent = 32 * 1024 * 1024

/**
 * The events of a response, as they arrive. It ends after `exit`, and never without it.
 *
 * @throws {SandboxConnectionError} when the stream breaks, or is not what the spec says.
 */
export async function* readEvents(response: Response): AsyncGenerator<CommandEvent, void, undefined> {
  const type = response.headers.get('content-type') ?? ''
  // A server of version 1.0.0 knows no event streams, and answers when all is over.
  if (type.startsWith('application/json')) yield* eventsOfResult(await response.text())
  else yield* parseEvents(response)
}

function* eventsOfResult(text: string): Generator<CommandEvent> {
  const wire = parseResult(text)
  if (wire.stdout !== undefined && wire.stdout !== '') yield { type: 'stdout', data: wire.stdout }
  if (wire.stderr !== undefined && wire.stderr !== '') yield { type: 'stderr', data: wire.stderr }
  yield { type: 'exit', result: commandResult({ ...wire, stdout: '', stderr: '' }) }
}

async function* parseEvents({ body }: Response): AsyncGenerator<CommandEvent> {
  if (body === null) throw new SandboxConnectionError('The event stream has no body.')
  let arrived: EventSourceMessage[] = []
  const parser = createParser({
    onEvent: (message) => arrived.push(message),
    onError: (error) => {
      if (error.type === 'max-buffer-size-exceeded') throw new SandboxConnectionError('An event is too long.')
    },
    maxBufferSize: longestEvent,
  })
  const decoder = new TextDecoder()
  for await (const chunk of chunksOf(body)) {
    parser.feed(decoder.decode(chunk, { stream: true }))
    const messages = arrived
    arrived = []
    for (const message of messages) {
      const event = commandEvent(message)
      if (event === undefined) continue
      yield event
      if (event.type === 'exit') return
    }
  }
}

/** Undefined for an event that this version does not know. */
function commandEvent({ event, data }: EventSourceMessage): CommandEvent | undefined {
  switch (event) {
    case 'stdout':
    case 'stderr':
      return { type: event, data: parseOutput(event, data) }
    case 'exit':
      return { type: 'exit', result: commandResult(parseResult(data)) }
    case 'error':
      throw errorFromBody(parseJson(data))
    default:
      return undefined
  }
}

function parseOutput(event: string, text: string): string {
  const output = parseJson(text)
  if (isRecord(output) && typeof output['data'] === 'string') return output['data']
  throw new SandboxConnectionError(`A ${event} event is not what the spec says: data is missing.`)
}

function parseResult(text: string): Wire['CommandResult'] {
  const body = parseJson(text)
  let problem = ''
  if (isBody('CommandResult', body, (found) => (problem = found))) return body
  throw new SandboxConnectionError(`The result of the command is not what the spec says: ${problem}.`)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new SandboxConnectionError('The event stream holds something that is not JSON.')
  }
}
