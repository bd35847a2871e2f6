/** The reader of specs and the judge of exchanges, with documents that are none of the Sandbox API. */
import { describe, expect, test } from 'vitest'
import {
  type Conventions,
  lookUp,
  readDocument,
  resolve,
  responseOf,
  Spec,
  SpecChecker,
} from 'sandbox-sessions-openapi'

const json = (schema: object) => ({ content: { 'application/json': { schema } } })
const text = { type: 'string' }

function specOf(paths: object, components: object = {}): Spec {
  const info = { title: 'Any', version: '3.2.1' }
  return new Spec({ openapi: '3.1.0', info, paths, components: { schemas: {}, ...components } })
}

const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

function exchange(target: string, status: number, value: unknown, headers: Record<string, string> = {}) {
  return {
    request: { method: 'GET', target, headers: new Headers(), body: new Uint8Array() },
    response: {
      status,
      headers: new Headers({ 'content-type': 'application/json', ...headers }),
      body: encode(value),
    },
  }
}

describe('a reference', () => {
  const { document } = specOf(
    { '/a/{id}': { get: { operationId: 'a', responses: { 200: { description: 'It.' } } } } },
    { schemas: { 'a~b/c': { type: 'integer' }, List: { anyOf: [text, { maximum: 5 }] }, '100%': { minimum: 1 } } },
  )

  test.each([
    ['#/components/schemas/a~0b~1c', { type: 'integer' }],
    ['#/components/schemas/a%7E0b~1c', { type: 'integer' }],
    ['#/components/schemas/List/anyOf/1', { maximum: 5 }],
    ['#/components/schemas/100%', { minimum: 1 }],
    ['#/paths/~1a~1%7Bid%7D/get/operationId', 'a'],
  ])('%s is followed', (ref, wanted) => {
    expect(lookUp(document, ref)).toEqual(wanted)
  })

  test.each([
    ['#/components/schemas/None', 'Nothing is at #/components/schemas/None.'],
    ['#/components/schemas/constructor', 'Nothing is at #/components/schemas/constructor.'],
    ['#/components/schemas/List/anyOf/length', 'Nothing is at #/components/schemas/List/anyOf/length.'],
    ['#/components/schemas/List/anyOf/2', 'Nothing is at #/components/schemas/List/anyOf/2.'],
    ['other.yaml#/A', 'other.yaml#/A is not within the document.'],
    [5, '5 is not within the document.'],
  ])('%s leads nowhere', (ref, message) => {
    expect(() => lookUp(document, ref)).toThrow(new Error(message))
    expect(() => resolve(document, { $ref: ref })).toThrow(new Error(message))
  })

  test('gives way to what stands beside it', () => {
    expect(resolve(document, { $ref: '#/components/schemas/100%', minimum: 2, title: 'Two' })).toEqual({
      minimum: 2,
      title: 'Two',
    })
  })
})

describe('an operation', () => {
  test('is read with what its path has in common', () => {
    const parameter = { name: 'id', in: 'path', required: true, schema: text }
    const { operations, version } = specOf({
      '/a/{id}': { parameters: [parameter], head: { operationId: 'look', responses: {} } },
    })
    expect(version).toBe('3.2.1')
    expect(operations).toMatchObject([{ id: 'look', method: 'HEAD', path: '/a/{id}', parameters: [parameter] }])
  })

  test.each([
    ['without a name', { '/a': { get: { responses: {} } } }, 'GET /a has no operationId.'],
    [
      'with the name of another',
      { '/a': { get: { operationId: 'a' } }, '/b': { get: { operationId: 'a' } } },
      'GET /b has the operationId of another operation: a.',
    ],
    ['in a path that is empty', { '/a': null }, 'It has null where an object should be.'],
  ])('%s is refused', (_, paths, message) => {
    expect(() => specOf(paths)).toThrow(new Error(message))
  })

  const ranged = specOf({
    '/a': {
      get: {
        operationId: 'a',
        responses: {
          200: json({ type: 'integer' }),
          404: json({ type: 'null' }),
          '4XX': json(text),
          default: json({ type: 'boolean' }),
        },
      },
    },
  })

  test.each([
    [200, 1],
    [404, null],
    [410, 'gone'],
    [500, true],
  ])('answers %i by itself, by its range or by default', (status, value) => {
    const checker = new SpecChecker(ranged)
    expect(checker.check(exchange('/a', status, value))).toEqual([])
    expect(checker.check(exchange('/a', status, {}))).toMatchObject([{ kind: 'invalid' }])
  })

  test('has no answer for a status of no range', () => {
    const [operation] = specOf({ '/a': { get: { operationId: 'a', responses: { '2XX': json(text) } } } }).operations
    expect(operation && responseOf(operation, 299)).toBeDefined()
    expect(operation && responseOf(operation, 300)).toBeUndefined()
  })
})

