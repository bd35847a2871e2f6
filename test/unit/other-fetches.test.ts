/** A `fetch` of another library than the runtime: with the real ones, over real HTTP. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import crossFetch from 'cross-fetch'
import nodeFetch from 'node-fetch'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fetch as undiciFetch } from 'undici'
import {
  type Fetch,
  SandboxAPIError,
  SandboxConnectionError,
  SandboxTimeoutError,
  SandboxValidationError,
  SessionNotFoundError,
  SessionsClient,
  type SessionsClientOptions,
} from '../../src/index.js'
import { thrownBy } from '../support/client.js'
import { closedPort, type Fixture, httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { wireSession } from '../support/wire.js'

const { sessionId } = wireSession()
const content = new Uint8Array(300_000).map((_, index) => index % 251)

/** As a program without types gives it: each library has types of its own for what it takes and answers. */
function untyped(fetch: unknown): Fetch {
  if (!isFetch(fetch)) throw new TypeError('no function')
  return (input, init) => fetch(input, init)
}

function isFetch(fetch: unknown): fetch is Fetch {
  return typeof fetch === 'function'
}

const fetches: [string, Fetch][] = [
  ['node-fetch 3', untyped(nodeFetch)],
  ['cross-fetch 4 (node-fetch 2)', untyped(crossFetch)],
  ['undici’s own', untyped(undiciFetch)],
]

interface Seen {
  body: Buffer
  headers: IncomingMessage['headers']
}

