/** What the SDK itself needs of a spec, as it is generated. */
import { expect, test } from 'vitest'
import { generateCalls } from 'sandbox-sessions-codegen'
import { assertDocument, type Document } from 'sandbox-sessions-openapi'

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` })

function documentOf(paths: object, schemas: object): Document {
  const document: unknown = {
    openapi: '3.1.0',
    info: { title: 'Own', version: '1.0.0' },
    paths,
    components: { schemas },
  }
  assertDocument(document)
  return document
}

function answering(schema: object): object {
  return {
    default: { description: 'Not.', content: { 'application/json': { schema: ref('Error') } } },
    201: { description: 'It.', content: { 'text/plain': {}, 'application/json': { schema } } },
  }
}

/** What is generated, without layout. */
function calls(paths: object, schemas: object): string {
  return generateCalls(documentOf(paths, schemas)).replace(/\s+/g, '')
}

test('routes name the body that is answered', () => {
  const found = calls(
    {
      '/things': {
        post: { operationId: 'createThing', responses: answering(ref('Thing')) },
        get: { operationId: 'readThing', responses: { 200: { description: 'Bytes.', content: { 'text/plain': {} } } } },
      },
    },
    { Thing: { type: 'object', properties: {} } },
  )
  expect(found).toContain('{"createThing":["POST","/things","Thing"],"readThing":["GET","/things"]}')
})

test('answers have no more than is checked, with the bodies that they hold', () => {
  const properties = {
    id: { type: 'string', pattern: 'a' },
    size: { type: ['integer', 'null'], minimum: 0 },
    at: { type: 'string', format: 'date-time' },
    any: {},
    words: { type: 'array', items: { type: 'string' } },
    part: ref('Part'),
    parts: { type: 'array', items: ref('Part') },
  }
  const found = calls(
    { '/thing': { get: { operationId: 'getThing', responses: answering(ref('Thing')) } } },
    {
      Thing: { type: 'object', required: ['id', 'part'], properties },
      Part: { type: 'object', properties: { whole: ref('Thing') } },
      Other: { type: 'object', properties: {} },
    },
  )
  expect(found).toContain(
    '{"Thing":{"id":"string","size?":"integer|null","at?":"date-time","any?":"unknown","words?":"string[]","part":"Part","parts?":["Part"]},' +
      '"Part":{"whole?":"Thing"}}asconst',
  )
})

test('limits are those of the numbers in parameters and bodies', () => {
  const limit = { name: 'limit', in: 'query', schema: { type: 'integer', minimum: 1, maximum: 9, default: 5 } }
  const count = { name: 'count', in: 'query', schema: { type: 'integer', minimum: 0 } }
  const body = { content: { 'application/json': { schema: ref('Request') } } }
  const post = { operationId: 'makeThing', parameters: [count], requestBody: body, responses: {} }
  const found = calls(
    { '/thing': { parameters: [limit], post, get: { operationId: 'getThing', responses: {} } } },
    { Request: { type: 'object', properties: { ttl: ref('Ttl'), name: { type: 'string' } } }, Ttl: { maximum: 7 } },
  )
  expect(found).toContain(
    '"makeThing":{"limit":{"minimum":1,"maximum":9,"default":5},"count":{"minimum":0},"ttl":{"maximum":7}},' +
      '"getThing":{"limit":{"minimum":1,"maximum":9,"default":5}}',
  )
})

test('a body without a name is refused', () => {
  const get = { operationId: 'getThing', responses: answering({ type: 'object' }) }
  expect(() => calls({ '/thing': { get } }, {})).toThrow('getThing answers a body without a name.')
})
