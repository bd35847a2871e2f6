/**
 * Every answer that the spec documents, given by the local server itself and held against the spec on its way here; and with
 * them every kind of request that Prism skips.
 */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { loadSpec } from 'sandbox-sessions-conformance'
import { isObject } from 'sandbox-sessions-openapi'
import type { Session } from '../../src/index.js'
import { plainRequest } from '../contract/support/plain-request.js'
import { prismSkips } from '../contract/support/prism-skips.js'
import { connect } from '../support/client.js'

const spec = await loadSpec()
const json = { 'content-type': 'application/json' }
const bytes = { 'content-type': 'application/octet-stream' }

/** Not for a test to bring about on a server that others use, or not at all. */
const elsewhere: ReadonlySet<number> = new Set([
  // A gateway's answer.
  408,
  // test/contract/busy-server.test.ts
  429, 503,
  // An error that the server does not know is nothing that it does on demand.
  500,
])

interface Call {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: RequestInit['body']
}

async function call(line: string, { headers, body }: Call = {}): Promise<Response> {
  const [method = '', target = ''] = line.split(' ')
  const response = await fetch(inject('apiUrl') + target, {
    method,
    headers: { authorization: `Bearer ${inject('bearerToken')}`, ...headers },
    ...(body !== undefined && { body }),
  })
  await response.clone().arrayBuffer()
  return response
}

async function statusOf(line: string, options?: Call): Promise<number> {
  return (await call(line, options)).status
}

