import { inspect } from 'node:util'
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { SessionsClient } from '../../src/index.js'
import { type NodeFetchOptions, createNodeFetch } from '../../src/node/index.js'
import { thrownBy } from '../support/client.js'
import { closedPort, respond } from 'sandbox-sessions-testkit/fixture'
import { type Authority, type Identity, createAuthority } from './certificates.js'
import { type Handler, connectProxy, plainServer, tlsServer } from './servers.js'

const healthy: Handler = (_, response) => {
  respond(response, 200, { status: 'healthy' })
}
const password = 'pass:wörd/secret'
const withCredentials = (url: string): string => url.replace('://', `://user:${encodeURIComponent(password)}@`)
// Node warns of a TLS server name that is a number.
const byName = (url: string): string => url.replace('127.0.0.1', 'localhost')
const basic = `Basic ${Buffer.from(`user:${password}`).toString('base64')}`

let authority: Authority
let identity: Identity

beforeAll(async () => {
  authority = await createAuthority()
  identity = await authority.issue()
})

beforeEach(() => {
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy']) {
    vi.stubEnv(name, undefined)
  }
})

afterEach(() => {
  vi.unstubAllEnvs()
})

async function health(url: string, options: NodeFetchOptions = {}): Promise<string> {
  await using fetch = createNodeFetch({ ca: authority.cert, ...options })
  const { status } = await new SessionsClient({ apiUrl: `${url}/v1`, fetch, maxRetries: 0 }).health()
  return status
}

describe('a proxy', () => {
  test('gets one CONNECT for several calls, and the TLS goes through to the server', async () => {
    await using server = await tlsServer(identity, healthy)
    await using proxy = await connectProxy()
    await using fetch = createNodeFetch({ ca: authority.cert, proxy: proxy.url, connections: 1 })
    const client = new SessionsClient({ apiUrl: `${server.url}/v1`, fetch, bearerToken: 'for-the-server-alone' })
    for (const _ of [1, 2, 3]) await client.health()
    expect(proxy.targets).toEqual([`127.0.0.1:${server.port}`])
    expect(proxy.authorizations).toEqual([undefined])
    expect(server.connections).toBe(1)
  })

  test('gets CONNECT for a plain server too', async () => {
    await using server = await plainServer(healthy)
    await using proxy = await connectProxy()
    expect(await health(server.url, { proxy: new URL(proxy.url) })).toBe('healthy')
    expect(proxy.targets).toEqual([`127.0.0.1:${server.port}`])
  })

  test('gets its credentials, and the server does not', async () => {
    let seen: Record<string, unknown> = {}
    await using server = await tlsServer(identity, (request, response) => {
      seen = request.headers
      healthy(request, response)
    })
    await using proxy = await connectProxy({ refuse: (sent) => (sent === basic ? undefined : 407) })
    expect(await health(server.url, { proxy: withCredentials(proxy.url) })).toBe('healthy')
    expect(proxy.authorizations).toEqual([basic])
    expect(seen).not.toHaveProperty('proxy-authorization')
  })

  test('can be reached by https itself, under the same ca', async () => {
    await using server = await tlsServer(identity, healthy)
    await using proxy = await connectProxy({ tls: await authority.issue() })
    expect(await health(server.url, { proxy: withCredentials(byName(proxy.url)) })).toBe('healthy')
    expect(proxy.authorizations).toEqual([basic])
  })

  test('by https gets no credentials when its certificate is not trusted, even with rejectUnauthorized: false', async () => {
    const other = await createAuthority()
    await using server = await tlsServer(identity, healthy)
    await using proxy = await connectProxy({ tls: await other.issue() })
    const options = { proxy: withCredentials(byName(proxy.url)), rejectUnauthorized: false }
    expect(await thrownBy(() => health(server.url, options))).toMatchObject({ name: 'SandboxConnectionError' })
    expect(proxy.authorizations).toEqual([])
  })

  test.each([
    ['an authority that is not trusted', async () => (await createAuthority()).issue()],
    ['another name', async () => authority.issue({ hosts: ['sandbox.example'] })],
  ])('does not make a certificate of %s good', async (_, issue) => {
    let requests = 0
    await using server = await tlsServer(await issue(), (request, response) => {
      requests += 1
      healthy(request, response)
    })
    await using proxy = await connectProxy()
    const error = await thrownBy(() => health(server.url, { proxy: proxy.url }))
    expect(error).toMatchObject({ name: 'SandboxConnectionError' })
    expect(String(error)).toMatch(/certificate/)
    expect(proxy.targets).toHaveLength(1)
    expect(requests).toBe(0)
  })

  test('carries a client certificate through', async () => {
    const mutual = { ...identity, ca: authority.cert, requestCert: true, rejectUnauthorized: true }
    await using server = await tlsServer(mutual, healthy)
    await using proxy = await connectProxy()
    expect(await health(server.url, { proxy: proxy.url, ...(await authority.issue()) })).toBe('healthy')
  })

  test.each([
    [407, /407.*user and password/],
    [502, /502/],
  ])('that answers %d is a connection error without its password', async (status, message) => {
    await using server = await tlsServer(identity, healthy)
    await using proxy = await connectProxy({ refuse: () => status })
    const error = await thrownBy(() => health(server.url, { proxy: withCredentials(proxy.url) }))
    expect(error).toMatchObject({ name: 'SandboxConnectionError', statusCode: undefined })
    expect(String(error)).toMatch(message)
    expectNoPassword(error)
    expect(server.connections).toBe(0)
  })

  test('that is not there is a connection error without its password', async () => {
    const proxy = withCredentials(`http://127.0.0.1:${await closedPort()}`)
    const error = await thrownBy(() => health('https://sandbox.example', { proxy }))
    expect(error).toMatchObject({ name: 'SandboxConnectionError' })
    expect(String(error)).toMatch(/ECONNREFUSED/)
    expectNoPassword(error)
  })
})