describe('a judge', () => {
  const security = [{ basic: [] }, { key: [] }]
  const securitySchemes = {
    basic: { type: 'http', scheme: 'basic' },
    key: { type: 'apiKey', in: 'header', name: 'X-Key' },
  }
  const form = {
    content: {
      'multipart/form-data': {
        schema: { type: 'object', required: ['photo'], properties: { photo: text, note: text } },
      },
    },
  }
  const post = { operationId: 'post', security, requestBody: form, responses: { 204: { description: 'Done.' } } }
  const checker = new SpecChecker(specOf({ '/photos': { post } }, { securitySchemes }))

  function problemsOf(headers: Record<string, string>, part: string): readonly string[] {
    const body = `--b\r\nContent-Disposition: form-data; name="${part}"\r\n\r\nx\r\n--b--\r\n`
    return checker
      .checkRequest({
        method: 'POST',
        target: '/photos',
        headers: new Headers({ 'content-type': 'multipart/form-data; boundary=b', ...headers }),
        body: new TextEncoder().encode(body),
      })
      .map(({ message }) => message)
  }

  test('takes the credentials that the document names, and no others', () => {
    expect(problemsOf({ authorization: 'Basic dXNlcjpwYXNz' }, 'photo')).toEqual([])
    expect(problemsOf({ 'x-key': 'secret' }, 'photo')).toEqual([])
    for (const authorization of ['Bearer token', 'Basic', 'Basic ']) {
      expect(problemsOf({ authorization }, 'photo')).toEqual(['the request has no credentials'])
    }
  })

  test('wants the parts of a form that the document requires', () => {
    expect(problemsOf({ 'x-key': 'secret' }, 'note')).toEqual(['the form has no part named photo'])
  })

  test('knows what an API promises beyond its document when it is told', () => {
    const parameters = [{ name: 'X-Trace', in: 'header', schema: { ...text, minLength: 3 } }]
    const events = { content: { 'text/event-stream': { schema: text } } }
    const spec = specOf({
      '/a': { get: { operationId: 'a', parameters, responses: { 200: events, 500: json({ type: 'object' }) } } },
    })
    const conventions: Conventions = {
      noOperation: { statuses: [410], schema: text },
      requestId: { header: 'X-Trace', property: 'trace', isError: (body) => 'problem' in body },
      events: {
        tick: { schema: { type: 'integer' } },
        end: { schema: text, isLast: true, check: (data) => (data === '' ? 'says nothing' : undefined) },
      },
    }
    const plain = new SpecChecker(spec, { otherHeaders: true })
    const told = new SpecChecker(spec, { otherHeaders: true, conventions })
    const stream = (...lines: readonly string[]) => {
      const { request, response } = exchange('/a', 200, undefined, { 'content-type': 'text/event-stream' })
      return { request, response: { ...response, body: new TextEncoder().encode(lines.join('\n\n') + '\n\n') } }
    }
    const messages = (each: SpecChecker, found: Parameters<SpecChecker['check']>[0]): readonly string[] =>
      each.check(found).map(({ message }) => message)

    const bad = stream('event: tick\ndata: "x"', 'event: other\ndata: 1', 'event: end\ndata: ""')
    expect(messages(plain, bad)).toEqual([])
    expect(messages(told, bad)).toEqual([
      'event 1 (tick) must be integer',
      'event 2 (other) is not in the spec',
      'event 3 (end) says nothing',
    ])
    expect(messages(told, stream('event: tick\ndata: 1'))).toEqual(['the event stream ends without end'])

    const failed = exchange('/a', 500, { problem: 'it', trace: 'other' }, { 'x-trace': 'mine' })
    expect(messages(plain, failed)).toEqual([])
    expect(messages(told, failed)).toEqual(["the Error's trace is not the X-Trace mine"])

    expect(told.checkResponse(exchange('/nowhere', 410, 'gone'))).toEqual([])
    expect(plain.checkResponse(exchange('/nowhere', 410, 'gone'))).toMatchObject([{ kind: 'undocumented' }])
  })
})

test('a file that can not be read is told in one line, with its name', async () => {
  await expect(readDocument('no-such-file.yaml')).rejects.toThrow(
    new Error("no-such-file.yaml can't be used. There is no such file."),
  )
})
