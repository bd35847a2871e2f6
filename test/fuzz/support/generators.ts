import * as fc from 'fast-check'
import { isObject, type JsonObject, type Spec } from 'sandbox-sessions-openapi'
import { type SchemaFacts, type TypeName, assertFinite, readSchema } from './schema.js'
import { boundaryText, brokenTexts, oddTexts, validText } from './texts.js'

export type ChangeKind = 'missing' | 'null' | 'wrong type' | 'out of range' | 'not in the enum' | 'malformed text'

/** One way to break a value that is otherwise valid. */
export interface Change {
  readonly kind: ChangeKind
  /** The place, like `sessions[].status`; empty for the value itself. */
  readonly at: string
  /** What is done there, for a person. */
  readonly name: string
  readonly values: fc.Arbitrary<unknown>
}

export interface Broken {
  readonly change: Pick<Change, 'kind' | 'at' | 'name'>
  readonly value: unknown
}

/** Values that mean something, by the name of the property that takes them; the schema alone would hardly hit on them. */
export type Dictionary = Readonly<Record<string, fc.Arbitrary<unknown> | undefined>>

/** How large a map, and an array, of a boundary value is. */
const large = { map: 300, array: 60 }

/** Makes JSON values of what the schemas of a spec say. */
export class SchemaGenerators {
  constructor(
    readonly spec: Spec,
    private readonly dictionary: Dictionary = {},
  ) {
    assertFinite(spec)
  }

