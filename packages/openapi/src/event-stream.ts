import { type EventSourceMessage, createParser } from 'eventsource-parser'
import type { EventRules } from './conventions.js'
import type { Problem, SchemaCheck } from './schema-check.js'

type Rules = Readonly<Record<string, EventRules>>

/** Checks a whole event stream: what its events are, and how it ends. */
export function checkEventStream(text: string, rules: Rules, check: SchemaCheck): Problem[] {
  const events: EventSourceMessage[] = []
  const problems: Problem[] = []
  const parser = createParser({
    onEvent: (event) => events.push(event),
    onError: (error) => problems.push(invalid(`the event stream is malformed: ${error.message}`)),
  })
  parser.feed(text)
  for (const [index, event] of events.entries()) {
    problems.push(...checkEvent(event, index, index === events.length - 1, rules, check))
  }
  const lasts = Object.keys(rules).filter((name) => rules[name]?.isLast === true)
  if (lasts.length > 0 && !lasts.includes(events.at(-1)?.event ?? '')) {
    problems.push(invalid(`the event stream ends ${lasts.map((name) => `without ${name}`).join(' and ')}`))
  }
  return problems
}

function checkEvent(
  { event, data }: EventSourceMessage,
  index: number,
  isLast: boolean,
  rules: Rules,
  check: SchemaCheck,
): Problem[] {
  const name = `event ${index + 1} (${event ?? 'without a name'})`
  const rule = event !== undefined && Object.hasOwn(rules, event) ? rules[event] : undefined
  if (rule === undefined) return [{ kind: 'undocumented', message: `${name} is not in the spec` }]
  if (rule.isLast === true && !isLast) return [invalid(`${name} is not the last one`)]
  let value: unknown
  try {
    value = JSON.parse(data)
  } catch {
    return [invalid(`${name} is not JSON`)]
  }
  const other = rule.check?.(value)
  return [...check.check(rule.schema, value, name), ...(other === undefined ? [] : [invalid(`${name} ${other}`)])]
}

function invalid(message: string): Problem {
  return { kind: 'invalid', message }
}
