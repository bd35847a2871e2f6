import { describe, expect, test } from 'vitest'
import { schemas } from '../../generated/constraints.js'
import { SandboxAPIError, SandboxValidationError, SessionsClient } from '../../src/index.js'
import { type Fixture, httpFixture, respond } from 'sandbox-sessions-testkit/fixture'

const id = '11111111-1111-4111-8111-111111111111'
const time = '2030-01-01T00:00:00.000Z'
const wire = { sessionId: id, status: 'active', createdAt: time, expiresAt: time }
const half = 'half \ud83d a pair'

/** What plain JavaScript, which no type stops, makes of a call. */
async function call(method: string, ...args: unknown[]): Promise<unknown> {
  const fetch = (): Promise<Response> => Promise.reject(new Error('nothing was to be sent'))
  const client = new SessionsClient({ apiUrl: 'http://localhost:1/v1', bearerToken: 'token', fetch, maxRetries: 0 })
  const found: unknown = Reflect.get(client, method)
  if (typeof found !== 'function') throw new TypeError(`no method ${method}`)
  const result: unknown = await Reflect.apply(found, client, args)
  return result
}

const transferred = new ArrayBuffer(2)
const view = new Uint8Array(transferred)
structuredClone(transferred, { transfer: [transferred] })
const { proxy: revoked, revoke } = Proxy.revocable({}, {})
revoke()
const circular: Record<string, unknown> = {}
circular['self'] = circular

describe('a careless caller is told what is wrong, before anything is sent', () => {
  const wrong: [what: string, parameter: string, method: string, ...args: unknown[]][] = [
    ...[null, [], 'text', 5, () => 1, new Map([['ttl', 60]])].map((request): [string, string, string, unknown] => [
      'a request that is no object',
      'request',
      'createSession',
      request,
    ]),
    ['a request that is null', 'request', 'updateSession', id, null],
    ['a request that is null', 'request', 'executeCommand', id, null],
    ['a request that is null', 'request', 'executeCode', id, null],
    ['a request that is null', 'request', 'listSessions', null],
    ['a request that is null', 'request', 'listFiles', id, null],
    ['a request that is null', 'request', 'uploadFile', id, null, 'x'],
    ['a request that is null', 'request', 'deleteFile', id, null],
    ...[null, 'text', []].map((options): [string, string, string, ...unknown[]] => [
      'options that are no object',
      'options',
      'getSession',
      id,
      options,
    ]),
    ['a signal that is none', 'signal', 'getSession', id, { signal: new AbortController() }],
    ['a Headers, of which nothing would be sent', 'headers', 'getSession', id, { headers: new Headers({ a: 'b' }) }],
    [
      'a Map, of which nothing would be sent',
      'env',
      'executeCommand',
      id,
      { command: 'x', env: new Map([['A', 'b']]) },
    ],
    ['half a surrogate pair', 'command', 'executeCommand', id, { command: half }],
    ['half a surrogate pair', 'stdin', 'executeCommand', id, { command: 'x', stdin: half }],
    ['half a surrogate pair', 'cwd', 'executeCommand', id, { command: 'x', cwd: half }],
    ['half a surrogate pair', 'env.A', 'executeCommand', id, { command: 'x', env: { A: half } }],
    ['half a surrogate pair', 'env', 'executeCommand', id, { command: 'x', env: { [half]: 'x' } }],
    ['half a surrogate pair', 'code', 'executeCode', id, { code: half }],
    ['half a surrogate pair', 'path', 'uploadFile', id, { path: half }, 'x'],
    ['half a surrogate pair', 'content', 'uploadFile', id, { path: 'a' }, half],
    ['half a surrogate pair', 'filePath', 'downloadFile', id, half],
    ...[755, 0o1000, 0o4755, -1, 1.5, NaN, '7', '0o755', '4755', '8', 'rwx', '', null, []].map(
      (mode): [string, string, string, ...unknown[]] => [
        `[A4] a mode that is none (${String(mode)})`,
        'mode',
        'uploadFile',
        id,
        { path: 'a', mode },
        'x',
      ],
    ),
    ...[null, 'much', [], new Map([['cpu', 1]])].map((resources): [string, string, string, unknown] => [
      'resources that are no object',
      'resources',
      'createSession',
      { resources },
    ]),
    ['a limit that nobody knows', 'resources', 'createSession', { resources: { memory: 512 } }],
    ...Object.entries(schemas.Resources.properties).flatMap(([name, { type, minimum, maximum }]) =>
      [minimum - 0.01, maximum + 1, NaN, '1', null, ...(type === 'integer' ? [minimum + 0.5] : [])].map(
        (value): [string, string, string, unknown] => [
          `a limit out of its range (${String(value)})`,
          `resources.${name}`,
          'createSession',
          { resources: { [name]: value } },
        ],
      ),
    ),
    ...[null, 'none', []].map((network): [string, string, string, unknown] => [
      'a network that is no object',
      'network',
      'createSession',
      { network },
    ]),
    ...[undefined, 'example.com', [''], [5], [half], ['a'.repeat(262)], Array(257).fill('example.com')].map(
      (allow): [string, string, string, unknown] => [
        'hosts that are none',
        'network.allow',
        'createSession',
        { network: { allow } },
      ],
    ),
    ['a buffer that was transferred', 'content', 'uploadFile', id, { path: 'a' }, transferred],
    ['a view of one', 'content', 'uploadFile', id, { path: 'a' }, view],
  ]
  test.each(wrong)('%s (%s of %s)', async (_what, parameter, method, ...args) => {
    const calling = call(method, ...args)
    await expect(calling).rejects.toThrow(SandboxValidationError)
    await expect(calling).rejects.toMatchObject({ parameter })
  })

  test.each([
    ['null', null],
    ['an array', []],
    ['a Map', new Map([['a', 1]])],
    ['a Date', new Date()],
    ['an error', new Error('x')],
    ['bytes', new Uint8Array(2)],
    ['a revoked proxy', revoked],
    ['a circle', circular],
    ['a BigInt', { a: 1n }],
    ['a function', { a: () => 1 }],
    ['a symbol', { a: Symbol('a') }],
    ['no number', { a: [NaN] }],
    ['infinity', { a: Infinity }],
    ['a Set within', { a: { b: new Set([1]) } }],
    ['half a surrogate pair', { a: half }],
    ['a name that is half a surrogate pair', { [half]: 1 }],
    ['what turns itself into no object', { toJSON: () => 'x' }],
  ])('metadata that would get lost: %s', async (_what, metadata) => {
    await expect(call('createSession', { metadata })).rejects.toMatchObject({ parameter: 'metadata' })
  })
})

