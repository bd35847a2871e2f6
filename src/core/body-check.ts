import { isDate } from '../internal/dates.js'
import { isRecord } from '../internal/guards.js'

type Type = 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array' | 'null' | 'date-time' | 'unknown'

/**
 * The bodies that can be checked: each field has one of several types, or is another body, or a list of these. Other bodies do not
 * compile, and neither do the operations that answer them.
 */
export type Checkable<Name extends string> = Readonly<Record<Name, Readonly<Record<string, Form<Name>>>>>

type Form<Name extends string> = Type | `${Type}|${Type}` | `${Type}[]` | Name | readonly [Name]

interface Field<Name> {
  readonly name: string
  readonly isRequired: boolean
  readonly types: readonly string[]
  /** The type of each entry of a list that holds no bodies. */
  readonly entry: string | undefined
  /** The kind of body that the field, or each of its entries, is. */
  readonly held: Name | undefined
}

/** Checks bodies against the spec. */
export class BodyCheck<Name extends string> {
  readonly #bodies: Checkable<Name>
  /** Read for each body: a list is faster than an object. */
  readonly #fields = new Map<Name, readonly Field<Name>[]>()

  constructor(bodies: Checkable<Name>) {
    this.#bodies = bodies
  }

  /** The first thing that is wrong with a body, with the field's name; undefined for nothing. */
  problemOf(name: Name, body: unknown): string | undefined {
    if (!isRecord(body)) return 'it is not an object'
    for (const field of this.#fieldsOf(name)) {
      const value = body[field.name]
      if (value === undefined && !field.isRequired) continue
      const problem = this.#fieldProblem(field, value)
      if (problem !== undefined) return problem
    }
    return undefined
  }

  #fieldsOf(name: Name): readonly Field<Name>[] {
    let found = this.#fields.get(name)
    if (found === undefined) {
      found = Object.entries(this.#bodies[name]).map((entry) => this.#fieldOf(entry))
      this.#fields.set(name, found)
    }
    return found
  }

  #fieldOf([key, form]: readonly [string, Form<Name>]): Field<Name> {
    const isRequired = !key.endsWith('?')
    const name = isRequired ? key : key.slice(0, -1)
    const field = { name, isRequired, entry: undefined, held: undefined }
    if (typeof form !== 'string') return { ...field, types: ['array'], held: form[0] }
    if (this.#isName(form)) return { ...field, types: ['object'], held: form }
    return form.endsWith('[]')
      ? { ...field, types: ['array'], entry: form.slice(0, -2) }
      : { ...field, types: form.split('|') }
  }

  #isName(form: string): form is Name {
    return form in this.#bodies
  }

  #fieldProblem({ name, isRequired, types, entry, held }: Field<Name>, value: unknown): string | undefined {
    if (value === undefined) return `${name} is missing`
    if (!types.some((type) => hasType(type, value))) {
      // A server that writes null for "not there" does no harm where the spec lets the field be missing.
      if (value === null && !isRequired) return undefined
      const isText = types[0] === 'date-time' && typeof value === 'string'
      return isText ? `${name} is not a date` : `${name} is not of type ${types.join().replace('date-time', 'string')}`
    }
    if (entry !== undefined && Array.isArray(value)) {
      const index = value.findIndex((each) => !hasType(entry, each))
      if (index >= 0) return `${name}[${index}] is not of type ${entry}`
    }
    if (held === undefined) return undefined
    if (!Array.isArray(value)) return this.#heldProblem(held, name, value)
    for (const [index, entry] of value.entries()) {
      const problem = this.#heldProblem(held, `${name}[${index}]`, entry)
      if (problem !== undefined) return problem
    }
    return undefined
  }

  #heldProblem(held: Name, place: string, value: unknown): string | undefined {
    const problem = this.problemOf(held, value)
    return problem === undefined ? undefined : `in ${place}, ${problem}`
  }
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
