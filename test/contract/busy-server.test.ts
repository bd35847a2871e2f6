/** What the local server answers when it is asked too often, or has no room, held against the spec. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadSpec } from 'sandbox-sessions-conformance'
import { isObject } from 'sandbox-sessions-openapi'
import { type CheckingProxy, checkingProxy } from './support/checking-proxy.js'
import { plainRequest } from './support/plain-request.js'
import { type UnsafeServer, unsafeServer } from 'sandbox-sessions-testkit/unsafe-server'

const spec = await loadSpec()
const id = '7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f'
const json = { 'content-type': 'application/json' }

interface Busy {
  readonly send: (line: string, init?: RequestInit) => Promise<Response>
  readonly proxy: () => CheckingProxy
}

/** A server with these limits, behind the judge. */
function behindProxy(limits: Parameters<typeof unsafeServer>[0], withPrism: boolean): Busy {
  let server: UnsafeServer
  let proxy: CheckingProxy

  beforeAll(async () => {
    server = await unsafeServer(limits)
    proxy = await checkingProxy(server.url, { withPrism })
  })

  afterAll(async () => {
    expect(await proxy.ledger.take()).toEqual([])
    for (const each of [proxy, server]) await each[Symbol.asyncDispose]()
  })

  return {
    proxy: () => proxy,
    async send(line, init = {}) {
      const [method = '', target = ''] = line.split(' ')
      const headers = new Headers(init.headers)
      headers.set('authorization', `Bearer ${server.token}`)
      return await fetch(proxy.url + target, { ...init, method, headers })
    },
  }
}

describe('a server that is asked too often', () => {
  const { send, proxy } = behindProxy({ requestsPerMinute: 1 }, true)

  beforeAll(async () => {
    expect((await send('GET /sessions')).status).toBe(200)
  })

  test.each(spec.operations.filter(({ secured }) => secured).map((each) => [each.id, each] as const))(
    'refuses %s',
    async (name, operation) => {
      const response = await send(...plainRequest(operation, id))
      expect(response.status).toBe(429)
      expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
      expect(response.headers.get('x-ratelimit-remaining')).toBe('0')
      expect(proxy().ledger.seen.get(`${name} 429`)).toBe(1)
    },
  )
})

describe('a server without room', () => {
  const { send, proxy } = behindProxy({ maxSessions: 1, maxRunningCommands: 1, maxWaitingCommands: 0 }, false)

  test('refuses a session and commands', async () => {
    const body: unknown = await (await send('POST /sessions')).json()
    const at = `/sessions/${isObject(body) ? String(body['sessionId']) : ''}`
    expect((await send('POST /sessions')).status).toBe(503)

    const events = { ...json, accept: 'text/event-stream' }
    const running = await send(`POST ${at}/commands`, {
      headers: events,
      body: '{"command":"echo started; sleep 100"}',
    })
    const reader = running.body?.getReader()
    await reader?.read()
    for (const headers of [json, events]) {
      expect((await send(`POST ${at}/commands`, { headers, body: '{"command":"true"}' })).status).toBe(503)
      expect((await send(`POST ${at}/code`, { headers, body: '{"code":"1"}' })).status).toBe(503)
    }
    await reader?.cancel()
    await send(`DELETE ${at}`)
    const seen = ['createSession 503', 'executeCommand 503', 'executeCode 503']
    expect([...proxy().ledger.seen.keys()]).toEqual(expect.arrayContaining(seen))
  })
})
