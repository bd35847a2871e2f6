import { type EventSourceMessage, createParser } from 'eventsource-parser'
import { chunksOf } from '../internal/chunks.js'
import type { Output } from '../internal/bytes.js'
import { type CommandResult, commandResult } from './command-result.js'
import { SandboxConnectionError } from '../errors.js'
import { isRecord } from '../internal/guards.js'
import type { OutputForm } from './output-form.js'
import { errorFromBody } from '../core/response-errors.js'
import { type Wire, isBody } from '../core/wire.js'

/** A piece of a command's output. */
export interface OutputEvent<Form extends Output = string> {
  readonly type: 'stdout' | 'stderr'
  /** Text of whole characters; or bytes, cut anywhere. */
  readonly data: Form
}

/** The command ended: the last event of a stream. The output came before it, and is not in its result. */
export interface ExitEvent<Form extends Output = string> {
  readonly type: 'exit'
  readonly result: CommandResult<Form>
}

export type CommandEvent<Form extends Output = string> = OutputEvent<Form> | ExitEvent<Form>

/** More than a server sends in one event, and few enough to keep in memory. */
const longestEvent = 32 * 1024 * 1024

/**
 * The events of a response, as they arrive. It ends after `exit`, and never without it.
 *
 * @throws {SandboxConnectionError} when the stream breaks, or is not what the spec says.
 */
export async function* readEvents<Form extends Output>(
  response: Response,
  form: OutputForm<Form>,
): AsyncGenerator<CommandEvent<Form>, void, undefined> {
  const type = response.headers.get('content-type') ?? ''
  // A server of version 1.0.0 knows no event streams, and answers when the command has ended.
  if (type.startsWith('application/json')) yield* eventsOfResult(await response.text(), form)
  else yield* parseEvents(response, form)
}

function* eventsOfResult<Form extends Output>(text: string, form: OutputForm<Form>): Generator<CommandEvent<Form>> {
  const wire = parseResult(text)
  const { stdout, stderr } = commandResult(wire, form)
  if (stdout.length > 0) yield { type: 'stdout', data: stdout }
  if (stderr.length > 0) yield { type: 'stderr', data: stderr }
  yield { type: 'exit', result: commandResult({ ...wire, stdout: '', stderr: '' }, form) }
}

async function* parseEvents<Form extends Output>(
  { body }: Response,
  form: OutputForm<Form>,
): AsyncGenerator<CommandEvent<Form>> {
  if (body === null) throw new SandboxConnectionError('The event stream has no body.')
  let arrived: EventSourceMessage[] = []
  // Not its TransformStream: that has half the throughput, and reads ahead of whoever reads.
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
      const event = commandEvent(message, form)
      if (event === undefined) continue
      yield event
      if (event.type === 'exit') return
    }
  }
}

/** Undefined for an event that this version does not know. */
function commandEvent<Form extends Output>(
  { event, data }: EventSourceMessage,
  form: OutputForm<Form>,
): CommandEvent<Form> | undefined {
  switch (event) {
    case 'stdout':
    case 'stderr':
      return { type: event, data: parseOutput(event, data, form) }
    case 'exit':
      return { type: 'exit', result: commandResult(parseResult(data), form) }
    case 'error':
      throw errorFromBody(parseJson(data))
    default:
      return undefined
  }
}

function parseOutput<Form extends Output>(event: string, text: string, form: OutputForm<Form>): Form {
  const output = parseJson(text)
  const { data, encoding } = isRecord(output) ? output : {}
  if (typeof data !== 'string') {
    throw new SandboxConnectionError(`A ${event} event is not what the spec says: data is missing.`)
  }
  if (typeof encoding === 'string' || encoding === undefined || encoding === null) return form.read(data, encoding)
  throw new SandboxConnectionError(`A ${event} event is not what the spec says: encoding is not of type string.`)
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
