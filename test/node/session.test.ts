/** The client over createNodeFetch, against the local server and against fixtures. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createSandboxServer } from 'sandbox-sessions-server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SessionNotFoundError, SessionsClient, type SessionsClientOptions } from '../../src/index.js'
import { type NodeFetch, createNodeFetch } from '../../src/node/index.js'
import { thrownBy } from '../support/client.js'
import { httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { wireSession } from '../support/wire.js'
import { connectProxy, plainServer } from './servers.js'

const { sessionId } = wireSession()
let fetch: NodeFetch

beforeAll(() => {
  fetch = createNodeFetch({ proxy: false })
})

afterAll(async () => {
  await fetch.close()
})

function connect(apiUrl: string, options: SessionsClientOptions = {}): SessionsClient {
  return new SessionsClient({ apiUrl, fetch, bearerToken: 'node-test-token', maxRetries: 0, ...options })
}

describe('a whole session', () => {
  let server: Awaited<ReturnType<typeof createSandboxServer>>
  let dataDir: string

  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'sandbox-node-'))
    server = await createSandboxServer({ port: 0, dataDir, token: 'node-test-token' })
  })

  afterAll(async () => {
    await server.close()
    await rm(dataDir, { recursive: true, force: true })
  })

  test('through undici', async () => {
    await wholeSession(connect(server.url))
  })

  test('through a proxy', async () => {
    await using proxy = await connectProxy()
    await using proxied = createNodeFetch({ proxy: proxy.url })
    await wholeSession(connect(server.url, { fetch: proxied }))
    expect(proxy.targets).toContain(new URL(server.url).host)
  })
})

async function wholeSession(client: SessionsClient): Promise<void> {
  const session = await client.createSession({ ttl: 60 })
  expect((await session.runCode('print(6 * 7)')).stdout).toBe('42\n')
  const bytes = new Uint8Array(randomBytes(300_000))
  expect(await session.files.upload('data/random.bin', new Blob([bytes]))).toMatchObject({ size: bytes.byteLength })
  expect(await session.files.upload('hello.txt', 'grüß dich')).toMatchObject({ size: 11 })
  expect(await (await session.files.download('data/random.bin')).bytes()).toEqual(bytes)
  const chunks: Uint8Array[] = []
  for await (const chunk of (await session.files.download('data/random.bin')).stream()) chunks.push(chunk)
  expect(new Uint8Array(Buffer.concat(chunks))).toEqual(bytes)
  expect(await (await session.files.download('hello.txt')).text()).toBe('grüß dich')
  expect((await session.files.list()).files.map((file) => file.path)).toEqual(['data', 'hello.txt'])
  await session.delete()
  await expect(session.refresh()).rejects.toThrow(SessionNotFoundError)
}

describe('the raw client', () => {
  test('uploads a multipart form', async () => {
    let body = ''
    let type: string | undefined
    await using server = await httpFixture((request, response) => {
      type = request.headers['content-type']
      request.setEncoding('latin1').on('data', (chunk) => (body += String(chunk)))
      request.on('end', () => {
        respond(response, 201, { name: 'a', path: 'a', type: 'file', size: 3 })
      })
    })
    const form = new FormData()
    form.append('note', 'plain')
    form.append('file', new Blob([new Uint8Array([0, 255, 10])]), 'a.bin')
    const { response } = await connect(server.url).api.POST('/sessions/{sessionId}/files', {
      params: { path: { sessionId }, query: { path: 'a' } },
      body: { file: new Blob() },
      bodySerializer: () => form,
    })
    expect(response.status).toBe(201)
    expect(response).toBeInstanceOf(Response)
    const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(type ?? '')?.[1]
    expect(boundary).toBeDefined()
    const parts = body.split(`--${boundary ?? ''}`)
    expect(parts).toHaveLength(4)
    expect(parts[1]).toMatch(/name="note"\r\n\r\nplain\r\n$/)
    expect(parts[2]).toMatch(/name="file"; filename="a.bin"[^]*\r\n\r\n\0ÿ\n\r\n$/)
  })

  test.each<[string, () => BodyInit]>([
    ['a string', () => 'abc'],
    ['a Uint8Array', () => new TextEncoder().encode('abc')],
    ['a Blob', () => new Blob(['abc'])],
    ['a stream', () => new Blob(['abc']).stream()],
  ])('sends %s', async (_, make) => {
    let body = ''
    await using server = await httpFixture((request, response) => {
      request.on('data', (chunk) => (body += String(chunk)))
      request.on('end', () => {
        respond(response, 201, { name: 'a', path: 'a', type: 'file', size: 3 })
      })
    })
    const { response } = await connect(server.url).api.POST('/sessions/{sessionId}/files', {
      params: { path: { sessionId }, query: { path: 'a' } },
      body: { file: new Blob() },
      bodySerializer: make,
      // What fetch asks for with a stream, and does not mind otherwise.
      duplex: 'half',
    })
    expect(response.status).toBe(201)
    expect(body).toBe('abc')
  })

  test('answers without a body for 204', async () => {
    await using server = await httpFixture((_, response) => response.writeHead(204).end())
    const { response } = await connect(server.url).api.DELETE('/sessions/{sessionId}', {
      params: { path: { sessionId } },
    })
    expect(response).toMatchObject({ status: 204, body: null })
  })
})

describe('errors', () => {
  test('carry the headers of the response', async () => {
    await using server = await httpFixture((_, response) => {
      respond(response, 404, { error: 'SESSION_NOT_FOUND', message: 'gone' }, { 'x-request-id': 'from-the-server' })
    })
    const error = await thrownBy(() => connect(server.url).getSession(sessionId))
    expect(error).toBeInstanceOf(SessionNotFoundError)
    expect(error).toMatchObject({ requestId: 'from-the-server' })
  })

  test('a redirect is refused', async () => {
    await using target = await httpFixture((_, response) => {
      respond(response, 200, wireSession())
    })
    await using server = await httpFixture((_, response) => {
      response.writeHead(307, { location: target.url }).end()
    })
    const error = await thrownBy(() => connect(server.url).getSession(sessionId))
    expect(error).toMatchObject({ name: 'SandboxConnectionError', statusCode: 307 })
    expect(target.count).toBe(0)
  })

  test('the caller’s abort during a body comes out as it is', async () => {
    await using server = await httpFixture(halfABody)
    const controller = new AbortController()
    const reason = new Error('changed my mind')
    const file = await connect(server.url).downloadFile(sessionId, 'a', { signal: controller.signal })
    const reader = file.stream().getReader()
    expect(Buffer.from((await reader.read()).value ?? []).toString()).toBe('half')
    const rest = thrownBy(() => reader.read())
    controller.abort(reason)
    expect(await rest).toBe(reason)
  })

  test('the deadline covers the body', async () => {
    await using server = await httpFixture(halfABody)
    const error = await thrownBy(() => connect(server.url).getSession(sessionId, { timeoutMs: 2000 }))
    expect(error).toMatchObject({ name: 'SandboxTimeoutError', phase: 'body', timeoutMs: 2000 })
  })

  test('a body that breaks off is a connection error', async () => {
    await using server = await httpFixture((_, response) => {
      response.writeHead(200, { 'content-length': 8 }).write('half', () => response.destroy())
    })
    const file = await connect(server.url).downloadFile(sessionId, 'a')
    expect(await thrownBy(() => file.bytes())).toMatchObject({ name: 'SandboxConnectionError' })
  })
})

describe('close', () => {
  test('leaves no connection, and ends what is in flight', async () => {
    await using server = await plainServer((request, response) => {
      if (request.url?.endsWith('/health') === true) respond(response, 200, { status: 'healthy' })
    })
    const own = createNodeFetch({ proxy: false })
    const client = connect(`${server.url}/v1`, { fetch: own })
    await client.health()
    const hanging = thrownBy(() => client.getSession(sessionId))
    await own.close()
    expect(await hanging).toMatchObject({ name: 'SandboxConnectionError' })
    await server.idle()
    expect(String(await thrownBy(() => client.health()))).toContain('This fetch was closed')
    await own.close()
  })

  test('happens at the end of an await using block', async () => {
    await using server = await plainServer((_, response) => {
      respond(response, 200, { status: 'healthy' })
    })
    {
      await using own = createNodeFetch({ proxy: false, keepAliveMs: 600_000 })
      await connect(`${server.url}/v1`, { fetch: own }).health()
    }
    await server.idle()
  })

  test('one fetch serves several clients, over no more connections than allowed', async () => {
    await using server = await plainServer((_, response) => {
      respond(response, 200, { status: 'healthy' })
    })
    await using own = createNodeFetch({ proxy: false, connections: 2 })
    const clients = [1, 2, 3].map(() => connect(`${server.url}/v1`, { fetch: own }))
    await Promise.all([...clients, ...clients].map((client) => client.health()))
    expect(server.connections).toBe(2)
  })
})

function halfABody(_: unknown, response: Parameters<Parameters<typeof httpFixture>[0]>[1]): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': 8 }).write('half')
}
