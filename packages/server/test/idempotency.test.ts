import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { ManualClock } from 'sandbox-sessions-testkit/manual-clock'
import type { SandboxServerOptions } from '../dist/index.js'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { startChild } from './support/child.js'
import { Gate, HookedEngine } from './support/engine.js'
import { type Answer, TestServer } from 'sandbox-sessions-testkit/test-server'
import { temporaryDirectory } from 'sandbox-sessions-testkit/temporary-directory'

const hour = 3_600_000

let server: TestServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

async function start(options: SandboxServerOptions = {}): Promise<TestServer> {
  return (server = await TestServer.start(options))
}

/** A server that goes on making sessions only when the gate is open. */
async function startGated(): Promise<{ on: TestServer; gate: Gate }> {
  const dataDir = await temporaryDirectory()
  const gate = new Gate()
  const engine = new HookedEngine(dataDir, { created: () => gate.pass() })
  return { on: await start({ dataDir, engine }), gate }
}

function create(on: TestServer, key: string, json: object = {}, token?: string): Promise<Answer> {
  const credentials = token === undefined ? {} : { token }
  return on.call('POST', '/sessions', { json, headers: { 'idempotency-key': key }, ...credentials })
}

async function idsOf(on: TestServer): Promise<unknown[]> {
  const { sessions } = (await on.call('GET', '/sessions')).json
  return Array.isArray(sessions) ? sessions.map((session: { sessionId: unknown }) => session.sessionId) : []
}

function keyFiles(on: TestServer): Promise<string[]> {
  return readdir(path.join(on.dataDir, 'idempotency-keys'))
}