describe.each(fetches)('[C1] with the fetch of %s', (name, fetch) => {
  let server: Fixture
  let seen: Seen[] = []
  let closed: Promise<void>

  function answer(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    seen.push({ body, headers: request.headers })
    closed = new Promise((resolve) => response.on('close', resolve))
    const mode = request.headers['x-mode']
    if (mode === 'hang') return
    if (mode === 'missing') return respond(response, 404, { error: 'SESSION_NOT_FOUND', message: 'Gone.' })
    if (mode === 'redirect') return void response.writeHead(302, { location: 'https://example.com/' }).end()
    if (mode === 'reset') return void response.socket?.resetAndDestroy()
    if (mode === 'endless') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'of-the-server' })
      return void response.write('event: stdout\ndata: {"data":"a"}\n\n')
    }
    if (request.headers.accept?.startsWith('text/event-stream') === true) {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.write('event: stdout\ndata: {"data":"grü')
      return void response.end('ße"}\n\nevent: exit\ndata: {"status":"completed","exitCode":0}\n\n')
    }
    if (request.method === 'GET' && request.url?.includes('/files?') === true) {
      const { range } = request.headers
      const from = Number(/\d+/.exec(range ?? '0')?.[0])
      const headers = { 'content-length': content.length - from, 'accept-ranges': 'bytes', etag: '"tag"' }
      if (mode === 'cut' && range === undefined) {
        response.writeHead(200, headers).write(content.subarray(0, 100_000), () => response.socket?.destroy())
        return
      }
      const end = content.length - 1
      if (range !== undefined) response.setHeader('content-range', `bytes ${from}-${end}/${content.length}`)
      response.writeHead(range === undefined ? 200 : 206, headers).end(content.subarray(from))
      return
    }
    const file = { name: 'a', path: 'a', type: 'file', size: body.length }
    respond(response, 200, { ...wireSession(), status: 'running', exitCode: 0, ...file })
  }

  beforeAll(async () => {
    server = await httpFixture((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => answer(request, response, Buffer.concat(chunks)))
    })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  function connect(options: SessionsClientOptions = {}): SessionsClient {
    seen = []
    return new SessionsClient({ apiUrl: server.url, bearerToken: 'the-token', fetch, maxRetries: 0, ...options })
  }
  const mode = (value: string): { headers: Record<string, string> } => ({ headers: { 'x-mode': value } })

  test('a call works', async () => {
    const session = await connect().createSession({ ttl: 60 })
    expect(session.sessionId).toBe(sessionId)
    expect(seen[0]?.body.toString()).toBe('{"ttl":60}')
    expect(seen[0]?.headers).toMatchObject({ authorization: 'Bearer the-token', 'content-type': 'application/json' })
  })

  test('an error is what it is elsewhere', async () => {
    const client = connect()
    const error = await thrownBy(() => client.getSession(sessionId, mode('missing')))
    expect(error).toBeInstanceOf(SessionNotFoundError)
    expect(error).toMatchObject({ statusCode: 404, errorCode: 'SESSION_NOT_FOUND', message: 'Gone.' })
    if (!(error instanceof SandboxAPIError)) throw error
    expect(error.headers?.get('content-type')).toBe('application/json')
    const redirect = await thrownBy(() => client.getSession(sessionId, mode('redirect')))
    expect(redirect).toBeInstanceOf(SandboxConnectionError)
    expect(String(redirect)).toContain('redirected to https://example.com')
    expect(await thrownBy(() => client.getSession(sessionId, mode('reset')))).toBeInstanceOf(SandboxConnectionError)
  })

  test('a deadline and an abort end the call and its connection', async () => {
    const client = connect()
    const late = { ...mode('hang'), timeoutMs: 500 }
    expect(await thrownBy(() => client.getSession(sessionId, late))).toBeInstanceOf(SandboxTimeoutError)
    if (seen.length > 0) await closed
    const controller = new AbortController()
    const call = thrownBy(() => client.getSession(sessionId, { ...mode('hang'), signal: controller.signal }))
    const count = seen.length
    while (seen.length === count) await new Promise((resolve) => setImmediate(resolve))
    controller.abort('enough')
    expect(await call).toBe('enough')
    await closed
  })

  test('a command is tried again where nobody was there', async () => {
    let retries = 0
    const apiUrl = `http://127.0.0.1:${await closedPort()}/v1`
    const client = connect({ apiUrl, maxRetries: 2, maxRetryDelayMs: 5, hooks: { onRetry: () => (retries += 1) } })
    const error = await thrownBy(() => client.executeCommand(sessionId, { command: 'x' }))
    expect(error).toBeInstanceOf(SandboxConnectionError)
    expect(retries).toBe(2)
  })

  test('output comes as a stream', async () => {
    const session = await connect().getSession(sessionId)
    let text = ''
    for await (const event of session.stream('x')) if (event.type !== 'exit') text += event.data
    expect(text).toBe('grüße')
  })

  test('leaving a stream ends its request, and its errors know their call', async () => {
    const client = connect()
    for await (const event of client.streamCommand(sessionId, { command: 'x' }, mode('endless'))) {
      if (event.type === 'stdout') break
    }
    await closed
    const options = { ...mode('endless'), timeoutMs: 500 }
    const error = await thrownBy(() => client.streamCommand(sessionId, { command: 'x' }, options).result)
    expect(error).toBeInstanceOf(SandboxTimeoutError)
    if (seen.length === 2) await closed
  })

  test('a download is whole, also when its connection breaks', async () => {
    const client = connect({ maxRetries: 3, maxRetryDelayMs: 5 })
    expect(Buffer.compare(await (await client.downloadFile(sessionId, 'a')).bytes(), content)).toBe(0)
    // node-fetch 2 does not notice that a body of a known length is cut: there the deadline ends the wait.
    const file = await client.downloadFile(sessionId, 'a', name.includes('node-fetch 2') ? {} : mode('cut'))
    const reader = file.stream().getReader()
    const chunks: Uint8Array[] = []
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      expect(value.constructor).toBe(Uint8Array)
      chunks.push(value)
    }
    expect(Buffer.compare(Buffer.concat(chunks), content)).toBe(0)
    if (!name.includes('node-fetch 2')) expect(seen.at(-1)?.headers.range).toMatch(/^bytes=\d+-$/)
  })

  test('what is uploaded arrives as it is, or the fetch’s lack is told', async () => {
    const contents: [string, () => string | Uint8Array<ArrayBuffer> | Blob | ReadableStream<Uint8Array>][] = [
      ['text', () => 'grüße'],
      ['bytes', () => content],
      ['a Blob', () => new Blob([content])],
      ['a stream', () => new Blob([content]).stream()],
    ]
    for (const [what, make] of contents) {
      const client = connect()
      const sent: unknown = await client.uploadFile(sessionId, { path: 'a' }, make()).catch((error: unknown) => error)
      if (sent instanceof Error) {
        // node-fetch knows no streams of the web, and its version 2 no Blob of ours: they would be sent as their names.
        expect(name, what).toContain('node-fetch')
        expect(sent, what).toBeInstanceOf(SandboxValidationError)
        expect(sent.message, what).toContain('another fetch')
        expect(seen, what).toEqual([])
      } else {
        const expected = what === 'text' ? Buffer.from('grüße') : Buffer.from(content)
        expect(seen[0]?.body.equals(expected), what).toBe(true)
      }
    }
  })

  test('the raw client works', async () => {
    const path = { sessionId }
    const { data, response } = await connect().api.GET('/sessions/{sessionId}', { params: { path } })
    expect(data?.sessionId).toBe(sessionId)
    expect(response.status).toBe(200)
  })
})

describe('[C1] a fetch that answers no Response is told so, at the first use', () => {
  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['a text', 'hello'],
    ['parsed JSON', { data: {}, status: 200 }],
    ['an answer of axios', { status: 200, headers: { a: 'b' }, data: {} }],
  ])('%s', async (_, answered) => {
    for (const answer of [answered, Promise.resolve(answered)]) {
      const client = new SessionsClient({ apiUrl: 'http://h/v1', fetch: untyped(() => answer), maxRetries: 3 })
      const error = await thrownBy(() => client.getSession(sessionId))
      expect(error).toBeInstanceOf(SandboxAPIError)
      expect(error).not.toBeInstanceOf(SandboxConnectionError)
      expect(String(error)).toContain('The fetch of this client answered something that is no Response')
    }
  })

  test('a body that can’t be read in pieces', async () => {
    const response = { status: 200, ok: true, statusText: '', headers: new Headers(), body: 'text', text: () => 'text' }
    const client = new SessionsClient({ apiUrl: 'http://h/v1', fetch: untyped(() => Promise.resolve(response)) })
    const error = await thrownBy(() => client.downloadFile(sessionId, 'a'))
    expect(error).toBeInstanceOf(SandboxAPIError)
    expect(String(error)).toContain('Downloads and streams of output need one')
  })
})
