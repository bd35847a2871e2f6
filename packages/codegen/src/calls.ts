import {
  type Document,
  isObject,
  type JsonObject,
  list,
  operationsOf,
  refName,
  resolve,
} from 'sandbox-sessions-openapi'
import { constant } from './names.js'

/**
 * What the SDK itself needs from the spec to make a call: each operation's method and path, and the parts of its JSON answers that
 * are checked. It is short, since every user downloads it.
 */
export function generateCalls(document: Document): string {
  const answers = new Map<string, unknown>()
  const routes: Record<string, readonly string[]> = {}
  const limits: Record<string, JsonObject> = {}
  for (const { id, method, path, item, operation } of operationsOf(document)) {
    const parameters = [...list(item['parameters']), ...list(operation['parameters'])]
    const numbers = { ...parameterLimits(document, parameters), ...bodyLimits(document, operation) }
    if (Object.keys(numbers).length > 0) limits[id] = numbers
    const body = answerOf(document, operation)
    routes[id] = body === undefined ? [method, path] : [method, path, body]
    if (body !== undefined) addAnswer(document, body, answers)
  }
  return [
    '/** How each operation is called: its method, its path, and the body that it answers, where that is JSON. */',
    `export ${constant('routes', routes)}`,
    '/** What is in these bodies: the type of each field, or in brackets the body of each entry; with ? a field that may be missing. */',
    `export ${constant('answers', Object.fromEntries(answers))}`,
    '/** The limits and defaults of the numbers that an operation takes. */',
    `export ${constant('limits', limits)}`,
  ].join('\n')
}

function parameterLimits(document: Document, parameters: readonly unknown[]): JsonObject {
  const resolved = parameters.map((each) => resolve(document, each))
  return limitsOf(
    document,
    resolved.map(({ name, schema }) => [String(name), schema]),
  )
}

function bodyLimits(document: Document, operation: JsonObject): JsonObject {
  if (operation['requestBody'] === undefined) return {}
  const { content } = resolve(document, operation['requestBody'])
  const media = isObject(content) ? content['application/json'] : undefined
  if (!isObject(media)) return {}
  const { properties } = resolve(document, media['schema'])
  return limitsOf(document, isObject(properties) ? Object.entries(properties) : [])
}

function limitsOf(document: Document, named: readonly (readonly [string, unknown])[]): JsonObject {
  const found: Record<string, JsonObject> = {}
  for (const [name, schema] of named) {
    const { minimum, maximum, default: standard } = resolve(document, schema)
    if (minimum !== undefined || maximum !== undefined) found[name] = { minimum, maximum, default: standard }
  }
  return found
}

/** The name of the JSON body that an operation answers when it succeeds. */
function answerOf(document: Document, operation: JsonObject): string | undefined {
  const responses = isObject(operation['responses']) ? operation['responses'] : {}
  for (const [status, source] of Object.entries(responses)) {
    const { content } = resolve(document, source)
    const media = isObject(content) ? content['application/json'] : undefined
    if (!status.startsWith('2') || !isObject(media)) continue
    const name = refName(media['schema'])
    if (name === undefined) throw new Error(`${String(operation['operationId'])} answers a body without a name.`)
    return name
  }
  return undefined
}

/** The body and those in it. A body that is no object gets only the name of its type: the SDK can't check it. */
function addAnswer(document: Document, name: string, answers: Map<string, unknown>): void {
  if (answers.has(name)) return
  const { properties, type, required } = resolve(document, document.components.schemas[name])
  if (!isObject(properties)) {
    answers.set(name, type ?? 'unknown')
    return
  }
  const fields: Record<string, unknown> = {}
  answers.set(name, fields)
  for (const [field, source] of Object.entries(properties)) {
    const key = list(required).includes(field) ? field : `${field}?`
    fields[key] = form(document, source, answers)
  }
}

function form(document: Document, source: unknown, answers: Map<string, unknown>): unknown {
  const { type, format, items, properties } = resolve(document, source)
  const held = refName(isObject(items) ? items : source)
  const isHeld = isObject(isObject(items) ? resolve(document, items)['properties'] : properties)
  if (held !== undefined && isHeld) {
    addAnswer(document, held, answers)
    return isObject(items) ? [held] : held
  }
  if (format === 'date-time') return format
  const entry = type === 'array' && isObject(items) ? resolve(document, items)['type'] : undefined
  if (typeof entry === 'string') return `${entry}[]`
  return type === undefined ? 'unknown' : (Array.isArray(type) ? type : [type]).map(String).join('|')
}
