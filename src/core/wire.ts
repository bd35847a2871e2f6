/**
 * Success bodies: parsed and held against the spec, so that a missing field is an error here and not an `undefined` later.
 */
import { answers } from '../../generated/calls.js'
import type { components } from '../../generated/sandbox-api.js'
import { isDate } from '../internal/dates.js'
import { isRecord } from '../internal/guards.js'

export type Wire = components['schemas']
export type BodyName = keyof typeof answers

type Type = 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array' | 'null' | 'date-time' | 'unknown'

/**
 * The bodies that can be checked: each field is of a type or of several, another body, or a list of these. A body of any other kind
 * does not compile, nor does the operation that answers it.
 */
export type Checkable<Name extends string> = Readonly<
  Record<Name, Readonly<Record<string, Type | `${Type}|${Type}` | Name | readonly [Name]>>>
>

const bodies: Checkable<BodyName> = answers

interface Field {
  readonly name: string
  readonly isRequired: boolean
  readonly types: readonly string[]
  /** The body that it is, or that each of its entries is. */
  readonly held: BodyName | undefined
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

/** Looked through with each body: a list is faster than an object. */
const fields = new Map<BodyName, readonly Field[]>()

function fieldsOf(name: BodyName): readonly Field[] {
  let found = fields.get(name)
  if (found === undefined) fields.set(name, (found = Object.entries(bodies[name]).map(fieldOf)))
  return found
}

function fieldOf([key, form]: [string, Checkable<BodyName>[BodyName][string]]): Field {
  const isRequired = !key.endsWith('?')
  const name = isRequired ? key : key.slice(0, -1)
  if (typeof form !== 'string') return { name, isRequired, types: ['array'], held: form[0] }
  return isName(form)
    ? { name, isRequired, types: ['object'], held: form }
    : { name, isRequired, types: form.split('|'), held: undefined }
}

function isName(form: string): form is BodyName {
  return form in bodies
}

function findProblem(name: BodyName, body: unknown): string | undefined {
  if (!isRecord(body)) return 'it is not an object'
  for (const field of fieldsOf(name)) {
    const value = body[field.name]
    if (value === undefined && !field.isRequired) continue
    const problem = findFieldProblem(field, value)
    if (problem !== undefined) return problem
  }
  return undefined
}

function findFieldProblem({ name, isRequired, types, held }: Field, value: unknown): string | undefined {
  if (value === undefined) return `${name} is missing`
  if (!types.some((type) => hasType(type, value))) {
    // A server that writes null for "not there" does no harm where the spec lets the field be missing.
    if (value === null && !isRequired) return undefined
    const isText = types[0] === 'date-time' && typeof value === 'string'
    return isText ? `${name} is not a date` : `${name} is not of type ${types.join(',').replace('date-time', 'string')}`
  }
  if (held === undefined) return undefined
  if (!Array.isArray(value)) return findHeldProblem(held, name, value)
  for (const [index, item] of value.entries()) {
    const problem = findHeldProblem(held, `${name}[${index}]`, item)
    if (problem !== undefined) return problem
  }
  return undefined
}

function findHeldProblem(held: BodyName, place: string, value: unknown): string | undefined {
  const problem = findProblem(held, value)
  return problem === undefined ? undefined : `in ${place}, ${problem}`
}

function hasType(type: string, value: unknown): boolean {
  switch (type) {
    case 'unknown':
      return true
    case 'integer':
      return Number.isInteger(value)
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isRecord(value)
    case 'null':
      return value === null
    case 'date-time':
      return typeof value === 'string' && isDate(value)
    default:
      return typeof value === type
  }
}
