/**
 * Success bodies: parsed and held against the spec, so that a missing field is an error here and not an `undefined` later.
 */
import { schemas } from '../generated/constraints.js'
import type { components } from '../generated/sandbox-api.js'
import { isRecord } from './guards.js'

export type Wire = components['schemas']
export type BodyName = 'Session' | 'SessionList' | 'CommandResult' | 'FileInfo' | 'FileList' | 'Health'

interface Property {
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly items?: string
  readonly required: boolean
}

/** Tells whether a body is what the spec says; `report` gets the first thing that is wrong, with the field's name. */
export function isBody<Name extends BodyName>(
  name: Name,
  body: unknown,
  report: (problem: string) => void,
): body is Wire[Name] {
  const problem = findProblem(name, body, '')
  if (problem !== undefined) report(problem)
  return problem === undefined
}

function findProblem(name: BodyName, body: unknown, at: string): string | undefined {
  if (!isRecord(body)) return `${at || 'the body'} is not an object`
  const properties: Readonly<Record<string, Property>> = schemas[name].properties
  for (const field in properties) {
    const property = properties[field]
    const value = body[field]
    if (property === undefined || (value === undefined && !property.required)) continue
    const problem = findFieldProblem(property, value)
    if (problem !== undefined) return `${at}${at === '' ? '' : '.'}${field}${problem}`
  }
  return undefined
}

/** What is wrong with a field, to be read behind its name. */
function findFieldProblem({ type, format, items, required }: Property, value: unknown): string | undefined {
  if (value === undefined) return ' is missing'
  if (!hasType(type, value)) {
    // A server that writes null for "not there" does no harm where the spec lets the field be missing.
    return value === null && !required ? undefined : ` is not of type ${String(type)}`
  }
  if (format === 'date-time' && !isDate(value)) return ' is not a date'
  if (!isItemName(items) || !Array.isArray(value)) return undefined
  for (const [index, item] of value.entries()) {
    const problem = findProblem(items, item, `[${index}]`)
    if (problem !== undefined) return problem
  }
  return undefined
}

function hasType(type: string | readonly string[] | undefined, value: unknown): boolean {
  if (type === undefined) return true
  if (typeof type !== 'string') return type.some((each) => hasType(each, value))
  switch (type) {
    case 'integer':
      return Number.isInteger(value)
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isRecord(value)
    case 'null':
      return value === null
    default:
      return typeof value === type
  }
}

function isDate(value: unknown): boolean {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value))
}

function isItemName(name: string | undefined): name is 'Session' | 'FileInfo' {
  return name === 'Session' || name === 'FileInfo'
}
