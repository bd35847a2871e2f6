import type { ErrorObject } from 'ajv/dist/2020.js'
import { isObject } from 'sandbox-sessions-openapi'

/** One broken rule, in words for a person and in fields for a program. */
export interface Violation {
  readonly message: string
  readonly parameter?: string
  readonly minimum?: unknown
  readonly maximum?: unknown
  readonly allowed?: unknown
}

const longestShownValue = 100

/** Turns what Ajv found into one readable sentence. Needs `verbose`, for the rules and the value. */
export function describeViolation(error: ErrorObject | undefined): Violation {
  if (!error) return { message: 'The request is not valid.' }
  const missing = isObject(error.params) ? error.params['missingProperty'] : undefined
  const parts = error.instancePath.split('/').slice(2).map(unescapePointer)
  // The whole input has no name; its parts have.
  if (typeof missing === 'string' && error.instancePath !== '') parts.push(missing)
  const parameter = parts.join('.')
  if (parameter === '') return { message: describeBody(error) }
  const rules = isObject(error.parentSchema) ? error.parentSchema : {}
  if (error.keyword === 'required') return { parameter, message: `${parameter} is required.` }
  const { minimum, maximum, enum: allowed } = rules
  return {
    parameter,
    message: `${parameter} must ${demandOf(error, rules)}, got ${show(error.data)}.`,
    ...(minimum !== undefined && { minimum }),
    ...(maximum !== undefined && { maximum }),
    ...(allowed !== undefined && { allowed }),
  }
}

function describeBody(error: ErrorObject): string {
  return error.keyword === 'required' ? 'A JSON body is required.' : 'The body must be a JSON object.'
}

function demandOf(error: ErrorObject, rules: Readonly<Record<string, unknown>>): string {
  const { minimum, maximum, minLength, maxLength, format, type } = rules
  switch (error.keyword) {
    case 'type':
      return `be ${nameOfType(type)}`
    case 'minimum':
    case 'maximum':
      if (minimum !== undefined && maximum !== undefined) return `be from ${show(minimum)} to ${show(maximum)}`
      return minimum !== undefined ? `be at least ${show(minimum)}` : `be at most ${show(maximum)}`
    case 'enum':
      return Array.isArray(rules['enum']) ? `be one of ${rules['enum'].join(', ')}` : 'be an allowed value'
    case 'minLength':
      return minLength === 1 ? 'not be empty' : `have at least ${String(minLength)} characters`
    case 'maxLength':
      return `have at most ${String(maxLength)} characters`
    case 'format':
    case 'pattern':
      return format === undefined
        ? `match ${String(rules['pattern'])}`
        : `be a valid ${typeof format === 'string' ? format : 'value'}`
    default:
      return error.message?.replace(/^must /, '') ?? 'be valid'
  }
}

function nameOfType(type: unknown): string {
  const name = Array.isArray(type) ? type.join(' or ') : String(type)
  return /^[aeiou]/.test(name) ? `an ${name}` : `a ${name}`
}

function show(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > longestShownValue ? `${text.slice(0, longestShownValue)}…` : text
}

function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~')
}
