import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { operations } from 'sandbox-sessions-sdk/constraints'
import { loadSpec, publishedSpec } from '../dist/http/spec/document.js'
import { readOperations } from '../dist/http/spec/operations.js'
import { readOrigin } from '../dist/http/cors.js'
import { Gate, HookedEngine } from './support/engine.js'
import { exchange } from 'sandbox-sessions-testkit/raw'
import { type Answer, type CallOptions, TestServer } from 'sandbox-sessions-testkit/test-server'
import { temporaryDirectory } from 'sandbox-sessions-testkit/temporary-directory'

const origin = 'https://app.example.com'
const other = 'https://evil.example.com'

let server: TestServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

const start = async (corsOrigins: readonly string[], options: object = {}) =>
  (server = await TestServer.start({ corsOrigins, ...options }))

const preflight = (on: TestServer, route: string, method: string, headers: Record<string, string> = {}) =>
  on.call('OPTIONS', route, { token: '', headers: { origin, 'access-control-request-method': method, ...headers } })

/** What a browser's page may see of an answer. */
function seenBy({ headers }: Pick<Answer, 'headers'>) {
  return [headers.get('access-control-allow-origin'), headers.get('vary')]
}

test('[C3] by default no page of another origin gets anything', async () => {
  const on = (server = await TestServer.start())
  const refused = await preflight(on, '/sessions', 'POST')
  expect([refused.status, refused.json['error'], ...seenBy(refused)]).toEqual([405, 'METHOD_NOT_ALLOWED', null, null])
  expect(seenBy(await on.call('GET', '/sessions', { headers: { origin } }))).toEqual([null, null])
})