describe('every documented answer', () => {
  const client = connect()
  let session: Session
  let at: string

  beforeAll(async () => {
    session = await client.createSession()
    at = `/sessions/${session.sessionId}`
  })

  afterAll(async () => {
    await session.delete()
    client.close()
  })

  const secured = spec.operations.filter(({ responses }) => responses.has(401)).map((each) => [each.id, each] as const)
  const ofSessions = secured.filter(([, { path }]) => path.includes('{sessionId}'))

  test.each(secured)('401 of %s', async (_, operation) => {
    const [line, options] = plainRequest(operation, randomUUID())
    for (const authorization of ['Bearer wrong', '']) {
      expect(await statusOf(line, { ...options, headers: { ...options.headers, authorization } })).toBe(401)
    }
  })

  test.each(ofSessions)('404 and 400 of %s', async (_, operation) => {
    expect(await statusOf(...plainRequest(operation, randomUUID()))).toBe(404)
    expect(await statusOf(...plainRequest(operation, 'no-uuid'))).toBe(400)
  })

  test('400 of lists, and of what is sent twice or is none of what is allowed', async () => {
    expect(await statusOf('GET /sessions?limit=0')).toBe(400)
    expect(await statusOf('GET /sessions?limit=1&limit=2')).toBe(400)
    expect(await statusOf(`GET ${at}/files`)).toBe(400)
    expect(await statusOf(`GET ${at}/files?filePath=a`, { headers: { range: 'lines=1-2' } })).toBe(400)
    expect(await statusOf('POST /sessions', { headers: json, body: '{"ttl":"60"}' })).toBe(400)
    expect(await statusOf('POST /sessions', { headers: json, body: '{' })).toBe(400)
    expect(await statusOf('POST /sessions', { headers: json, body: '{"image":"windows:11"}' })).toBe(400)
    expect(await statusOf('POST /sessions', { headers: { 'content-type': 'text/plain' }, body: 'ttl=60' })).toBe(400)
    expect(await statusOf(`PATCH ${at}`)).toBe(400)
    expect(await statusOf(`POST ${at}/commands`, { headers: json, body: '{"command":"ls","env":{"A":1}}' })).toBe(400)
    const form = new FormData()
    form.set('data', 'content')
    expect(await statusOf(`POST ${at}/files?path=a`, { body: form })).toBe(400)
  })

  test('400 of limits and hosts, and 200 of metrics', async () => {
    expect(await statusOf('POST /sessions', { headers: json, body: '{"resources":{"gpu":1}}' })).toBe(400)
    expect(await statusOf('POST /sessions', { headers: json, body: '{"network":{"allow":["example.com"]}}' })).toBe(400)
    expect(await statusOf(`GET ${at}/metrics`)).toBe(200)
  })

  test('404 and 405 of what is no operation', async () => {
    expect(await statusOf('GET /nowhere')).toBe(404)
    expect(await statusOf('PUT /sessions')).toBe(405)
    expect(await statusOf(`POST ${at}`)).toBe(405)
  })

  test('409 of states', async () => {
    const other = await client.createSession()
    await other.pause()
    const paused = `/sessions/${other.sessionId}`
    expect(await statusOf(`POST ${paused}/pause`)).toBe(409)
    expect(await statusOf(`POST ${paused}/commands`, { headers: json, body: '{"command":"true"}' })).toBe(409)
    expect(await statusOf(`POST ${paused}/code`, { headers: json, body: '{"code":"1"}' })).toBe(409)
    const headers = { ...json, accept: 'text/event-stream' }
    expect(await statusOf(`POST ${paused}/commands`, { headers, body: '{"command":"true"}' })).toBe(409)
    await other.resume()
    expect(await statusOf(`POST ${paused}/resume`)).toBe(409)
    await other.delete()
  })

  test('409 of files', async () => {
    const upload = { headers: bytes, body: 'x' }
    expect(await statusOf(`POST ${at}/files?path=taken/file`, upload)).toBe(201)
    expect(await statusOf(`POST ${at}/files?path=taken/file`, upload)).toBe(409)
    expect(await statusOf(`POST ${at}/files?path=taken&overwrite=true`, upload)).toBe(409)
    expect(await statusOf(`DELETE ${at}/files?filePath=taken`)).toBe(409)
    expect(await statusOf(`DELETE ${at}/files?filePath=taken&recursive=true`)).toBe(204)
  })

  test('409 and 422 of idempotency keys', async () => {
    const ids = new Set<string>()
    const create = async (key: string, ttl: number): Promise<number> => {
      const response = await call('POST /sessions', {
        headers: { ...json, 'idempotency-key': key },
        body: JSON.stringify({ ttl }),
      })
      const body: unknown = await response.json()
      if (response.ok && isObject(body)) ids.add(String(body['sessionId']))
      return response.status
    }
    // Which of two calls is still in flight when the other comes is not for the test to say.
    let key: string
    let statuses: number[]
    do {
      key = randomUUID()
      statuses = await Promise.all([create(key, 60), create(key, 60), create(key, 60)])
    } while (!statuses.includes(409))
    expect(await create(key, 60)).toBe(200)
    expect(await create(key, 61)).toBe(422)
    for (const id of ids) await client.deleteSession(id)
  })

  test('413 of bodies', async () => {
    const long = 'x'.repeat(1024 ** 2)
    for (const [line, body] of [
      ['POST /sessions', { metadata: { long } }],
      [`PATCH ${at}`, { ttl: 60, long }],
      [`POST ${at}/commands`, { command: 'true', stdin: long }],
      [`POST ${at}/code`, { code: long }],
    ] as const) {
      expect(await statusOf(line, { headers: json, body: JSON.stringify(body) }), line).toBe(413)
    }
    const file = new Uint8Array(8 * 1024 ** 2 + 1)
    expect(await statusOf(`POST ${at}/files?path=large`, { headers: bytes, body: file })).toBe(413)
  })

  test('200, 206 and 416 of ranges', async () => {
    await session.files.upload('range', '0123456789', { overwrite: true })
    const get = async (headers: Readonly<Record<string, string>>): Promise<[number, string]> => {
      const response = await call(`GET ${at}/files?filePath=range`, { headers })
      return [response.status, response.ok ? await response.text() : '']
    }
    const etag = (await call(`GET ${at}/files?filePath=range`)).headers.get('etag') ?? ''
    expect(await get({ range: 'bytes=2-4' })).toEqual([206, '234'])
    expect(await get({ range: 'bytes=-3', 'if-range': etag })).toEqual([206, '789'])
    expect(await get({ range: 'bytes=2-4', 'if-range': '"another"' })).toEqual([200, '0123456789'])
    expect(await get({ range: 'bytes=10-' })).toEqual([416, ''])
    expect(await get({ accept: 'text/plain' })).toEqual([200, '0123456789'])
  })

  test('success of what is left, with ids of its own', async () => {
    const headers = { 'x-request-id': `own-${randomUUID()}` }
    for (const line of ['GET /health', 'GET /sessions?later=1', `GET ${at}`, `GET ${at}/files/list?recursive=true`]) {
      expect((await call(line, { headers })).headers.get('x-request-id'), line).toBe(headers['x-request-id'])
    }
    expect(await statusOf(`GET ${at}`, { headers: { 'x-request-id': 'x'.repeat(200) } })).toBe(200)
    expect(await statusOf(`PATCH ${at}`, { headers: json, body: '{"ttl":600}' })).toBe(200)
    expect(await statusOf(`GET ${at}/files/stat?filePath=range&checksum=true`)).toBe(200)
    expect(await statusOf(`POST ${at}/code`, { headers: json, body: '{"code":"1"}' })).toBe(200)
    const form = new FormData()
    form.set('file', new Blob(['content']), 'from a form')
    expect(await statusOf(`POST ${at}/files`, { body: form })).toBe(201)
    await using other = await client.createSession()
    await other.pause()
    await other.resume()
    expect((await other.run('true')).ok).toBe(true)
  })

  test('was seen', async () => {
    const counts: unknown = await (await fetch(inject('seenUrl'))).json()
    const seen = new Set(Object.keys(isObject(counts) ? counts : {}))
    const documented = spec.operations.flatMap(({ id, responses }) =>
      [...responses.keys()].filter((status) => !elsewhere.has(status)).map((status) => `${id} ${status}`),
    )
    expect(documented.filter((answer) => !seen.has(answer))).toEqual([])
    const skips = prismSkips.map(({ name }) => `past Prism: ${name}`)
    expect(skips.filter((skip) => !seen.has(skip))).toEqual([])
  })
})
