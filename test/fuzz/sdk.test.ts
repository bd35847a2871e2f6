/** The SDK's reading of answers, fed with what the spec's schemas allow, and with what they forbid. */
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadSpec } from 'sandbox-sessions-conformance'
import { isObject, type JsonObject } from 'sandbox-sessions-openapi'
import {
  ConflictError,
  RateLimitError,
  SandboxAPIError,
  SandboxConnectionError,
  SandboxOperationError,
  SandboxTimeoutError,
  ServiceUnavailableError,
  SessionNotFoundError,
  UnauthorizedError,
} from '../../src/index.js'
import { thrownBy } from '../support/client.js'
import { lostValues } from './support/carried.js'
import { decoded, encoded, isInBase64 } from './support/encoded-output.js'
import { SchemaGenerators } from './support/generators.js'
import { type PreparedServer, preparedServer } from './support/prepared-server.js'
import { byteCalls, sdkCalls, uploadedContent } from './support/sdk-calls.js'
import { fuzzSeed } from './support/seed.js'

const seed = fuzzSeed('sdk')
const spec = await loadSpec()
const generators = new SchemaGenerators(spec)
const errorSchema: JsonObject = { $ref: '#/components/schemas/Error' }

let server: PreparedServer
beforeAll(async () => (server = await preparedServer()))
afterAll(() => server[Symbol.asyncDispose]())

function settings(numRuns: number): fc.Parameters<unknown> {
  return { seed, numRuns, endOnFailure: true }
}

/** @param body - what it is answered with. A result in base64 is what comes of asking for bytes. */
function call(id: string, body?: unknown): PromiseLike<unknown> {
  const make = (isInBase64(body) ? byteCalls[id] : undefined) ?? sdkCalls[id]
  if (make === undefined) throw new Error(`The test has no call of ${id}`)
  return make(server.client)
}

/** Another size than was sent is an error of an upload. */
function asSent(id: string): (body: unknown) => unknown {
  return (body) =>
    id === 'uploadFile' && isObject(body) && Number.isInteger(body['size'])
      ? { ...body, size: uploadedContent.length }
      : body
}

function answer(status: number, body: string | Uint8Array, more: { type?: string; breaksOff?: boolean } = {}): void {
  server.answerWith({ status, pieces: [Buffer.from(body)], ...more })
}

/** What the call throws, which must be an error of the SDK and no hang. */
async function refusalOf(id: string, body?: unknown): Promise<SandboxAPIError> {
  const error = await thrownBy(() => call(id, body))
  expect(error).toBeInstanceOf(SandboxAPIError)
  expect(error).not.toBeInstanceOf(SandboxTimeoutError)
  if (!(error instanceof SandboxAPIError)) throw error
  expect(error.message).not.toBe('')
  return error
}

const withJson = spec.operations.flatMap(({ id, responses }) =>
  [...responses].flatMap(([status, { content }]): [string, number, JsonObject][] => {
    const schema = content.get('application/json')?.schema
    return status < 300 && schema !== undefined ? [[id, status, schema]] : []
  }),
)
const refusals = spec.operations.flatMap(({ id, responses }) =>
  [...responses.keys(), 418, 502].filter((status) => status >= 400).map((status): [string, number] => [id, status]),
)

test('every operation is called', () => {
  expect(Object.keys(sdkCalls).sort()).toEqual(spec.operations.map(({ id }) => id).sort())
  expect(withJson).toHaveLength(13)
})

