import { type EventSourceMessage, createParser } from 'eventsource-parser'
import { type JsonObject, isObject } from './json.js'
import type { Problem, SchemaCheck } from './schema-check.js'

/** Which schema an event has is told in the words of CommandEventStream. */
const schemas: Readonly<Record<string, JsonObject>> = {
  stdout: { $ref: '#/components/schemas/OutputEvent' },
  stderr: { $ref: '#/components/schemas/OutputEvent' },
  exit: { $ref: '#/components/schemas/CommandResult' },
  error: { $ref: '#/components/schemas/Error' },
}

/** Holds a whole event stream of a command against the spec: its events, and how it ends. */
export function checkEventStream(text: string, check: SchemaCheck): Problem[] {
  const events: EventSourceMessage[] = []
  const problems: Problem[] = []
  const parser = createParser({
    onEvent: (event) => events.push(event),
    onError: (error) => problems.push(invalid(`the event stream is malformed: ${error.message}`)),
  })
  parser.feed(text)
  for (const [index, event] of events.entries()) problems.push(...checkEvent(event, index, events.length, check))
  const last = events.at(-1)?.event
  if (last !== 'exit' && last !== 'error')
    problems.push(invalid('the event stream ends without exit and without error'))
  return problems
}

function checkEvent({ event, data }: EventSourceMessage, index: number, count: number, check: SchemaCheck): Problem[] {
  const name = `event ${index + 1} (${event ?? 'without a name'})`
  const schema = event === undefined ? undefined : schemas[event]
  if (schema === undefined) return [{ kind: 'undocumented', message: `${name} is not in the spec` }]
  const isEnd = event === 'exit' || event === 'error'
  if (isEnd && index < count - 1) return [invalid(`${name} is not the last one`)]
  let value: unknown
  try {
    value = JSON.parse(data)
  } catch {
    return [invalid(`${name} is not JSON`)]
  }
  const problems = check.check(schema, value, name)
  if (event === 'exit' && hasOutput(value)) problems.push(invalid(`${name} repeats output`))
  return problems
}

function hasOutput(result: unknown): boolean {
  return isObject(result) && [result['stdout'], result['stderr']].some((output = '') => output !== '')
}

function invalid(message: string): Problem {
  return { kind: 'invalid', message }
}