  /** Anything that the schema allows. */
  valid(schema: JsonObject): fc.Arbitrary<unknown> {
    const facts = readSchema(this.spec, schema)
    if (facts.anyOf !== undefined) return fc.oneof(...facts.anyOf.map((each) => this.valid(each)))
    if (facts.enum !== undefined) return fc.constantFrom(...facts.enum)
    if (facts.types.length === 0) return fc.jsonValue()
    return fc.oneof(...facts.types.map((type) => this.#validOf(type, facts)))
  }

  /** What the schema only just allows. */
  boundary(schema: JsonObject): fc.Arbitrary<unknown> {
    const facts = readSchema(this.spec, schema)
    if (facts.anyOf !== undefined) return fc.oneof(...facts.anyOf.map((each) => this.boundary(each)))
    if (facts.enum !== undefined) return fc.constantFrom(...facts.enum)
    if (facts.types.length === 0) return oddJson
    return fc.oneof(...facts.types.map((type) => this.#boundaryOf(type, facts)))
  }

  /** What the schema forbids for exactly one reason, each with that reason. */
  broken(schema: JsonObject): fc.Arbitrary<Broken> {
    return fc.oneof(...this.changes(schema).map(({ values, ...change }) => values.map((value) => ({ change, value }))))
  }

  /** Every way to break a value. None when the schema allows everything. */
  changes(schema: JsonObject): readonly Change[] {
    const facts = readSchema(this.spec, schema)
    const own = wrongTypes(this.#typesOf(schema)).map(([type, values]): Change => ({
      kind: type === 'null' ? 'null' : 'wrong type',
      at: '',
      name: `of type ${type}`,
      values,
    }))
    // What one alternative forbids another may allow.
    if (facts.anyOf !== undefined) return own
    return [...own, ...brokenScalars(facts), ...this.#brokenItems(facts), ...this.#brokenProperties(schema, facts)]
  }

  #typesOf(schema: JsonObject): readonly TypeName[] {
    const { anyOf, types } = readSchema(this.spec, schema)
    return anyOf === undefined ? types : anyOf.flatMap((each) => this.#typesOf(each))
  }

  #validOf(type: TypeName, facts: SchemaFacts): fc.Arbitrary<unknown> {
    switch (type) {
      case 'string':
        return validText(facts)
      case 'integer':
        return fc.integer(rangeOf(facts))
      case 'number':
        return fc.double({ noNaN: true, noDefaultInfinity: true, ...rangeOf(facts) })
      case 'boolean':
        return fc.boolean()
      case 'null':
        return fc.constant(null)
      case 'array':
        return fc.array(this.valid(facts.items), { maxLength: 4 })
      case 'object':
        return this.#objects(facts, (schema) => this.valid(schema), 'some')
    }
  }

  #boundaryOf(type: TypeName, facts: SchemaFacts): fc.Arbitrary<unknown> {
    switch (type) {
      case 'string':
        return boundaryText(facts)
      case 'integer':
      case 'number':
        return fc.constantFrom(...edgesOf(facts))
      case 'array': {
        const items = fc.oneof(this.valid(facts.items), this.boundary(facts.items))
        return fc.oneof(...[0, 1, facts.maxItems ?? large.array].map((length) => arrayOf(items, length)))
      }
      case 'object':
        return fc.oneof(
          this.#objects(facts, (schema) => this.boundary(schema), 'none'),
          this.#objects(facts, (schema) => this.boundary(schema), 'all'),
          this.#objects(facts, (schema) => fc.oneof(this.valid(schema), this.boundary(schema)), 'some'),
        )
      default:
        return this.#validOf(type, facts)
    }
  }

  #objects(
    facts: SchemaFacts,
    value: (schema: JsonObject) => fc.Arbitrary<unknown>,
    optional: 'none' | 'some' | 'all',
  ): fc.Arbitrary<JsonObject> {
    const { properties, required, additional } = facts
    const named = [...properties].filter(([name]) => optional !== 'none' || required.has(name))
    const record = fc.record(
      Object.fromEntries(named.map(([name, schema]) => [name, this.#property(name, schema, value)])),
      { noNullPrototype: true, ...(optional === 'some' && { requiredKeys: [...required] }) },
    )
    if (additional === undefined) return record
    return fc.tuple(record, mapOf(value(additional), optional)).map(([own, more]) => ({ ...more, ...own }))
  }

  #property(
    name: string,
    schema: JsonObject,
    value: (schema: JsonObject) => fc.Arbitrary<unknown>,
  ): fc.Arbitrary<unknown> {
    const words = Object.hasOwn(this.dictionary, name) ? this.dictionary[name] : undefined
    const arbitrary = value(schema)
    return words === undefined ? arbitrary : fc.oneof({ arbitrary: words, weight: 4 }, { arbitrary, weight: 1 })
  }

  #brokenItems({ types, items, maxItems }: SchemaFacts): readonly Change[] {
    if (!types.includes('array')) return []
    const array = fc.array(this.valid(items), { maxLength: 3 })
    const tooMany = maxItems === undefined ? [] : [arrayOf(this.valid(items), maxItems + 1)]
    const lengths = tooMany.map((values): Change => ({ kind: 'out of range', at: '', name: 'too many items', values }))
    const broken = this.changes(items).map((change) => ({
      ...change,
      at: `[]${dotted(change.at)}`,
      values: fc
        .tuple(array, change.values, fc.nat())
        .map(([valid, value, place]) => valid.toSpliced(place % (valid.length + 1), 0, value)),
    }))
    return [...lengths, ...broken]
  }

  #brokenProperties(schema: JsonObject, { types, properties, required, additional }: SchemaFacts): readonly Change[] {
    if (!types.includes('object')) return []
    const objects = this.valid(schema).filter(isObject)
    const changes: Change[] = [...required].map((name) => ({
      kind: 'missing',
      at: name,
      name: 'missing',
      values: objects.map((object) => Object.fromEntries(Object.entries(object).filter(([key]) => key !== name))),
    }))
    for (const [name, property] of properties) {
      for (const change of this.changes(property)) {
        const values = fc.tuple(objects, change.values).map(([object, value]) => ({ ...object, [name]: value }))
        changes.push({ ...change, at: `${name}${dotted(change.at)}`, values })
      }
    }
    for (const change of additional === undefined ? [] : this.changes(additional)) {
      const values = fc.tuple(objects, keys, change.values).map(([object, key, value]) => ({ ...object, [key]: value }))
      changes.push({ ...change, at: `*${dotted(change.at)}`, values })
    }
    return changes
  }
}

