import { SignJWT } from 'jose'
import { afterEach, expect, test } from 'vitest'
import { ManualClock } from 'sandbox-sessions-testkit/manual-clock'
import { networkOf } from '../dist/http/network.js'
import { RateWindows } from '../dist/http/rate-windows.js'
import { type Answer, TestServer } from 'sandbox-sessions-testkit/test-server'

const secret = 'a secret that is long enough for HS256'
const clock = new ManualClock()
let server: TestServer | undefined
afterEach(() => server?.close())

function start(limits: object): Promise<TestServer> {
  const tokens = { 'alice-token': 'alice', 'bob-token': 'bob' }
  return TestServer.start({ clock, tokens, jwt: { secret }, limits })
}

function jwtOf(sub: string): Promise<string> {
  return new SignJWT({ sub })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret))
}

/** What a 429 has to say, when so many seconds of the window are left. */
function expectLimited({ status, json, headers }: Answer, limit: number, seconds: number): void {
  expect([status, json['error'], json['requestId']]).toEqual([429, 'RATE_LIMITED', headers.get('x-request-id')])
  expect(json['message']).toContain(`Try again in ${seconds} seconds.`)
  expect(headers.get('x-ratelimit-limit')).toBe(String(limit))
  expect(headers.get('x-ratelimit-remaining')).toBe('0')
  expect(headers.get('x-ratelimit-reset')).toBe(String(Math.ceil((clock.now() + seconds * 1_000) / 1_000)))
  expect(headers.get('retry-after')).toBe(String(seconds))
}

test('a user gets so many requests a minute, whatever they ask for, and no other user notices', async () => {
  server = await start({ requestsPerMinute: 3 })
  const alice = { token: 'alice-token' }
  for (const route of ['/sessions', '/sessions/nope']) await server.call('GET', route, alice)
  clock.advance(20_000)
  expect((await server.call('POST', '/sessions', alice)).status).toBe(200)
  expectLimited(await server.call('GET', '/sessions', alice), 3, 40)
  const body = { json: { metadata: { x: 'x'.repeat(1_000_000) } } }
  expectLimited(await server.call('POST', '/sessions', { ...alice, ...body }), 3, 40)
  expect((await server.call('GET', '/sessions', { token: 'bob-token' })).status).toBe(200)
  expect((await server.call('GET', '/health', { token: '' })).status).toBe(200)
  clock.advance(39_001)
  expectLimited(await server.call('GET', '/sessions', alice), 3, 1)
  clock.advance(999)
  expect((await server.call('GET', '/sessions', alice)).json).toMatchObject({ total: 1 })
})

test('a user is the same with every token of theirs, and JSON Web Tokens have users of their own', async () => {
  server = await start({ requestsPerMinute: 1 })
  expect((await server.call('GET', '/sessions', { token: await jwtOf('alice') })).status).toBe(200)
  expectLimited(await server.call('GET', '/sessions', { token: await jwtOf('alice') }), 1, 60)
  expect((await server.call('GET', '/sessions', { token: 'alice-token' })).status).toBe(200)
  const apiKey = { token: '', headers: { 'x-api-key': 'alice-token' } }
  expectLimited(await server.call('GET', '/sessions', apiKey), 1, 60)
})

test('guessing is bounded, and does not lock out who was in before', async () => {
  server = await start({ failedLoginsPerMinute: 2 })
  const alice = { token: 'alice-token' }
  expect((await server.call('GET', '/sessions', alice)).status).toBe(200)
  for (const token of ['', 'guess']) expect((await server.call('GET', '/sessions', { token })).status).toBe(401)
  expectLimited(await server.call('GET', '/sessions', { token: 'guess' }), 2, 60)
  // The right guess tells nothing.
  expectLimited(await server.call('GET', '/sessions', { token: 'bob-token' }), 2, 60)
  expect((await server.call('GET', '/sessions', alice)).status).toBe(200)
  clock.advance(60_000)
  expect((await server.call('GET', '/sessions', { token: 'guess' })).status).toBe(401)
  expect((await server.call('GET', '/sessions', { token: 'bob-token' })).status).toBe(200)
})

test('0 sets no limit', async () => {
  server = await start({ requestsPerMinute: 0, failedLoginsPerMinute: 0 })
  for (let round = 0; round < 5; round++) {
    expect((await server.call('GET', '/sessions', { token: 'alice-token' })).status).toBe(200)
    expect((await server.call('GET', '/sessions', { token: 'guess' })).status).toBe(401)
  }
})

test('windows are bounded in number: the oldest go first', () => {
  const windows = new RateWindows(60_000, clock)
  for (let key = 0; key < 10_001; key++) windows.add(String(key))
  expect(windows.get('0').count).toBe(0)
  expect(windows.get('1').count).toBe(1)
  expect(windows.add('10000').count).toBe(2)
})

test('a clock that is set back opens no window for longer than its length', () => {
  const windows = new RateWindows(60_000, clock)
  windows.add('key')
  clock.advance(-120_000)
  expect(windows.get('key')).toEqual({ count: 0, endsAt: clock.now() + 60_000 })
})

test.each([
  ['127.0.0.1', '127.0.0.1'],
  ['::ffff:10.1.2.3', '10.1.2.3'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8::5', '2001:db8:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
  ['::1', '0:0:0:0'],
])('the network of %s is %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})
