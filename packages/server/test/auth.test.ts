import { once } from 'node:events'
import { readFile, stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo } from 'node:net'
import path from 'node:path'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { TestServer } from 'sandbox-sessions-testkit/test-server'

const secret = 'a-secret-of-at-least-thirty-two-bytes!'

function sign(payload: JWTPayload, key = secret, expires: string | null = '1h'): Promise<string> {
  const token = new SignJWT(payload).setProtectedHeader({ alg: 'HS256' })
  if (expires !== null) token.setExpirationTime(expires)
  return token.sign(new TextEncoder().encode(key))
}

test('makes a token of its own, keeps it private and uses it again', async () => {
  let server = await TestServer.start()
  try {
    const { token } = server.server
    expect(token).toMatch(/^[\w-]{43}$/)
    expect((await stat(path.join(server.dataDir, 'token'))).mode & 0o777).toBe(0o600)
    expect(await readFile(path.join(server.dataDir, 'token'), 'utf8')).toBe(`${token ?? ''}\n`)
    server = await server.restart()
    expect(server.server.token).toBe(token)
  } finally {
    await server.close()
  }
})

test('takes a bearer token or an API key, and nothing else', async () => {
  const server = await TestServer.start({ token: 'right', tokens: { second: 'bob' } })
  try {
    const status = async (headers: Record<string, string>) =>
      (await server.call('GET', '/sessions', { token: '', headers })).status
    for (const headers of [
      { authorization: 'Bearer right' },
      { authorization: 'bearer second' },
      { 'x-api-key': 'right' },
      { authorization: 'Basic x', 'x-api-key': 'right' },
    ]) {
      expect([headers, await status(headers)]).toEqual([headers, 200])
    }
    for (const headers of [
      {},
      { authorization: 'Bearer wrong' },
      { authorization: 'Bearer' },
      { authorization: 'right' },
      { authorization: 'Basic right' },
      { 'x-api-key': '' },
      { 'x-api-key': 'wrong' },
      { authorization: `Bearer ${await sign({ sub: 'alice' })}` },
    ]) {
      expect([headers, await status(headers)]).toEqual([headers, 401])
    }
    const { json, headers } = await server.call('POST', '/sessions', { token: '', json: { ttl: 1 } })
    expect(json).toMatchObject({ error: 'UNAUTHORIZED', requestId: headers.get('x-request-id') })
    expect(headers.get('www-authenticate')).toBe('Bearer')
    expect((await server.call('GET', '/health', { token: '' })).status).toBe(200)
  } finally {
    await server.close()
  }
})

test('takes JSON Web Tokens of a shared secret; their subject is the user', async () => {
  const jwt = { secret, audience: 'sandbox', issuer: 'tests' }
  const server = await TestServer.start({ jwt })
  try {
    expect(server.server.token).toBeUndefined()
    const good = { sub: 'alice', aud: 'sandbox', iss: 'tests' }
    const alice = await sign(good)
    const id = await server.session({}, { token: alice })
    expect((await server.call('GET', `/sessions/${id}`, { token: await sign(good) })).status).toBe(200)
    const bob = await sign({ ...good, sub: 'bob' })
    expect((await server.call('GET', `/sessions/${id}`, { token: bob })).status).toBe(404)
    const none = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${alice.split('.')[1] ?? ''}.`
    for (const bad of [
      await sign(good, 'another secret that is long enough too'),
      await sign(good, secret, null),
      await sign(good, secret, '-1s'),
      await sign({ ...good, aud: 'other' }),
      await sign({ ...good, iss: 'other' }),
      await sign({ aud: 'sandbox', iss: 'tests' }),
      none,
      'a.b.c',
    ]) {
      expect((await server.call('GET', '/sessions', { token: bad })).status).toBe(401)
    }
  } finally {
    await server.close()
  }
})

test('takes JSON Web Tokens of a key set, and says so when it cannot be had', async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' }
  let isUp = false
  const issuer = createServer((_, response) => {
    response.writeHead(isUp ? 200 : 500, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ keys: [jwk] }))
  }).listen(0, '127.0.0.1')
  await once(issuer, 'listening')
  const address: AddressInfo | string | null = issuer.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const server = await TestServer.start({ jwt: { jwksUrl: `http://127.0.0.1:${port}/keys` } })
  try {
    const header = { alg: 'ES256', kid: 'k' }
    const token = await new SignJWT({ sub: 'a' }).setProtectedHeader(header).setExpirationTime('1h').sign(privateKey)
    expect((await server.call('GET', '/sessions', { token })).status).toBe(503)
    isUp = true
    expect((await server.call('GET', '/sessions', { token })).status).toBe(200)
    // A public key must not pass as the secret of a token that anyone can sign.
    expect(
      (await server.call('GET', '/sessions', { token: await sign({ sub: 'a' }, JSON.stringify(jwk)) })).status,
    ).toBe(401)
  } finally {
    await server.close()
    issuer.close()
  }
})
