/** [L1] Pages of other origins, which can send requests without being allowed to. */
import { afterEach, describe, expect, test } from 'vitest'
import { TestServer } from 'sandbox-sessions-testkit/test-server'

let server: TestServer
afterEach(() => server.close())

const foreign = [
  { origin: 'https://evil.example' },
  { origin: 'null' },
  { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' },
  { 'sec-fetch-site': 'cross-site' },
]

describe('a page of another origin', () => {
  test('is refused, whatever credentials it sends, and locks nobody out', async () => {
    server = await TestServer.start({ limits: { failedLoginsPerMinute: 5 } })
    for (const headers of foreign) {
      for (const token of ['', 'wrong', server.server.token ?? '']) {
        const { status, json } = await server.call('GET', '/sessions', { headers, token })
        expect([status, json['error']]).toEqual([401, 'UNAUTHORIZED'])
        expect(json['message']).toContain('--cors-origin')
      }
    }
    expect((await server.call('GET', '/sessions', { token: 'wrong' })).status).toBe(401)
    expect((await server.call('GET', '/sessions')).status).toBe(200)
  })

  test('may use the API when its origin is allowed', async () => {
    server = await TestServer.start({ corsOrigins: ['https://app.example.com'] })
    const site = { 'sec-fetch-site': 'cross-site' }
    const allowed = { origin: 'https://app.example.com', ...site }
    expect((await server.call('GET', '/sessions', { headers: allowed })).status).toBe(200)
    const other = { origin: 'https://evil.example', ...site }
    expect((await server.call('GET', '/sessions', { headers: other })).status).toBe(401)
  })

  test('is none when the page is the server itself, or nobody says that there is one', async () => {
    server = await TestServer.start()
    const own = { origin: server.origin.origin, 'sec-fetch-site': 'same-origin' }
    expect((await server.call('GET', '/sessions', { headers: own })).status).toBe(200)
    expect((await server.call('GET', '/sessions', { headers: { 'sec-fetch-site': 'none' } })).status).toBe(200)
  })
})
