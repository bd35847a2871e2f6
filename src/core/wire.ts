/**
 * Success bodies: parsed and held against the spec, so that a missing field is an error here and not an `undefined` later.
 */
import { schemas } from '../../generated/constraints.js'
import type { components } from '../../generated/sandbox-api.js'
import { dateOf } from '../internal/dates.js'
import { isRecord } from '../internal/guards.js'

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
  const problem = findProblem(name, body)
  if (problem !== undefined) report(`its ${name} is not what the spec says: ${problem}`)
  return problem === undefined
}

type Field = readonly [name: string, property: Property]

/** Looked through with each body: a list is faster than an object. */
const fields = new Map<BodyName, readonly Field[]>()

function fieldsOf(name: BodyName): readonly Field[] {
  let found = fields.get(name)
  if (found === undefined) fields.set(name, (found = Object.entries<Property>(schemas[name].properties)))
  return found
}

function findProblem(name: BodyName, body: unknown): string | undefined {
  if (!isRecord(body)) return 'it is not an object'
  for (const [field, property] of fieldsOf(name)) {
    const value = body[field]
    if (value === undefined && !property.required) continue
    const problem = findFieldProblem(field, property, value)
    if (problem !== undefined) return problem
  }
  return undefined
}

function findFieldProblem(
  field: string,
  { type, format, items, required }: Property,
  value: unknown,
): string | undefined {
  if (value === undefined) return `${field} is missing`
  if (!hasType(type, value)) {
    // A server that writes null for "not there" does no harm where the spec lets the field be missing.
    return value === null && !required ? undefined : `${field} is not of type ${String(type)}`
  }
  if (format === 'date-time' && !isDate(value)) return `${field} is not a date`
  if (items === undefined || !isItemName(items) || !Array.isArray(value)) return undefined
  for (const [index, item] of value.entries()) {
    const problem = findProblem(items, item)
    if (problem !== undefined) return `in ${field}[${index}], ${problem}`
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
  return typeof value === 'string' && !Number.isNaN(dateOf(value).getTime())
}

function isItemName(name: string): name is 'Session' | 'FileInfo' {
  return name === 'Session' || name === 'FileInfo'
}