describe('the same key', () => {
  test('answers the first session as it is now', async () => {
    const on = await start()
    const { json: first, status } = await create(on, 'key', { ttl: 600, metadata: { a: 1 } })
    expect(status).toBe(200)
    expect((await create(on, 'key', { ttl: 600, metadata: { a: 1 } })).json).toEqual(first)
    const id = String(first['sessionId'])
    const { json: extended } = await on.call('PATCH', `/sessions/${id}`, { json: { ttl: 7_200 } })
    await on.call('POST', `/sessions/${id}/pause`)
    const again = await create(on, 'key', { ttl: 600, metadata: { a: 1 } })
    expect(again.status).toBe(200)
    expect(again.json).toEqual({ ...extended, status: 'paused' })
    expect(await idsOf(on)).toEqual([id])
  })

  test('takes a body for the same that asks for the same', async () => {
    const on = await start()
    const { json: first } = await on.call('POST', '/sessions', { headers: { 'idempotency-key': 'defaults' } })
    for (const body of [{}, { ttl: 3600 }, { metadata: {} }, { unknown: 1 }]) {
      expect((await create(on, 'defaults', body)).json).toEqual(first)
    }
    const metadata = { b: { y: [1, { z: 1, w: 2 }], x: 1 }, a: 'ü' }
    const { json: second } = await create(on, 'order', { ttl: 60, metadata })
    const text = '{"metadata":{"a":"\\u00fc","b":{"x":1.0,"y":[1,{"w":2,"z":1}]}},"ttl":6e1}'
    const headers = { 'idempotency-key': 'order', 'content-type': 'application/json' }
    expect((await on.call('POST', '/sessions', { body: text, headers })).json).toEqual(second)
  })

  test.each([{ ttl: 601 }, { image: 'python:3.11' }, { metadata: { a: 2 } }, { metadata: { a: [2, 1] } }])(
    'is refused with another body: %j',
    async (other) => {
      const on = await start()
      const body = { ttl: 600, metadata: { a: [1, 2] } }
      const id = (await create(on, 'key', body)).json['sessionId']
      const { status, json } = await create(on, 'key', { ...body, ...other })
      expect([status, json['error']]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED'])
      expect(await idsOf(on)).toEqual([id])
    },
  )

  test('is another key for another user', async () => {
    const on = await start({ token: 'a', tokens: { b: 'bob' } })
    const [mine, theirs] = [await create(on, 'key', {}, 'a'), await create(on, 'key', { ttl: 60 }, 'b')]
    expect([mine.status, theirs.status]).toEqual([200, 200])
    expect(mine.json['sessionId']).not.toBe(theirs.json['sessionId'])
  })

  test('is answered when there is no room for a new session', async () => {
    const on = await start({ limits: { maxSessions: 1 } })
    const { json: first } = await create(on, 'key')
    expect((await create(on, 'other')).status).toBe(503)
    expect((await create(on, 'key')).json).toEqual(first)
    await on.call('DELETE', `/sessions/${String(first['sessionId'])}`)
    // What failed has left its key free.
    expect((await create(on, 'other', { ttl: 60 })).status).toBe(200)
  })

  test('is in conflict while the first call is in flight, however often it comes', async () => {
    const { on, gate } = await startGated()
    const first = create(on, 'key')
    await gate.reached
    for (const { status, json, headers } of await Promise.all([create(on, 'key'), create(on, 'key')])) {
      expect([status, json['error']]).toEqual([409, 'IDEMPOTENCY_CONFLICT'])
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    }
    expect((await create(on, 'key', { ttl: 60 })).json['error']).toBe('IDEMPOTENCY_KEY_REUSED')
    gate.open()
    expect((await create(on, 'key')).status === 200 || (await first).status === 200).toBe(true)
    expect((await create(on, 'key')).json).toEqual((await first).json)
  })

  test('still finds the session of a caller that went away', async () => {
    const { on, gate } = await startGated()
    const caller = new AbortController()
    const headers = { 'idempotency-key': 'key' }
    const lost = expect(on.call('POST', '/sessions', { json: {}, headers, signal: caller.signal })).rejects.toThrow()
    await gate.reached
    caller.abort()
    await lost
    gate.open()
    await eventually(async () => (await create(on, 'key')).status === 200, 'the first call is over')
    expect(await idsOf(on)).toEqual([(await create(on, 'key')).json['sessionId']])
  })

  test('is free after a failure of the engine or of the request', async () => {
    const dataDir = await temporaryDirectory()
    let fails = true
    const created = async () => {
      if (fails) throw new Error('the engine failed')
    }
    const on = await start({ dataDir, engine: new HookedEngine(dataDir, { created }) })
    expect((await create(on, 'key')).status).toBe(500)
    fails = false
    expect((await create(on, 'key', { image: 'windows:11' })).status).toBe(400)
    expect((await create(on, 'key', { ttl: 1 })).status).toBe(400)
    expect((await create(on, 'key', { ttl: 60 })).status).toBe(200)
  })
})

test.each(['', 'x'.repeat(256)])('refuses a key of a bad length', async (key) => {
  const on = await start()
  const { status, json } = await create(on, key)
  expect([status, json['error']]).toEqual([400, 'INVALID_PARAMETER'])
})

test('a key without a session: deleted, expired, and after a restart', async () => {
  const clock = new ManualClock()
  let on = await start({ clock })
  const bodies = {
    deleted: { metadata: { a: 1 } },
    expired: { ttl: 60 },
    restart: { ttl: 120 },
    living: { ttl: 28_800 },
  }
  const firsts = new Map<string, Answer['json']>()
  for (const [key, body] of Object.entries(bodies)) firsts.set(key, (await create(on, key, body)).json)
  const deleted = String(firsts.get('deleted')?.['sessionId'])
  await on.call('DELETE', `/sessions/${deleted}`)
  clock.advance(60_000)
  await eventually(async () => (await keyFiles(on)).length === 2, 'the keys of both are kept')
  const check = async () => {
    for (const [key, body] of Object.entries(bodies)) {
      const answer = await create(on, key, body)
      expect([key, answer.status, answer.json]).toEqual([key, 200, firsts.get(key)])
      expect((await create(on, key, { ttl: 3_601 })).status).toBe(422)
    }
  }
  await check()
  expect((await on.call('GET', `/sessions/${deleted}`)).status).toBe(404)
  await on.server.close()
  clock.advance(60_000)
  on = server = await on.restart()
  expect(await idsOf(on)).toHaveLength(1)
  await check()
  expect(await keyFiles(on)).toHaveLength(3)
})

test('keys end after 24 hours, and leave nothing behind', async () => {
  const clock = new ManualClock()
  let on = await start({ clock })
  const { json: first } = await create(on, 'key', { ttl: 60 })
  const { json: living } = await create(on, 'living', { ttl: 28_800 })
  clock.advance(60_000)
  await eventually(async () => (await keyFiles(on)).length === 1, 'the key is kept')
  for (let passed = 60_000; passed < 23 * hour; passed += hour) {
    await on.call('PATCH', `/sessions/${String(living['sessionId'])}`, { json: { ttl: 28_800 } })
    clock.advance(hour)
  }
  clock.advance(hour - 60_001)
  expect((await create(on, 'key', { ttl: 60 })).json).toEqual(first)
  clock.advance(1)
  const { json: second } = await create(on, 'key', { ttl: 120 })
  expect(second['sessionId']).not.toBe(first['sessionId'])
  clock.advance(hour)
  const newKey = `${String(second['sessionId'])}.json`
  await eventually(async () => (await keyFiles(on)).join() === newKey, 'only the new key is there')
  expect((await create(on, 'living', { ttl: 28_800 })).json['sessionId']).not.toBe(living['sessionId'])
  await on.server.close()
  clock.advance(24 * hour)
  on = server = await on.restart()
  expect(await keyFiles(on)).toEqual([])
})

test('keys are bounded for each user: the oldest go first', async () => {
  const on = await start({ token: 'a', tokens: { b: 'bob' }, limits: { maxIdempotencyKeys: 2 } })
  const theirs = (await create(on, 'key 0', {}, 'b')).json
  const ids: unknown[] = []
  for (const key of ['key 0', 'key 1', 'key 2']) {
    const { sessionId } = (await create(on, key)).json
    await on.call('DELETE', `/sessions/${String(sessionId)}`)
    ids.push(sessionId)
  }
  await eventually(async () => (await keyFiles(on)).length === 2, 'two keys are left')
  expect((await create(on, 'key 2')).json['sessionId']).toBe(ids[2])
  expect((await create(on, 'key 1')).json['sessionId']).toBe(ids[1])
  expect((await create(on, 'key 0')).json['sessionId']).not.toBe(ids[0])
  expect((await create(on, 'key 0', {}, 'b')).json).toEqual(theirs)
})

test.each(['process', 'bubblewrap'] as const)(
  '%s: a kill -9 at any moment leaves one session a key',
  async (engine) => {
    const dataDir = await temporaryDirectory()
    const sandboxes = path.join(dataDir, 'sandboxes', engine, 'sandboxes')
    const countIn = async (directory: string) => (await readdir(directory).catch(() => [])).length
    const moments: ((sessionsBefore: number) => Promise<boolean>)[] = [
      async (before) => (await countIn(sandboxes)) > before,
      async (before) => (await countIn(path.join(dataDir, 'sessions'))) > before,
    ]
    for (const [round, hasCome] of moments.entries()) {
      const child = await startChild(dataDir, engine)
      const before = await countIn(sandboxes)
      const send = fetch(`${child.url}/sessions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${child.token}`, 'idempotency-key': `key ${round}` },
      }).catch(() => undefined)
      while (!(await hasCome(before)));
      await child.kill('SIGKILL')
      await send
      const on = await TestServer.start({ engine, dataDir })
      const [first, second] = [await create(on, `key ${round}`), await create(on, `key ${round}`)]
      expect(first.status).toBe(200)
      expect(second.json).toEqual(first.json)
      expect((await idsOf(on)).at(-1)).toBe(first.json['sessionId'])
      expect(await idsOf(on)).toHaveLength(round + 1)
      expect(await countIn(sandboxes)).toBe(round + 1)
      await on.server.close()
      if (round === moments.length - 1) await on.close()
    }
  },
)

test('metadata that is nested too deep is refused', async () => {
  const on = await start()
  for (const depth of [101, 100_000]) {
    const body = `{"metadata":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`
    const { status, json } = await on.call('POST', '/sessions', {
      body,
      headers: { 'content-type': 'application/json' },
    })
    expect([status, json['error']]).toEqual([400, 'INVALID_PARAMETER'])
  }
})