describe('with --cors-origin', () => {
  test('[C3] a preflight needs no credentials, on every operation', async () => {
    // Preflights are no failed logins.
    const on = await start([origin], { limits: { failedLoginsPerMinute: 1 } })
    const known = readOperations(await loadSpec(publishedSpec))
    expect(known.map(({ id }) => id).sort()).toEqual(Object.keys(operations).sort())
    for (const { path, method } of known) {
      const answer = await preflight(on, path.replace('{sessionId}', 'any'), method)
      expect([path, answer.status, answer.text]).toEqual([path, 204, ''])
      expect(answer.headers.get('access-control-allow-methods')?.split(', ')).toContain(method)
      expect(seenBy(answer)).toEqual([origin, 'Origin'])
    }
    expect((await on.call('GET', '/sessions')).status).toBe(200)
  })

  test('[C3] it allows the headers that requests have, and a private network only when asked', async () => {
    const on = await start([origin])
    const { headers } = await preflight(on, '/sessions', 'POST')
    const allowed = headers.get('access-control-allow-headers')?.toLowerCase().split(', ')
    for (const name of [
      'Authorization',
      'X-API-Key',
      'Content-Type',
      'Idempotency-Key',
      'X-Request-Id',
      'Range',
      'If-Range',
      'Accept',
      'Last-Event-ID',
      'traceparent',
    ]) {
      expect(allowed).toContain(name.toLowerCase())
    }
    expect(new Set(allowed).size).toBe(allowed?.length)
    expect(Number(headers.get('access-control-max-age'))).toBeGreaterThan(0)
    expect(headers.get('access-control-allow-private-network')).toBeNull()
    expect(headers.get('access-control-allow-credentials')).toBeNull()
    const asked = await preflight(on, '/sessions', 'POST', { 'access-control-request-private-network': 'true' })
    expect(asked.headers.get('access-control-allow-private-network')).toBe('true')
  })

  test('[C3] another origin gets no preflight, and nothing that it may read', async () => {
    const on = await start([origin, 'http://localhost:3000'])
    const refused = await preflight(on, '/sessions', 'POST', { origin: other })
    expect([refused.status, ...seenBy(refused)]).toEqual([405, null, 'Origin'])
    expect(refused.headers.get('access-control-allow-methods')).toBeNull()
    for (const each of [other, 'null', `${origin}.evil.com`, `${origin}:444`, 'http://app.example.com', '']) {
      expect(seenBy(await on.call('GET', '/sessions', { headers: { origin: each } }))).toEqual([null, 'Origin'])
    }
    expect(seenBy(await on.call('GET', '/sessions'))).toEqual([null, 'Origin'])
    const second = await on.call('GET', '/sessions', { headers: { origin: 'http://localhost:3000' } })
    expect(seenBy(second)).toEqual(['http://localhost:3000', 'Origin'])
  })

  test('[C3] OPTIONS without a question is a method like any other that is not possible', async () => {
    const on = await start([origin])
    const answer = await on.call('OPTIONS', '/sessions', { headers: { origin } })
    expect([answer.status, answer.json['error'], ...seenBy(answer)]).toEqual([
      405,
      'METHOD_NOT_ALLOWED',
      origin,
      'Origin',
    ])
  })

  test('[C3] every answer can be read: success, streams, downloads, and errors of every kind', async () => {
    const on = await start([origin], { limits: { maxBodyBytes: 1_000, failedLoginsPerMinute: 5 } })
    const id = await on.session()
    const at = `/sessions/${id}`
    const send = (method: string, route: string, options: CallOptions = {}) =>
      on.call(method, route, { ...options, headers: { origin, ...options.headers } })
    await on.upload(id, 'path=file', 'content')
    const stream = { json: { command: 'echo streamed' }, headers: { accept: 'text/event-stream' } }
    const answers: [number, Answer][] = [
      [200, await send('GET', at)],
      [200, await send('GET', '/health', { token: '' })],
      [200, await send('POST', `${at}/commands`, { json: { command: 'true' } })],
      [200, await send('POST', `${at}/commands`, stream)],
      [200, await send('GET', `${at}/files?filePath=file`)],
      [200, await send('HEAD', `${at}/files?filePath=file`)],
      [206, await send('GET', `${at}/files?filePath=file`, { headers: { range: 'bytes=2-' } })],
      [416, await send('GET', `${at}/files?filePath=file`, { headers: { range: 'bytes=99-' } })],
      [204, await send('DELETE', `${at}/files?filePath=file`)],
      [400, await send('PATCH', at, { json: { ttl: 1 } })],
      [400, await send('GET', '/sessions/%zz')],
      [401, await send('GET', at, { token: 'wrong' })],
      [404, await send('GET', '/nowhere')],
      [404, await send('GET', '/sessions/00000000-0000-0000-0000-000000000000')],
      [405, await send('PUT', at)],
      [413, await send('POST', `${at}/commands`, { json: { command: 'x'.repeat(2_000) } })],
    ]
    for (const [status, answer] of answers) {
      expect([status, ...seenBy(answer)]).toEqual([answer.status, origin, 'Origin'])
      const exposed = answer.headers.get('access-control-expose-headers')?.split(', ') ?? []
      for (const name of [
        'X-Request-Id',
        'Retry-After',
        'X-RateLimit-Limit',
        'X-RateLimit-Remaining',
        'X-RateLimit-Reset',
        'Content-Range',
        'Accept-Ranges',
        'ETag',
        'Content-Disposition',
        'Content-Length',
      ]) {
        expect(exposed).toContain(name)
      }
    }
    expect(answers[3]?.[1].text).toContain('streamed')
    for (let count = 0; count < 5; count++) await send('GET', at, { token: 'wrong' })
    const limited = await send('GET', at, { token: 'wrong' })
    expect([limited.status, ...seenBy(limited)]).toEqual([429, origin, 'Origin'])
  })

  test('[C3] also what Node refuses, as far as it knows from whom it came', async () => {
    const on = await start([origin], { limits: { bodyIdleTimeoutMs: 200 } })
    const request = httpRequest(`${on.server.url}/sessions`, {
      method: 'POST',
      headers: {
        origin,
        authorization: `Bearer ${on.server.token}`,
        'content-type': 'application/json',
        'content-length': 100,
      },
    })
    request.on('error', () => undefined)
    request.write('{')
    const answered: unknown[] = await once(request, 'response')
    const [response] = answered
    expect(response).toMatchObject({
      statusCode: 408,
      headers: { 'access-control-allow-origin': origin, vary: 'Origin' },
    })
    request.destroy()
    expect(await exchange(on.origin, 'this is no HTTP\r\n\r\n')).not.toContain('access-control-allow-origin')
  })

  test('[C3] * stands for every origin', async () => {
    const on = await start(['*'])
    for (const each of [origin, other, 'null']) {
      expect((await preflight(on, '/sessions', 'POST', { origin: each })).status).toBe(204)
      expect(seenBy(await on.call('GET', '/sessions', { headers: { origin: each } }))).toEqual(['*', null])
    }
    expect((await exchange(on.origin, 'this is no HTTP\r\n\r\n')).toLowerCase()).toContain(
      'access-control-allow-origin: *',
    )
  })

  test('[C3] while the server stops, a page still learns that it does', async () => {
    const dataDir = await temporaryDirectory()
    const gate = new Gate()
    const on = await start([origin], { dataDir, engine: new HookedEngine(dataDir, { closing: () => gate.pass() }) })
    const closing = on.server.close()
    await gate.reached
    expect((await preflight(on, '/sessions', 'GET')).status).toBe(204)
    const answer = await on.call('GET', '/sessions', { headers: { origin } })
    expect([answer.status, ...seenBy(answer)]).toEqual([503, origin, 'Origin'])
    gate.open()
    await closing
  })
})

test.each([
  ['https://app.example.com', 'https://app.example.com'],
  ['HTTPS://App.Example.com:443/', 'https://app.example.com'],
  ['http://localhost:3000', 'http://localhost:3000'],
  ['http://[::1]:8080', 'http://[::1]:8080'],
  ['https://bücher.example', 'https://xn--bcher-kva.example'],
  ['tauri://localhost', 'tauri://localhost'],
  ['*', '*'],
])('[C3] the origin %s is written %s by browsers', (text, wanted) => {
  expect(readOrigin(text)).toBe(wanted)
})

test.each([
  '',
  'null',
  'localhost:3000',
  'app.example.com',
  'https://app.example.com/path',
  'https://app.example.com?x',
  'https://app.example.com#x',
  'https://user@app.example.com',
  'https://*.example.com',
  'file:///index.html',
])('[C3] %j is no origin, and the server does not start with it', async (text) => {
  expect(() => readOrigin(text)).toThrow('is no origin')
  await expect(TestServer.start({ corsOrigins: [text] })).rejects.toThrow('is no origin')
})