describe('the environment', () => {
  test.each(['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'])('%s names the proxy', async (name) => {
    await using server = await tlsServer(identity, healthy)
    await using proxy = await connectProxy()
    vi.stubEnv(name, withCredentials(proxy.url))
    expect(await health(server.url)).toBe('healthy')
    expect(proxy.authorizations).toEqual([basic])
  })

  test('HTTPS_PROXY is not for http', async () => {
    await using server = await plainServer(healthy)
    await using proxy = await connectProxy()
    vi.stubEnv('HTTPS_PROXY', proxy.url)
    expect(await health(server.url)).toBe('healthy')
    expect(proxy.connections).toBe(0)
  })

  test.each([
    ['NO_PROXY', (port: number) => `example.org,127.0.0.1:${port}`],
    ['no_proxy', () => '127.0.0.1'],
    ['NO_PROXY', () => '*'],
  ])('%s goes past the proxy', async (name, value) => {
    await using server = await tlsServer(identity, healthy)
    await using proxy = await connectProxy()
    vi.stubEnv('HTTPS_PROXY', proxy.url)
    vi.stubEnv(name, value(server.port))
    expect(await health(server.url)).toBe('healthy')
    expect(proxy.connections).toBe(0)
  })

  test.each([
    ['NO_PROXY', '127.0.0.0/8', 0],
    ['no_proxy', 'example.org 10.0.0.0/8,127.0.0.0/8', 0],
    ['NO_PROXY', '126.0.0.0/8,fd00::/8', 1],
    ['NO_PROXY', '127.0.0.0/33', 1],
  ])('[C2] a range of addresses in %s (%s) makes %i connections to the proxy', async (name, value, connections) => {
    await using server = await tlsServer(identity, healthy)
    await using proxy = await connectProxy()
    vi.stubEnv('HTTPS_PROXY', proxy.url)
    vi.stubEnv(name, value)
    expect(await health(server.url)).toBe('healthy')
    expect(proxy.connections).toBe(connections)
  })

  test('[C2] a range of addresses is looked at anew for each request, and close ends what went past the proxy', async () => {
    await using server = await tlsServer(identity, healthy)
    await using proxy = await connectProxy()
    vi.stubEnv('HTTPS_PROXY', proxy.url)
    const fetch = createNodeFetch({ ca: authority.cert })
    const client = new SessionsClient({ apiUrl: `${server.url}/v1`, fetch })
    await client.health()
    expect([proxy.connections, server.connections]).toEqual([1, 1])
    vi.stubEnv('NO_PROXY', '127.0.0.0/8')
    await client.health()
    expect([proxy.connections, server.connections]).toEqual([1, 2])
    await fetch.close()
    await Promise.all([server.idle(), proxy.idle()])
  })

  test('proxy: false goes past the proxy', async () => {
    await using server = await tlsServer(identity, healthy)
    await using proxy = await connectProxy()
    vi.stubEnv('HTTPS_PROXY', proxy.url)
    expect(await health(server.url, { proxy: false })).toBe('healthy')
    expect(proxy.connections).toBe(0)
  })

  test('the option wins over the environment, NO_PROXY included', async () => {
    await using server = await tlsServer(identity, healthy)
    await using ignored = await connectProxy()
    await using proxy = await connectProxy()
    vi.stubEnv('HTTPS_PROXY', ignored.url)
    vi.stubEnv('NO_PROXY', '*')
    expect(await health(server.url, { proxy: proxy.url })).toBe('healthy')
    vi.stubEnv('NO_PROXY', '127.0.0.0/8')
    expect(await health(server.url, { proxy: proxy.url })).toBe('healthy')
    expect(ignored.connections).toBe(0)
    expect(proxy.connections).toBe(2)
  })

  test('an empty variable means no proxy', async () => {
    await using server = await tlsServer(identity, healthy)
    vi.stubEnv('HTTPS_PROXY', '')
    expect(await health(server.url)).toBe('healthy')
  })

  test('an impossible proxy is refused by the name of its variable', () => {
    vi.stubEnv('https_proxy', `user:${password}@proxy.example:3128`)
    expect(() => createNodeFetch()).toThrow(expect.objectContaining({ parameter: 'https_proxy' }))
  })
})

describe('close', () => {
  test('leaves no connection to the proxy or to the server', async () => {
    await using server = await tlsServer(identity, healthy)
    await using proxy = await connectProxy()
    const fetch = createNodeFetch({ ca: authority.cert, proxy: proxy.url })
    await new SessionsClient({ apiUrl: `${server.url}/v1`, fetch }).health()
    await fetch.close()
    await Promise.all([server.idle(), proxy.idle()])
  })
})

/** Neither as it was given nor as it was sent, at any depth. */
function expectNoPassword(error: unknown): void {
  const shown = inspect(error, { depth: null, showHidden: true }) + JSON.stringify(error)
  for (const secret of [password, encodeURIComponent(password), basic.slice('Basic '.length)]) {
    expect(shown).not.toContain(secret)
  }
}
