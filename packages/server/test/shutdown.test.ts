import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { Gate, HookedEngine } from './support/engine.js'
import { TestServer } from 'sandbox-sessions-testkit/test-server'
import { temporaryDirectory } from 'sandbox-sessions-testkit/temporary-directory'

let server: TestServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

const unknown = '00000000-0000-0000-0000-000000000000'

test('[B16] while the server stops, every operation answers 503 until the connection closes', async () => {
  const dataDir = await temporaryDirectory()
  const gate = new Gate()
  const engine = new HookedEngine(dataDir, { closing: () => gate.pass() })
  const on = await TestServer.start({ dataDir, engine })
  const id = await on.session()
  const closing = on.server.close()
  await gate.reached
  const calls: [string, string, object?][] = [
    ['GET', '/health'],
    ['GET', '/sessions'],
    ['POST', '/sessions', {}],
    ...[id, unknown].flatMap((each): [string, string, object?][] => [
      ['GET', `/sessions/${each}`],
      ['DELETE', `/sessions/${each}`],
      ['PATCH', `/sessions/${each}`, { ttl: 60 }],
      ['POST', `/sessions/${each}/pause`],
      ['POST', `/sessions/${each}/resume`],
      ['POST', `/sessions/${each}/commands`, { command: 'true' }],
      ['POST', `/sessions/${each}/code`, { code: '1' }],
      ['GET', `/sessions/${each}/files?filePath=x`],
      ['DELETE', `/sessions/${each}/files?filePath=x`],
      ['GET', `/sessions/${each}/files/list`],
      ['GET', `/sessions/${each}/files/stat?filePath=x`],
    ]),
  ]
  for (const [method, route, json] of calls) {
    const answer = await on.call(method, route, { json })
    const got = [method, route, answer.status, answer.json['error'], answer.headers.get('retry-after') !== null]
    expect(got).toEqual([method, route, 503, 'CAPACITY_EXCEEDED', true])
  }
  expect((await on.upload(id, 'path=x', 'x')).status).toBe(503)
  gate.open()
  await closing
  const next = (server = await TestServer.start({ dataDir, engine: new HookedEngine(dataDir, {}) }))
  expect((await next.call('GET', `/sessions/${id}`)).json).toMatchObject({ sessionId: id, status: 'running' })
})

test('[B16] within the grace period sessions are still there, and health says that no new work is taken', async () => {
  const on = (server = await TestServer.start())
  const id = await on.session()
  const running = on.command(id, { command: 'touch begun; while [ ! -e go ]; do sleep 0.02; done' })
  await eventually(async () => (await on.download(id, 'begun')).status === 200, 'the command runs')
  const other = await on.session()
  expect((await on.call('GET', '/health')).status).toBe(200)
  const closing = on.server.close({ graceMs: 60_000 })
  const health = await on.call('GET', '/health')
  expect([health.status, health.json['error'], health.headers.get('retry-after')]).toEqual([
    503,
    'CAPACITY_EXCEEDED',
    '5',
  ])
  expect((await on.call('PATCH', `/sessions/${id}`, { json: { ttl: 600 } })).status).toBe(200)
  expect((await on.call('GET', '/sessions')).json).toMatchObject({ total: 2 })
  expect((await on.call('DELETE', `/sessions/${other}`)).status).toBe(200)
  expect((await on.call('DELETE', `/sessions/${id}`)).status).toBe(200)
  expect((await running).status).toBe(404)
  await closing
})

test('[B16] what only reads, and is cut off by the end of the server, may be sent again', async () => {
  const dataDir = await temporaryDirectory()
  const gate = new Gate()
  const hooks = { listing: () => gate.pass(), closing: async () => gate.open() }
  const on = await TestServer.start({ dataDir, engine: new HookedEngine(dataDir, hooks) })
  const id = await on.session()
  const listed = on.call('GET', `/sessions/${id}/files/list`)
  await gate.reached
  const closing = on.server.close()
  const { status, json, headers } = await listed
  expect([status, json['error'], headers.get('retry-after')]).toEqual([503, 'CAPACITY_EXCEEDED', '5'])
  await closing
})

test('a server that cannot end its sandboxes still lets its port and its directory go', async () => {
  const dataDir = await temporaryDirectory()
  const fail = () => Promise.reject(new Error('the engine cannot be closed'))
  const engine = new HookedEngine(dataDir, { closing: fail })
  const on = await TestServer.start({ dataDir, engine })
  await expect(on.server.close()).rejects.toThrow('the engine cannot be closed')
  await expect(on.call('GET', '/health')).rejects.toThrow('fetch failed')
  const next = (server = await TestServer.start({ dataDir, port: Number(on.origin.port) }))
  expect((await next.call('GET', '/health')).status).toBe(200)
})

test('[B16] a session that cannot be taken over at the start is not told to be gone', async () => {
  const dataDir = await temporaryDirectory()
  const first = await TestServer.start({ dataDir, engine: new HookedEngine(dataDir, {}) })
  const [kept, deleted, paused] = [await first.session(), await first.session(), await first.session()]
  await first.upload(kept, 'path=file', 'kept')
  await first.call('POST', `/sessions/${paused}/pause`)
  await first.server.close()
  let fails = true
  const recovering = async () => {
    if (fails) throw new Error('the supervisor did not get ready')
  }
  const on = (server = await TestServer.start({ dataDir, engine: new HookedEngine(dataDir, { recovering }) }))
  expect((await on.call('GET', `/sessions/${kept}`)).json).toMatchObject({ sessionId: kept, status: 'running' })
  expect((await on.call('GET', '/sessions')).json).toMatchObject({ total: 3 })
  expect((await on.command(kept, { command: 'cat file' })).status).toBe(500)
  expect((await on.call('DELETE', `/sessions/${deleted}`)).status).toBe(200)
  expect((await readdir(path.join(dataDir, 'process', 'sandboxes'))).sort()).toEqual([kept, paused].sort())
  fails = false
  expect((await on.command(kept, { command: 'cat file' })).json).toMatchObject({ stdout: 'kept' })
  expect((await on.command(paused, { command: 'true' })).json['error']).toBe('SESSION_PAUSED')
  expect((await on.call('POST', `/sessions/${paused}/resume`)).json).toMatchObject({ status: 'running' })
  expect((await on.command(paused, { command: 'echo on' })).json).toMatchObject({ stdout: 'on\n' })
})
