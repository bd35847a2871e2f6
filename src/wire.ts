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
  for (const [field, property] of Object.entries(properties)) {
    const problem = findFieldProblem(property, body[field], at === '' ? field : `${at}.${field}`)
    if (problem !== undefined) return problem
  }
  return undefined
}

function findFieldProblem(property: Property, value: unknown, at: string): string | undefined {
  if (value === undefined) return property.required ? `${at} is missing` : undefined
  if (!hasType(property.type, value)) {
    // A server that writes null for "not there" does no harm where the spec lets the field be missing.
    return value === null && !property.required ? undefined : `${at} is not of type ${String(property.type)}`
  }
  if (property.format === 'date-time' && !isDate(value)) return `${at} is not a date`
  if (!Array.isArray(value) || !isItemName(property.items)) return undefined
  for (const [index, item] of value.entries()) {
    const problem = findProblem(property.items, item, `${at}[${index}]`)
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