describe.each(withJson)('%s', (id, status, schema) => {
  test('valid bodies arrive with all their values', async () => {
    const bodies = fc.oneof(generators.valid(schema), generators.boundary(schema)).map(encoded).map(asSent(id))
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const text = JSON.stringify(body)
        answer(status, text)
        const domain = await call(id, body)
        const wire: unknown = JSON.parse(text)
        expect(lostValues(decoded(wire), domain)).toEqual([])
      }),
      settings(25),
    )
  })

  test('a missing field and one of a wrong type are named; the rest passes', async () => {
    for (const { kind, at, name, values } of generators.changes(schema)) {
      const field = at.split('.').at(-1)?.replace('[]', '') ?? ''
      await fc.assert(
        fc.asyncProperty(values.map(encoded).map(asSent(id)), async (body) => {
          answer(status, JSON.stringify(body))
          const mayPass = !(kind === 'missing' || kind === 'wrong type' || (kind === 'null' && isRequired(schema, at)))
          if (mayPass) await passesOrNames(id, field, body)
          else {
            const error = await refusalOf(id, body)
            expect(error, `${at} ${name}`).toBeInstanceOf(SandboxConnectionError)
            expect(error.message).toContain(field === '' ? 'is not an object' : field)
          }
        }),
        settings(2),
      )
    }
  })

  test('what a later version adds passes', async () => {
    const bodies = fc.tuple(generators.valid(schema).map(encoded).map(asSent(id)).filter(isObject), fc.jsonValue())
    await fc.assert(
      fc.asyncProperty(bodies, async ([body, value]) => {
        answer(status, JSON.stringify({ ...body, addedLater: value }))
        expect(lostValues(decoded(body), await call(id, body))).toEqual([])
      }),
      settings(5),
    )
  })

  test('JSON that is cut off anywhere, also by the end of the connection, is a connection error', async () => {
    const cuts = fc.tuple(
      generators.valid(schema),
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      fc.boolean(),
    )
    await fc.assert(
      fc.asyncProperty(cuts, async ([body, share, breaksOff]) => {
        const bytes = Buffer.from(JSON.stringify(body))
        answer(status, bytes.subarray(0, Math.floor(bytes.length * share)), { breaksOff })
        expect(await refusalOf(id)).toBeInstanceOf(SandboxConnectionError)
      }),
      settings(10),
    )
  })

  test('anything else for a body is a connection error', async () => {
    const bodies = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .constantFrom('', '<html>', 'null', '[]', '"text"', '0', '{}{}', '\ufeff', '['.repeat(100_000))
        .map((text) => Buffer.from(text)),
    )
    await fc.assert(
      fc.asyncProperty(bodies, fc.constantFrom('application/json', 'text/html', ''), async (body, type) => {
        answer(status, body, { type })
        expect(await refusalOf(id)).toBeInstanceOf(SandboxConnectionError)
      }),
      settings(10),
    )
  })
})

describe.each(refusals)('%s, answered with %i', (id, status) => {
  test('is an error of its class, whatever the body', async () => {
    const bodies = fc.oneof(
      generators.valid(errorSchema).map((value) => JSON.stringify(value)),
      generators.boundary(errorSchema).map((value) => JSON.stringify(value)),
      generators.broken(errorSchema).map(({ value }) => JSON.stringify(value)),
      generators.valid(errorSchema).map((value) => JSON.stringify(value).slice(0, -3)),
      fc.constantFrom('', '<html><h1>Bad gateway</h1>', 'null', '{}', '[1]', '\ud800'),
    )
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        answer(status, body)
        const error = await refusalOf(id)
        expect(error.statusCode).toBe(status)
        expect(error).toBeInstanceOf(classOf(status, id, error.errorCode))
        const wire = parsed(body)
        const code =
          isObject(wire) && typeof wire['error'] === 'string' && wire['error'] !== '' ? wire['error'] : undefined
        expect(error.errorCode).toBe(code)
        if (isObject(wire) && typeof wire['message'] === 'string') expect(error.message).toContain(wire['message'])
      }),
      settings(4),
    )
  })
})

function classOf(status: number, id: string, code: string | undefined): new (...args: never) => Error {
  const onSession = spec.operation(id)?.path.includes('{sessionId}') === true
  switch (status) {
    case 401:
      return UnauthorizedError
    case 404:
      return onSession && code !== 'FILE_NOT_FOUND' ? SessionNotFoundError : SandboxOperationError
    case 409:
      return ConflictError
    case 429:
      return RateLimitError
    case 503:
      return ServiceUnavailableError
    default:
      return SandboxOperationError
  }
}

async function passesOrNames(id: string, field: string, body: unknown): Promise<void> {
  try {
    await call(id, body)
  } catch (error) {
    expect(error).toBeInstanceOf(SandboxConnectionError)
    expect(error).toHaveProperty('message', expect.stringContaining(field))
  }
}

/** Whether the object that has the place demands it. An item of a list is always demanded. */
function isRequired(schema: JsonObject, at: string): boolean {
  if (at === '' || at.endsWith('[]')) return true
  const [first = '', ...rest] = at.split('.')
  const { required, properties } = spec.resolve(schema)
  const name = first.replace('[]', '')
  if (rest.length === 0) return Array.isArray(required) && required.includes(name)
  const property = isObject(properties) ? spec.resolve(properties[name]) : {}
  const inner = first.endsWith('[]') ? property['items'] : property
  return isRequired(isObject(inner) ? inner : {}, rest.join('.'))
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return value
  } catch {
    return undefined
  }
}
