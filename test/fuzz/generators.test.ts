/** The generators are proven by an independent judge: Ajv, with the same schemas. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadSpec } from 'sandbox-sessions-conformance'
import { type JsonObject, SchemaCheck, Spec } from 'sandbox-sessions-openapi'
import { SchemaGenerators } from './support/generators.js'
import { requestDictionary } from './support/dictionary.js'
import { readSchema } from './support/schema.js'
import { fuzzSeed } from './support/seed.js'

const seed = fuzzSeed('generators')
const spec = await loadSpec()
const judge = new SchemaCheck(spec)
const generators = new SchemaGenerators(spec)
// Without shrinking: the change has a name, and a large map takes minutes to get small.
const settings = { seed, numRuns: 60, endOnFailure: true }

function problems(schema: JsonObject, value: unknown): readonly string[] {
  // What goes over the wire is what counts.
  const carried: unknown = JSON.parse(JSON.stringify(value))
  return judge.check(schema, carried, 'value').map(({ message }) => message)
}

const named = Object.keys(spec.document.components.schemas).map((name): [string, JsonObject] => [
  name,
  { $ref: `#/components/schemas/${name}` },
])
const inOperations = spec.operations.flatMap(({ parameters, responses }) => [
  ...parameters.map(({ name, schema }): [string, JsonObject] => [`parameter ${name}`, schema]),
  ...[...responses.values()].flatMap(({ headers }) =>
    [...headers].map(([name, { schema }]): [string, JsonObject] => [`header ${name}`, schema]),
  ),
])
// Most are there many times.
const schemas = [
  ...new Map(
    [...named, ...inOperations].map(([name, schema]) => [`${name} ${JSON.stringify(schema)}`, [name, schema]] as const),
  ).values(),
]

describe.each(schemas)('%s', (_, schema) => {
  test('what is valid and what is on the boundary is allowed', () => {
    const values = fc.oneof(generators.valid(schema), generators.boundary(schema))
    fc.assert(
      fc.property(values, (value) => {
        expect(problems(schema, value)).toEqual([])
      }),
      settings,
    )
  })

  test('each way to break it is forbidden', () => {
    for (const { at, name, values } of generators.changes(schema)) {
      fc.assert(
        fc.property(values, (value) => {
          expect(problems(schema, value), `${at} ${name}: ${JSON.stringify(value)}`).not.toEqual([])
        }),
        { ...settings, numRuns: 15 },
      )
    }
  })
})

test('words of the dictionary are allowed, too', () => {
  const fluent = new SchemaGenerators(spec, requestDictionary('marker'))
  for (const { id, requestBody } of spec.operations) {
    const schema = requestBody?.content.get('application/json')?.schema
    if (schema === undefined) continue
    fc.assert(
      fc.property(fluent.valid(schema), (value) => {
        expect(problems(schema, value), id).toEqual([])
      }),
      settings,
    )
  }
})

test('broken values say what was changed', () => {
  const changes = generators
    .changes({ $ref: '#/components/schemas/SessionList' })
    .map(({ at, name }) => `${at}: ${name}`)
  expect(changes).toEqual(
    expect.arrayContaining([
      ': of type array',
      'sessions: missing',
      'sessions: of type string',
      'sessions[].sessionId: missing',
      'sessions[].status: not in the enum',
      'sessions[].metadata: of type null',
      'limit: below the minimum',
    ]),
  )
})

test('a keyword, a type or a format that the generators do not know is an error', () => {
  const read = (schema: JsonObject) => () => readSchema(spec, schema)
  expect(read({ type: 'string', const: 'x' })).toThrow('do not know the keyword const')
  expect(read({ type: 'text' })).toThrow('do not know "text"')
  expect(read({ type: 'string', format: 'email' })).toThrow('do not know "email"')
  expect(read({ type: 'string', anyOf: [] })).toThrow('anyOf beside other keywords')
})

test('[B14] a schema that holds itself is an error', () => {
  const again = { $ref: '#/components/schemas/Tree' }
  const schemas = { Tree: { type: 'object', properties: { again } } }
  const recursive = new Spec({ openapi: '3.1.0', info: { version: '1.0.0' }, paths: {}, components: { schemas } })
  expect(() => new SchemaGenerators(recursive)).toThrow('a schema that holds itself: #/components/schemas/Tree')
})

test('the same seed makes the same values', () => {
  const sample = (from: number): unknown =>
    fc.sample(generators.broken({ $ref: '#/components/schemas/CommandRequest' }), { seed: from, numRuns: 50 })
  expect(sample(seed)).toEqual(sample(seed))
  expect(sample(seed)).not.toEqual(sample(seed + 1))
})
