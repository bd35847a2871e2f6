/**
 * Part A of the spec is a published wire contract: this table holds it fast. What the YAML adds to it is free.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { operations, schemas, specVersion } from '../../generated/constraints.js'
import { assertDocument, entries, isObject, type JsonObject, resolve } from 'sandbox-sessions-openapi'

const parsed: unknown = parse(readFileSync(new URL('../../sandbox-api-spec.yaml', import.meta.url), 'utf8'))
assertDocument(parsed)
const document = parsed

const published: Partial<Record<keyof typeof operations, readonly [string, string, readonly number[]]>> = {
  createSession: ['POST', '/sessions', [200, 400, 401, 429, 500]],
  listSessions: ['GET', '/sessions', [200, 401]],
  getSession: ['GET', '/sessions/{sessionId}', [200, 401, 404]],
  deleteSession: ['DELETE', '/sessions/{sessionId}', [200, 401, 404]],
  executeCommand: ['POST', '/sessions/{sessionId}/commands', [200, 400, 401, 404, 408]],
  executeCode: ['POST', '/sessions/{sessionId}/code', [200, 400, 401, 404, 408]],
  uploadFile: ['POST', '/sessions/{sessionId}/files', [201, 400, 401, 404, 409, 413]],
  downloadFile: ['GET', '/sessions/{sessionId}/files', [200, 401, 404]],
  healthCheck: ['GET', '/health', [200]],
}
/** Every object in a document, with the way to it. */
function* objects(node: unknown, way = '#'): Generator<[string, JsonObject]> {
  if (Array.isArray(node)) {
    for (const [index, each] of node.entries()) yield* objects(each, `${way}/${index}`)
  } else if (isObject(node)) {
    yield [way, node]
    for (const [key, each] of Object.entries(node)) yield* objects(each, `${way}/${key}`)
  }
}

function names(value: unknown): string[] {
  return Object.keys(isObject(value) ? value : {})
}

describe('version 1.0.0 is kept', () => {
  test.each(Object.entries(published))('%s', (operationId, [method, path, statuses]) => {
    const operation = Object.entries(operations).find(([name]) => name === operationId)?.[1]
    expect(operation).toMatchObject({ method, path, secured: operationId !== 'healthCheck' })
    const found: readonly number[] = operation?.statuses ?? []
    expect(found).toEqual(expect.arrayContaining([...statuses]))
    // 206 comes only to those who ask for a range.
    expect(found.filter((status) => status < 300 && status !== 206)).toEqual([statuses[0]])
  })

  test('limits, defaults and required properties', () => {
    const request = { type: 'integer', required: false }
    expect(schemas.CreateSessionRequest.properties.ttl).toEqual({
      ...request,
      minimum: 60,
      maximum: 28800,
      default: 3600,
    })
    expect(operations.listSessions.parameters.limit).toMatchObject({
      ...request,
      minimum: 1,
      maximum: 100,
      default: 50,
    })
    expect(operations.listSessions.parameters.offset).toMatchObject({ ...request, minimum: 0, default: 0 })
    for (const { properties } of [schemas.CommandRequest, schemas.CodeRequest]) {
      expect(properties.timeout).toEqual({ ...request, minimum: 1, maximum: 300, default: 60 })
    }
    expect(schemas.CommandRequest.properties.command).toMatchObject({ type: 'string', required: true })
    expect(schemas.CodeRequest.properties.code).toMatchObject({ type: 'string', required: true })
    expect(schemas.CodeRequest.properties.language).toEqual({
      type: 'string',
      enum: ['python', 'javascript', 'bash'],
      default: 'python',
      required: false,
    })
    expect(operations.uploadFile.parameters.overwrite).toMatchObject({ type: 'boolean', default: false })
    expect(schemas.SessionId.format).toBe('uuid')
  })

  test.each([
    ['Session', ['sessionId', 'status', 'createdAt', 'expiresAt'], ['lastActivityAt', 'metadata']],
    ['SessionList', ['sessions', 'total', 'limit', 'offset'], []],
    ['CommandResult', ['status', 'exitCode'], ['stdout', 'stderr']],
    ['FileInfo', ['name', 'path', 'type', 'size'], ['permissions', 'createdAt', 'modifiedAt', 'checksum']],
    ['Error', ['error', 'message'], ['details', 'timestamp', 'requestId']],
  ] as const)('%s', (name, required, optional) => {
    const properties: Record<string, { required: boolean }> = schemas[name].properties
    const found = Object.entries(properties)
    expect(found.filter(([, property]) => property.required).map(([each]) => each)).toEqual(required)
    expect(found.map(([each]) => each)).toEqual(expect.arrayContaining([...required, ...optional]))
  })

  test('values', () => {
    expect(schemas.SessionStatus.enum).toEqual(['running', 'paused'])
    expect(schemas.CommandStatus.enum).toEqual(['completed', 'failed', 'timeout'])
    expect(schemas.FileType.enum).toEqual(['file', 'directory', 'symlink'])
    expect(schemas.CommandResult.properties.exitCode.type).toEqual(['integer', 'null'])
  })
})

describe('the document', () => {
  test('is what its tools need it to be', () => {
    expect(document).toMatchObject({
      jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
      info: { version: specVersion },
      servers: [{ url: 'https://api.sandbox.example.com/v1' }, { url: 'http://localhost:8080/v1' }],
      security: [{ bearerAuth: [] }, { apiKeyAuth: [] }],
    })
  })

  test('documents 401, 429, 500 and 503 on every secured operation', () => {
    for (const [operationId, { secured, statuses }] of Object.entries(operations)) {
      const common: readonly number[] = secured ? [401, 429, 500, 503] : []
      expect(statuses, operationId).toEqual(expect.arrayContaining([...common]))
    }
  })

  test('has an example for every body, a request id on every response and an Error for every failure', () => {
    for (const [path, item] of Object.entries(document.paths)) {
      for (const [method, operation] of entries(item)) {
        if (!isObject(operation) || !isObject(operation['responses'])) continue
        const request = operation['requestBody']
        const bodies = isObject(request) ? [request['content']] : []
        for (const [status, reference] of Object.entries(operation['responses'])) {
          const response = resolve(document, reference)
          const where = `${method} ${path} ${status}`
          expect(names(response['headers']), where).toContain('X-Request-Id')
          bodies.push(response['content'])
          if (Number(status) < 400) continue
          expect(JSON.stringify(response['content']), where).toContain('#/components/schemas/Error')
        }
        for (const content of bodies) {
          for (const [type, media] of Object.entries(isObject(content) ? content : {})) {
            const examples = isObject(media) ? media['examples'] : undefined
            expect(names(examples).length, `${method} ${path} ${type}`).toBeGreaterThan(0)
          }
        }
      }
    }
  })

  test('has no object without a name', () => {
    for (const [way, node] of objects({ ...document, components: { ...document.components, examples: {} } })) {
      if (node['type'] === 'object') expect(way).toMatch(/^#\/components\/schemas\/\w+$/)
    }
  })

  test('uses every known error code', () => {
    const used = new Set<unknown>()
    for (const [, node] of objects(document.components['examples'])) used.add(node['error'])
    const { enum: codes } = schemas.KnownErrorCode
    expect(codes.filter((code) => !used.has(code) && code !== 'NOT_FOUND' && code !== 'METHOD_NOT_ALLOWED')).toEqual([])
  })
})