function brokenScalars(facts: SchemaFacts): Change[] {
  const { types, minimum, maximum } = facts
  const changes: Change[] = []
  const add = (kind: ChangeKind, name: string, values: fc.Arbitrary<unknown>): void =>
    void changes.push({ kind, at: '', name, values })
  if (facts.enum !== undefined) add('not in the enum', 'not in the enum', strangers(facts.enum))
  else if (types.includes('string')) {
    for (const [name, values] of brokenTexts(facts)) add('malformed text', name, values)
  }
  if (minimum !== undefined) {
    add('out of range', 'below the minimum', fc.constantFrom(minimum - 1, minimum - 1000, Number.MIN_SAFE_INTEGER))
  }
  if (maximum !== undefined) {
    add('out of range', 'above the maximum', fc.constantFrom(maximum + 1, maximum + 1000, Number.MAX_SAFE_INTEGER))
  }
  return changes
}

function strangers(allowed: readonly unknown[]): fc.Arbitrary<string> {
  const near = allowed
    .map(String)
    .flatMap((value) => [value.toUpperCase(), `${value} `, `${value}s`, value.slice(1), ''])
  return fc.constantFrom(...near.filter((text) => !allowed.includes(text)))
}

function wrongTypes(allowed: readonly TypeName[]): [TypeName, fc.Arbitrary<unknown>][] {
  if (allowed.length === 0) return []
  const samples: [TypeName, fc.Arbitrary<unknown>][] = [
    ['string', fc.constantFrom('', 'text', '1', 'true', 'null', '2026-11-22T10:00:00Z')],
    ['integer', fc.constantFrom(0, 1, -1, 3600, Number.MAX_SAFE_INTEGER)],
    ['number', fc.constantFrom(0.5, -1.5, 61.25, 1e-7)],
    ['boolean', fc.boolean()],
    ['null', fc.constant(null)],
    ['array', fc.constantFrom([], [1], ['text'], [{}], [null])],
    ['object', fc.constantFrom({}, { length: 1 }, { type: 'text' })],
  ]
  return samples.filter(([type]) => !allowed.includes(type) && !(type === 'integer' && allowed.includes('number')))
}

function rangeOf({ minimum, maximum }: SchemaFacts): { min?: number; max?: number } {
  return { ...(minimum !== undefined && { min: minimum }), ...(maximum !== undefined && { max: maximum }) }
}

function edgesOf({ minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER }: SchemaFacts): number[] {
  const edges = [minimum, minimum + 1, maximum - 1, maximum, -1, 0, 1, 2 ** 31, 2 ** 32]
  return edges.filter((edge) => edge >= minimum && edge <= maximum)
}

const keys = fc.oneof(fc.constantFrom(...oddTexts), fc.string())

/** What JSON can hold and few expect. */
const oddJson: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown[]>(null, [], {}, 0, -0, 1e308, 5e-324, Number.MAX_SAFE_INTEGER, [[[[]]]], { '': { '': {} } }),
  fc.constantFrom(...oddTexts),
  fc.nat({ max: 60 }).map(nested),
)

function nested(depth: number): unknown {
  let value: unknown = 'deep'
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { level: value }
  return value
}

function mapOf(values: fc.Arbitrary<unknown>, size: 'none' | 'some' | 'all'): fc.Arbitrary<JsonObject> {
  if (size === 'none') return fc.constant({})
  if (size === 'some')
    return fc.array(fc.tuple(keys, values), { maxLength: 5 }).map((entries) => Object.fromEntries(entries))
  return values.map((value) =>
    Object.fromEntries(Array.from({ length: large.map }, (_, index) => [`key-${index}`, value])),
  )
}

function arrayOf(items: fc.Arbitrary<unknown>, length: number): fc.Arbitrary<unknown[]> {
  return fc.array(items, { minLength: length, maxLength: length })
}

function dotted(at: string): string {
  return at === '' || at.startsWith('[') ? at : `.${at}`
}
