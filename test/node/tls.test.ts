import { beforeAll, describe, expect, test } from 'vitest'
import { SessionsClient } from '../../src/index.js'
import { type NodeFetchOptions, createNodeFetch } from '../../src/node/index.js'
import { thrownBy } from '../support/client.js'
import { respond } from 'sandbox-sessions-testkit/fixture'
import { type Authority, type Identity, createAuthority, future, past, selfSigned } from './certificates.js'
import { type Handler, tlsServer } from './servers.js'

const healthy: Handler = (_, response) => {
  respond(response, 200, { status: 'healthy' })
}

/** One call through a fetch of these options; the fetch is closed afterwards. */
async function health(url: string, options: NodeFetchOptions): Promise<string> {
  await using fetch = createNodeFetch({ proxy: false, ...options })
  const client = new SessionsClient({ apiUrl: `${url}/v1`, fetch, maxRetries: 0 })
  const { status } = await client.health()
  return status
}

let authority: Authority
let identity: Identity

beforeAll(async () => {
  authority = await createAuthority()
  identity = await authority.issue()
})

describe('a self-signed server', () => {
  let own: Identity
  beforeAll(async () => {
    own = await selfSigned()
  })

  test('is refused, and the message says why and what to do', async () => {
    await using server = await tlsServer(own, healthy)
    const error = await thrownBy(() => health(server.url, {}))
    expect(error).toMatchObject({ name: 'SandboxConnectionError', statusCode: undefined, method: 'GET' })
    expect(String(error)).toMatch(/self-signed certificate.*\(as ca\), or name its file in NODE_EXTRA_CA_CERTS/)
  })

  test("is refused by Node's own fetch too, with the same message", async () => {
    await using server = await tlsServer(own, healthy)
    const client = new SessionsClient({ apiUrl: `${server.url}/v1`, maxRetries: 0 })
    const error = await thrownBy(() => client.health())
    expect(String(error)).toMatch(/self-signed certificate.*createNodeFetch/)
  })

  test('is accepted with its certificate as ca', async () => {
    await using server = await tlsServer(own, healthy)
    expect(await health(server.url, { ca: own.cert })).toBe('healthy')
  })

  test('is accepted with rejectUnauthorized: false', async () => {
    await using server = await tlsServer(own, healthy)
    expect(await health(server.url, { rejectUnauthorized: false })).toBe('healthy')
  })
})

describe('a server with a certificate of an authority', () => {
  test.each<[string, () => NodeFetchOptions['ca']]>([
    ['text', () => authority.cert],
    ['bytes', () => Buffer.from(authority.cert)],
    ['one of several', () => [identity.cert, new TextEncoder().encode(authority.cert)]],
  ])('is accepted with ca as %s', async (_, ca) => {
    await using server = await tlsServer(identity, healthy)
    expect(await health(server.url, { ca: ca() })).toBe('healthy')
  })

  test('is refused without ca', async () => {
    await using server = await tlsServer(identity, healthy)
    const error = await thrownBy(() => health(server.url, {}))
    expect(error).toMatchObject({ name: 'SandboxConnectionError' })
    expect(String(error)).toMatch(/certificate.*createNodeFetch/)
  })

  test('is refused with the ca of another authority', async () => {
    const other = await createAuthority()
    await using server = await tlsServer(identity, healthy)
    expect(await thrownBy(() => health(server.url, { ca: other.cert }))).toMatchObject({
      name: 'SandboxConnectionError',
    })
  })

  test('is refused under a name that is not in it', async () => {
    await using server = await tlsServer(await authority.issue({ hosts: ['sandbox.example'] }), healthy)
    const error = await thrownBy(() => health(server.url, { ca: authority.cert }))
    expect(error).toMatchObject({ name: 'SandboxConnectionError' })
    expect(String(error)).toMatch(/does not match.*Set apiUrl to a name/)
    expect(await health(server.url, { ca: authority.cert, rejectUnauthorized: false })).toBe('healthy')
  })

  test.each([
    ['expired', past, /certificate has expired.*Renew/],
    ['not yet valid', future, /not yet valid.*clock/],
  ])('is refused when %s', async (_, time, message) => {
    await using server = await tlsServer(await authority.issue(time), healthy)
    const error = await thrownBy(() => health(server.url, { ca: authority.cert }))
    expect(error).toMatchObject({ name: 'SandboxConnectionError' })
    expect(String(error)).toMatch(message)
  })
})

describe('a server that asks for a client certificate', () => {
  const mutual = (): Parameters<typeof tlsServer>[0] => ({
    ...identity,
    ca: authority.cert,
    requestCert: true,
    rejectUnauthorized: true,
  })

  test('accepts one of its authority', async () => {
    await using server = await tlsServer(mutual(), healthy)
    expect(await health(server.url, { ca: authority.cert, ...(await authority.issue()) })).toBe('healthy')
  })

  test('refuses a call without', async () => {
    await using server = await tlsServer(mutual(), healthy)
    expect(await thrownBy(() => health(server.url, { ca: authority.cert }))).toMatchObject({
      name: 'SandboxConnectionError',
    })
  })

  // Only in TLS 1.2 does the refusal come before the handshake is over: later it may be overtaken by the closing.
  test('refuses a call without, and the message says what to do', async () => {
    await using server = await tlsServer({ ...mutual(), maxVersion: 'TLSv1.2' }, healthy)
    const error = await thrownBy(() => health(server.url, { ca: authority.cert }))
    expect(error).toMatchObject({ name: 'SandboxConnectionError' })
    expect(String(error)).toMatch(/alert.*\(cert, key\)/)
  })

  test('refuses one of another authority, and no key is shown', async () => {
    await using server = await tlsServer(mutual(), healthy)
    const stranger = await (await createAuthority()).issue()
    const error = await thrownBy(() => health(server.url, { ca: authority.cert, ...stranger }))
    expect(error).toMatchObject({ name: 'SandboxConnectionError' })
    expect(String(error)).not.toContain('PRIVATE')
  })
})
