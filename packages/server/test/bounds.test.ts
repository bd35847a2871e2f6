/** Limits and networks that sessions ask for, and what they use. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TestServer } from 'sandbox-sessions-testkit/test-server'

describe('on bubblewrap', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await TestServer.start({ engine: 'bubblewrap' })
  })
  afterAll(() => server.close())

  test('a limit holds, and the session says so, also after a restart', async () => {
    const { status, json } = await server.call('POST', '/sessions', { json: { resources: { processes: 64 } } })
    const id = String(json['sessionId'])
    expect([status, json['network']]).toEqual([200, { allow: [] }])
    expect(json).toMatchObject({ resources: { processes: 64 } })
    const limit = async (): Promise<unknown> => (await server.command(id, { command: 'ulimit -u' })).json['stdout']
    expect(await limit()).toBe('64\n')
    server = await server.restart()
    expect((await server.call('GET', `/sessions/${id}`)).json).toMatchObject({ resources: { processes: 64 } })
    expect(await limit()).toBe('64\n')
  })

  test('a session says what holds when it asked for nothing', async () => {
    const { json } = await server.call('POST', '/sessions', { json: { resources: {}, network: { allow: [] } } })
    expect(json).toMatchObject({ resources: { processes: 512 }, network: { allow: [] } })
    const { json: listed } = await server.call('GET', '/sessions')
    expect(listed['sessions']).toContainEqual(json)
  })

  test('the same key asks for the same limits', async () => {
    const headers = { 'idempotency-key': randomUUID() }
    const ask = (processes: number) => server.call('POST', '/sessions', { json: { resources: { processes } }, headers })
    const first = await ask(64)
    expect((await ask(64)).json).toEqual(first.json)
    expect((await ask(65)).json['error']).toBe('IDEMPOTENCY_KEY_REUSED')
    await server.call('DELETE', `/sessions/${String(first.json['sessionId'])}`)
    expect((await ask(64)).json).toMatchObject({ resources: { processes: 64 } })
  })

  test.each([
    [{ resources: { processes: 4_000_000 } }, 'RESOURCE_NOT_AVAILABLE'],
    [{ resources: { gpu: 1 } }, 'RESOURCE_NOT_AVAILABLE'],
    [{ resources: { memoryMB: 512 } }, 'RESOURCE_NOT_AVAILABLE'],
    [{ network: { allow: ['example.com'] } }, 'NETWORK_NOT_ALLOWED'],
    [{ resources: { cpu: 0.05 } }, 'INVALID_PARAMETER'],
    [{ resources: { memoryMb: 64.5 } }, 'INVALID_PARAMETER'],
    [{ network: {} }, 'INVALID_PARAMETER'],
    [{ network: { allow: 'example.com' } }, 'INVALID_PARAMETER'],
    [{ network: { allow: ['a'.repeat(262)] } }, 'INVALID_PARAMETER'],
    [{ network: { allow: ['\ud800'] } }, 'INVALID_PARAMETER'],
  ])('%j is refused with %s, and no session is made', async (json, code) => {
    const before = await server.call('GET', '/sessions')
    const { status, json: error } = await server.call('POST', '/sessions', { json })
    expect([status, error['error']]).toEqual([400, code])
    expect(String(error['message'])).toMatch(/^[A-Za-z].+\.$/)
    expect((await server.call('GET', '/sessions')).json['total']).toBe(before.json['total'])
  })

  test('metrics tell what a session uses', async () => {
    const id = await server.session()
    const metrics = async (): Promise<Record<string, unknown>> => {
      const { status, json } = await server.call('GET', `/sessions/${id}/metrics`)
      expect(status).toBe(200)
      return json
    }
    const before = await metrics()
    await server.command(id, { command: 'head -c 3000000 /dev/urandom > file' })
    // More than come and go by themselves.
    await server.command(id, { command: 'for i in 1 2 3 4 5 6 7 8; do sleep 1000 >/dev/null 2>&1 & done' })
    // Enough work to be seen, whatever it takes.
    await server.command(id, { command: 'python3 -c "for _ in range(3_000_000): pass"' })
    const after = await metrics()
    expect(Number(after['diskBytes'])).toBeGreaterThanOrEqual(Number(before['diskBytes']))
    expect(Number(after['cpuSeconds'])).toBeGreaterThan(Number(before['cpuSeconds']))
    expect(Number(after['processes'])).toBeGreaterThan(Number(before['processes']))
    expect(Number(after['memoryBytes'])).toBeGreaterThan(0)
    expect(Number(after['diskLimitBytes'])).toBeGreaterThan(0)
    expect(Date.parse(String(after['at']))).toBeGreaterThanOrEqual(Date.parse(String(before['at'])))
    const unknown = await server.call('GET', `/sessions/${randomUUID()}/metrics`)
    expect([unknown.status, unknown.json['error']]).toEqual([404, 'SESSION_NOT_FOUND'])
  })
})

describe('on the process engine, which bounds nothing', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await TestServer.start({ engine: 'process' })
  })
  afterAll(() => server.close())

  test('a session says that nothing is bounded', async () => {
    const { json } = await server.call('POST', '/sessions', {})
    expect([json['resources'], json['network']]).toEqual([{}, { allow: ['*'] }])
  })

  test.each([
    ['RESOURCE_NOT_AVAILABLE', { resources: { cpu: 1 } }],
    ['RESOURCE_NOT_AVAILABLE', { resources: { memoryMb: 512 } }],
    ['RESOURCE_NOT_AVAILABLE', { resources: { diskMb: 512 } }],
    ['RESOURCE_NOT_AVAILABLE', { resources: { processes: 64 } }],
    ['NETWORK_NOT_ALLOWED', { network: { allow: ['example.com'] } }],
    ['NETWORK_NOT_ALLOWED', { network: { allow: [] } }],
  ])('and refuses with %s: %j', async (code, json) => {
    const { status, json: error } = await server.call('POST', '/sessions', { json })
    expect([status, error['error']]).toEqual([400, code])
  })
})
