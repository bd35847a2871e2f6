import { afterAll, beforeAll, expect, test } from 'vitest'
import { exchange, trickle } from 'sandbox-sessions-testkit/raw'
import { TestServer } from 'sandbox-sessions-testkit/test-server'

/** Matches every string, without the type that matches everything. */
const anyString: unknown = expect.any(String)

let server: TestServer
let id: string
beforeAll(async () => {
  server = await TestServer.start({
    limits: { maxBodyBytes: 20_000, headersTimeoutMs: 300, bodyIdleTimeoutMs: 300, maxHeaderBytes: 8_192 },
  })
  id = await server.session()
})
afterAll(() => server.close())

const credentials = () => `Host: x\r\nAuthorization: Bearer ${server.server.token ?? ''}\r\n`

/** Every error is an Error of the spec that carries the id of its request, and no stack. */
function expectError(answer: string, status: number, code: string): void {
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
  const requestId = /^x-request-id: (\S+)\r$/im.exec(answer)?.[1]
  const body: unknown = JSON.parse(answer.slice(answer.indexOf('{'), answer.lastIndexOf('}') + 1))
  expect(body).toMatchObject({ error: code, requestId, message: anyString, timestamp: anyString })
  expect(answer).not.toMatch(/node_modules|\bat .*:\d+:\d+/)
}