test('what is undefined counts as missing everywhere, and metadata comes through with any name', async () => {
  const bodies: string[] = []
  await using server = await httpFixture((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      bodies.push(body)
      respond(response, 201, `${JSON.stringify(wire).slice(0, -1)},${body.slice(1)}`.replace(',}', '}'))
    })
  })
  await using client = new SessionsClient({ apiUrl: server.url, bearerToken: 'token' })
  const none = { signal: undefined, timeoutMs: undefined, maxRetries: undefined, headers: undefined }
  await client.createSession({ ttl: undefined, image: undefined, metadata: undefined }, none)
  const metadata = { constructor: 1, '😀': [null, 1.5, { a: 'b' }], when: new Date(time), missing: undefined }
  Object.defineProperty(metadata, '__proto__', { value: { polluted: true }, enumerable: true })
  const session = await client.createSession({ metadata })
  const sent = `{"constructor":1,"😀":[null,1.5,{"a":"b"}],"when":"${time}","__proto__":{"polluted":true}}`
  expect(bodies).toEqual(['{}', `{"metadata":${sent}}`])
  expect(JSON.stringify(session.metadata)).toBe(sent)
  expect(JSON.stringify(session)).toContain(sent)
  expect(Reflect.get({}, 'polluted')).toBeUndefined()
  expect(Reflect.get(session.metadata, 'polluted')).toBeUndefined()
})

test('limits and hosts are sent as they are, and what holds is told by the session', async () => {
  const bodies: string[] = []
  const holds = { resources: { cpu: 0.5, processes: 512 }, network: { allow: ['example.com:8443'] } }
  await using server = await httpFixture((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      bodies.push(body)
      respond(response, 200, bodies.length === 1 ? { ...wire, ...holds } : wire)
    })
  })
  await using client = new SessionsClient({ apiUrl: server.url, bearerToken: 'token' })
  const network = { allow: ['example.com:8443'] } as const
  const session = await client.createSession({ resources: { cpu: 0.5, memoryMb: undefined }, network })
  expect(bodies).toEqual(['{"resources":{"cpu":0.5},"network":{"allow":["example.com:8443"]}}'])
  expect([session.resources, session.network]).toEqual([holds.resources, holds.network])
  // A server before 1.2.0 ignores both, and says nothing of them.
  const older = await client.createSession({ resources: {}, network: { allow: [] } })
  expect(bodies[1]).toBe('{"resources":{},"network":{"allow":[]}}')
  expect([older.resources, older.network]).toEqual([undefined, undefined])
})

test.each([
  ['leaves out', { status: 'completed', exitCode: 0 }],
  ['writes null for', { status: 'completed', exitCode: 0, stdout: null, stderr: null, truncated: null }],
])('a server that %s what it may leave out', async (_what, body) => {
  await using server = await httpFixture((_request, response) => respond(response, 200, body))
  await using client = new SessionsClient({ apiUrl: server.url, bearerToken: 'token' })
  expect(await client.executeCommand(id, { command: 'x' })).toEqual({
    status: 'completed',
    exitCode: 0,
    stdout: '',
    stderr: '',
    truncated: false,
    ok: true,
  })
})

describe('a download', () => {
  /** A server that sends the first byte of two, and tells when the connection ends. */
  async function halfSent(): Promise<{ server: Fixture; gone: Promise<unknown> }> {
    let tell: () => void = () => undefined
    const gone = new Promise<void>((resolve) => (tell = resolve))
    const server = await httpFixture((_request, response) => {
      response.on('close', tell)
      response.writeHead(200, { 'content-length': 2 }).write('a')
    })
    return { server, gone }
  }

  test.each([0, 1])('of which a reader took %i chunks lets go of its connection when disposed', async (reads) => {
    const { server: fixture, gone } = await halfSent()
    await using server = fixture
    await using client = new SessionsClient({ apiUrl: server.url, bearerToken: 'token' })
    const file = await client.downloadFile(id, 'file')
    const reader = file.stream().getReader()
    for (let read = 0; read < reads; read += 1) expect((await reader.read()).value).toHaveLength(1)
    await file[Symbol.asyncDispose]()
    await expect(reader.read()).rejects.toThrow(SandboxAPIError)
    await file.cancel()
    await gone
  })

  test('gives its stream once', async () => {
    await using server = await httpFixture((_request, response) => response.end('text'))
    await using client = new SessionsClient({ apiUrl: server.url, bearerToken: 'token' })
    const file = await client.downloadFile(id, 'file')
    const stream = file.stream()
    expect(() => file.stream()).toThrow(SandboxAPIError)
    await expect(file.text()).rejects.toThrow('was read already')
    expect(await new Response(stream).text()).toBe('text')
    await file.cancel()
  })
})
