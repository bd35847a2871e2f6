/** What every reader of a spec makes of schemas that hold themselves: a tree is usable, a circle is an error that says where. */
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { generateCalls, generateConstraints } from 'sandbox-sessions-codegen'
import { diffDocuments, group } from 'sandbox-sessions-codegen/spec-diff'
import { generateTypes } from 'sandbox-sessions-codegen/types'
import { assertDocument, checkReferences, type Document, inline, SchemaCheck, Spec } from 'sandbox-sessions-openapi'

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })
const text = { type: 'string' }

/** A document with one operation, whose answer is the first of the schemas. */
function documentWith(schemas: object): Document {
  const [name = ''] = Object.keys(schemas)
  const content = { 'application/json': { schema: ref(name) } }
  const get = { operationId: 'healthCheck', responses: { 200: { description: 'It.', content } } }
  const document: unknown = {
    openapi: '3.1.0',
    info: { title: 'Own', version: '1.0.0' },
    paths: { '/thing': { get } },
    components: { schemas },
  }
  assertDocument(document)
  return document
}

const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more })
const array = (items: object) => ({ type: 'array', items })

/** Schemas, a value that the first of them takes, and one that it does not. */
const usable: Record<string, [schemas: (leaf: object) => object, good: unknown, bad: unknown]> = {
  'a tree': [
    (leaf) => ({ Tree: object({ value: leaf, children: array(ref('Tree')) }) }),
    { children: [{ value: 'a', children: [] }] },
    { children: [{ children: [{ value: 1 }] }] },
  ],
  'two that hold each other': [
    (leaf) => ({ A: object({ b: ref('B') }), B: object({ a: ref('A'), value: leaf }) }),
    { b: { a: { b: { value: 'a' } } } },
    { b: { a: { b: { value: 1 } } } },
  ],
  'a map of itself': [
    (leaf) => ({ Map: object({ value: leaf }, { additionalProperties: ref('Map') }) }),
    { any: { thing: { value: 'a' } } },
    { any: { thing: { value: 1 } } },
  ],
  'a whole with parts': [
    (leaf) => ({
      Part: { allOf: [ref('Base'), { properties: { child: ref('Part') } }] },
      Base: { properties: { value: leaf } },
    }),
    { child: { child: { value: 'a' } } },
    { child: { child: { value: 1 } } },
  ],
  'one of several': [(leaf) => ({ Value: { anyOf: [leaf, array(ref('Value'))] } }), ['a', [['a']]], ['a', [[1]]]],
  'a list whose entries are written in place': [
    (leaf) => ({ List: array(object({ value: leaf, next: ref('List') })) }),
    [{ next: [{ value: 'a' }] }],
    [{ next: [{ value: 1 }] }],
  ],
  'a reference to a part of itself': [
    (leaf) => ({ Deep: object({ value: leaf, inner: object({ again: ref('Deep/properties/inner'), value: leaf }) }) }),
    { inner: { again: { again: { value: 'a' } } } },
    { inner: { again: { again: { value: 1 } } } },
  ],
}

const circles: Record<string, [schemas: object, words: RegExp]> = {
  'a reference to itself': [{ A: ref('A') }, /#\/components\/schemas\/A is a reference to itself/],
  'two references to each other': [{ A: ref('B'), B: ref('A') }, /schemas\/A is a reference to itself.*schemas\/B/],
  'a circle of three': [{ A: ref('B'), B: ref('C'), C: ref('A') }, /schemas\/A is a reference to itself.*B.*C/],
  'a part of itself': [{ A: { allOf: [ref('A')] } }, /schemas\/A is a reference to itself.*A\/allOf/],
  'itself, or something else': [{ A: { anyOf: [text, ref('A')] } }, /schemas\/A is a reference to itself.*A\/anyOf/],
  'what it is not': [{ A: { not: ref('A') } }, /schemas\/A is a reference to itself.*A\/not/],
  'a circle behind a property': [
    { A: object({ default: ref('B') }), B: ref('B') },
    /schemas\/B is a reference to itself/,
  ],
  'an alias of YAML': [
    Object(parse('A: &a { type: object, properties: { a: *a } }')),
    /schemas\/A\/properties\/a is an alias of what it stands in/,
  ],
}

describe.each(Object.entries(usable))('[B14] a schema that is %s', (_, [schemas, good, bad]) => {
  const document = documentWith(schemas(text))
  const [name = ''] = Object.keys(schemas(text))

  test('is generated from', async () => {
    checkReferences(document)
    expect(generateConstraints(document)['schemas.ts']).toContain(`export const ${name} = {`)
    expect(generateCalls(document)).toContain(`"${name}": `)
    expect(await generateTypes(document)).toContain(`components["schemas"]["${name}"]`)
  })

  test('is compared', () => {
    expect(diffDocuments(document, document)).toEqual([])
    const other = documentWith(schemas({ ...text, minLength: 2 }))
    const findings = group(diffDocuments(document, other))
    expect(findings).not.toEqual([])
    for (const { grade, what } of findings)
      expect([grade, what]).toEqual(['breaking', expect.stringContaining('minLength')])
    // Where one of the two holds itself, and the other one does not.
    const plain = documentWith({ [name]: {} })
    expect(group(diffDocuments(plain, document)).map(({ grade }) => grade)).toContain('breaking')
    expect(group(diffDocuments(document, plain)).map(({ grade }) => grade)).toContain('breaking')
  })

  test('judges values', () => {
    const check = new SchemaCheck(new Spec(document))
    expect(check.check(ref(name), good, 'value')).toEqual([])
    expect(check.check(ref(name), bad, 'value')).not.toEqual([])
  })

  test('is refused where all has to be written out, as by the server, with the place', () => {
    expect(() => inline(document, document.paths, '#/paths')).toThrow(
      /^#\/components\/schemas\/[^ ]+ holds itself, at #\/components\/schemas\/[^ ]+, and so it can't be written out\.$/,
    )
  })
})

describe.each(Object.entries(circles))('[B14] a schema that is %s', (_, [schemas, words]) => {
  const document = documentWith(schemas)

  test('is refused by every reader, with the place', () => {
    expect(() => checkReferences(document)).toThrow(words)
    expect(() => new Spec(document)).toThrow(words)
    expect(() => inline(document, document.paths, '#/paths')).toThrow(/holds itself, at #\/components\/schemas\//)
  })
})

test('[B14] schemas that all hold all others are compared in a time that one can wait for', () => {
  const names = Array.from({ length: 14 }, (_, index) => `S${index}`)
  const all = (leaf: object) =>
    Object.fromEntries(
      names.map((name) => [name, object({ value: leaf, ...Object.fromEntries(names.map((to) => [to, ref(to)])) })]),
    )
  const findings = group(diffDocuments(documentWith(all(text)), documentWith(all({ type: 'integer' }))))
  expect(findings.map(({ subject }) => subject).sort()).toEqual(names.map((name) => `${name}.value`).sort())
})