test.each([
  ['no HTTP at all', 'garbage\r\n\r\n', 400, 'INVALID_PARAMETER'],
  ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00', 400, 'INVALID_PARAMETER'],
  ['no Host', 'GET /v1/health HTTP/1.1\r\n\r\n', 400, 'INVALID_PARAMETER'],
  ['huge headers', `GET /v1/health HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431, 'INVALID_PARAMETER'],
  ['headers that never end', 'GET /v1/health HTTP/1.1\r\nHost: x\r\n', 408, 'REQUEST_TIMEOUT'],
])('answers %s', async (_, sent, status, code) => {
  const answer = await exchange(server.origin, sent)
  if (!answer.includes('{')) expect([_, answer]).toEqual([_, 'an Error'])
  expectError(answer, status, code)
})

test('ends a body that stops coming', async () => {
  const path = `/v1/sessions/${id}/`
  for (const [rest, type] of [
    ['commands', 'application/json'],
    ['files?path=half', 'application/octet-stream'],
  ]) {
    const head = `POST ${path}${rest ?? ''} HTTP/1.1\r\n${credentials()}Content-Type: ${type ?? ''}\r\nContent-Length: 100\r\n`
    expectError(await exchange(server.origin, `${head}\r\n{"comm`), 408, 'REQUEST_TIMEOUT')
  }
  expect((await server.download(id, 'half')).status).toBe(404)
})

test('ends callers that send one byte at a time, however long they go on', async () => {
  const slow = await TestServer.start({ limits: { headersTimeoutMs: 300, requestTimeoutMs: 600 } })
  try {
    const session = await slow.session()
    const secret = `Host: x\r\nAuthorization: Bearer ${slow.server.token ?? ''}\r\n`
    const upload = `POST /v1/sessions/${session}/files?path=half HTTP/1.1\r\n${secret}`
    const command = `POST /v1/sessions/${session}/commands HTTP/1.1\r\n${secret}Content-Type: application/json\r\n`
    for (const head of [
      'GET /v1/health HTTP/1.1\r\nX: ',
      `${command}Content-Length: 100000\r\n\r\n`,
      `${upload}Content-Type: application/octet-stream\r\nContent-Length: 100000\r\n\r\n`,
    ]) {
      expectError(await trickle(slow.origin, head), 408, 'REQUEST_TIMEOUT')
    }
    expect((await slow.download(session, 'half')).status).toBe(404)
    const { json } = await slow.command(session, { command: 'ls -A' })
    expect(json['stdout']).toBe('')
  } finally {
    await slow.close()
  }
})

test('answers broken chunks', async () => {
  const head = `POST /v1/sessions HTTP/1.1\r\n${credentials()}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n`
  expectError(await exchange(server.origin, `${head}\r\nzz\r\n`), 400, 'INVALID_PARAMETER')
})

test.each([
  ['broken JSON', '{"ttl":', 'application/json'],
  ['JSON that is no object', '[]', 'application/json'],
  ['null', 'null', 'application/json'],
  ['a number that JSON cannot write again', '{"metadata":{"x":[1e400]}}', 'application/json'],
  ['a text', 'ttl=60', 'text/plain'],
  ['a form', 'ttl=60', 'application/x-www-form-urlencoded'],
  ['a type that is none', '{}', 'what is this'],
])('answers 400 to %s', async (_, body, type) => {
  const { status, json } = await server.call('POST', '/sessions', { body, headers: { 'content-type': type } })
  expect(status).toBe(400)
  expect(json).toMatchObject({ error: 'INVALID_PARAMETER', requestId: anyString })
})

test('answers 413 to a JSON body that is too large, known before or not', async () => {
  const large = JSON.stringify({ metadata: { x: 'x'.repeat(30_000) } })
  const sized = await server.call('POST', '/sessions', { body: large, headers: { 'content-type': 'application/json' } })
  expect([sized.status, sized.json['error']]).toEqual([413, 'FILE_TOO_LARGE'])
  const chunk = `${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n`
  const head = `POST /v1/sessions HTTP/1.1\r\n${credentials()}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n`
  expectError(await exchange(server.origin, `${head}Connection: close\r\n\r\n${chunk}`), 413, 'FILE_TOO_LARGE')
})

test('says that it closes the connection when the caller asked for that, also with a body that it refuses', async () => {
  const body = 'Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}'
  const answer = await exchange(server.origin, `POST /v1/sessions HTTP/1.1\r\nHost: x\r\n${body}`)
  expectError(answer, 401, 'UNAUTHORIZED')
  expect(answer).toMatch(/^connection: close\r$/im)
})

test('answers 413 without closing the connection, on which the rest of the body still comes', async () => {
  const type = 'Content-Type: application/json\r\nContent-Length: 30000'
  const answer = await exchange(
    server.origin,
    `POST /v1/sessions HTTP/1.1\r\n${credentials()}${type}\r\n\r\n`,
    'x'.repeat(30_000),
    'GET /v1/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
  )
  expect(answer).toMatch(/^HTTP\/1\.1 413 [^]*HTTP\/1\.1 200 [^]*healthy/)
})

test.each([
  ['GET', '/nope', 404, 'NOT_FOUND'],
  ['POST', '/sessions/x/y/z', 404, 'NOT_FOUND'],
  ['GET', '/sessions/%E0%A4%A', 400, 'INVALID_PARAMETER'],
  ['GET', `/sessions/${'x'.repeat(3_000)}`, 400, 'INVALID_PARAMETER'],
  ['PUT', '/sessions', 405, 'METHOD_NOT_ALLOWED'],
  ['DELETE', '/health', 405, 'METHOD_NOT_ALLOWED'],
  ['OPTIONS', '/sessions', 405, 'METHOD_NOT_ALLOWED'],
])('answers %s %s', async (method, route, status, code) => {
  const { status: got, json, headers } = await server.call(method, route)
  expect([got, json['error']]).toEqual([status, code])
  expect(json['requestId']).toBe(headers.get('x-request-id'))
  if (status === 405) expect(headers.get('allow')).toBeTruthy()
})

test('answers HEAD as GET without a body', async () => {
  const { status, text } = await server.call('HEAD', `/sessions/${id}`)
  expect([status, text]).toEqual([200, ''])
  expect((await server.call('HEAD', '/sessions/x')).status).toBe(400)
})

test('echoes a valid request id and replaces another', async () => {
  for (const mine of ['mine-1', 'x'.repeat(128)]) {
    const { headers } = await server.call('GET', '/health', { headers: { 'x-request-id': mine } })
    expect(headers.get('x-request-id')).toBe(mine)
  }
  for (const bad of ['has space', 'x'.repeat(129), 'ü', '']) {
    const { status, json, headers } = await server.call('GET', '/sessions/x', { headers: { 'x-request-id': bad } })
    expect(status).toBe(400)
    expect(headers.get('x-request-id')).toMatch(/^[\x21-\x7E]{1,128}$/)
    expect(headers.get('x-request-id')).not.toBe(bad)
    expect(json['requestId']).toBe(headers.get('x-request-id'))
  }
})

test('takes a body where none is needed', async () => {
  const { status } = await server.call('POST', `/sessions/${id}/pause`, {
    body: 'not json',
    headers: { 'content-type': 'x/y' },
  })
  expect(status).toBe(200)
  expect((await server.call('POST', `/sessions/${id}/resume`, { json: {} })).status).toBe(200)
})
