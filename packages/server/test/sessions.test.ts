import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TestServer } from 'sandbox-sessions-testkit/test-server'

const unknown = '00000000-0000-0000-0000-000000000000'

describe('sessions', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await TestServer.start({ tokens: { 'alice-token': 'alice', 'bob-token': 'bob' }, token: 'main-token' })
  })
  afterAll(() => server.close())

  test('creates one with all defaults, with or without a body', async () => {
    for (const options of [{}, { json: {} }, { headers: { 'content-type': 'application/json' } }]) {
      const { status, json, headers } = await server.call('POST', '/sessions', options)
      expect(status).toBe(200)
      expect(json).toMatchObject({ status: 'running', metadata: {}, engine: 'process' })
      expect(Date.parse(String(json['expiresAt'])) - Date.parse(String(json['createdAt']))).toBe(3_600_000)
      expect(headers.get('x-request-id')).toMatch(/^[\x21-\x7E]+$/)
    }
  })

  test('keeps metadata unchanged and finds the session by an id in capitals', async () => {
    const metadata = { user: 'alice', nested: { list: [1, null, 'ü'] }, empty: '' }
    const id = await server.session({ ttl: 60, image: 'python:3.11', metadata })
    const { status, json } = await server.call('GET', `/sessions/${id.toUpperCase()}`)
    expect(status).toBe(200)
    expect(json).toMatchObject({ sessionId: id, metadata })
  })

  test.each([
    ['ttl', { ttl: 59 }, 'ttl must be from 60 to 28800, got 59.'],
    ['ttl', { ttl: 28801 }, 'ttl must be from 60 to 28800, got 28801.'],
    ['ttl', { ttl: '60' }, 'ttl must be an integer, got "60".'],
    ['ttl', { ttl: 60.5 }, 'ttl must be an integer, got 60.5.'],
    ['ttl', { ttl: null }, 'ttl must be an integer, got null.'],
    ['metadata', { metadata: [] }, 'metadata must be an object, got [].'],
  ])('refuses a bad %s', async (parameter, json, message) => {
    const { status, json: error } = await server.call('POST', '/sessions', { json })
    expect(status).toBe(400)
    expect(error).toMatchObject({ error: 'INVALID_PARAMETER', message, details: { parameter } })
  })

  test.each(['GET', 'PATCH', 'DELETE'])('has nothing at a path whose id is empty, on %s', async (method) => {
    const { status, json } = await server.call(method, '/sessions/')
    expect([status, json['error']]).toEqual([404, 'NOT_FOUND'])
  })

  test('refuses an image that it does not have', async () => {
    const { status, json } = await server.call('POST', '/sessions', { json: { image: 'windows:11' } })
    expect([status, json['error']]).toEqual([400, 'IMAGE_NOT_AVAILABLE'])
    expect(json['message']).toMatch(/^This server .+ image may be .+\.$/)
  })

  test('answers 400 for a malformed id and 404 for an unknown one, on every operation of a session', async () => {
    const calls: [string, string, object?][] = [
      ['GET', ''],
      ['DELETE', ''],
      ['PATCH', '', { ttl: 60 }],
      ['POST', '/pause'],
      ['POST', '/resume'],
      ['POST', '/commands', { command: 'true' }],
      ['POST', '/code', { code: '1' }],
      ['GET', '/files?filePath=x'],
      ['DELETE', '/files?filePath=x'],
      ['GET', '/files/list'],
    ]
    for (const [method, rest, json] of calls) {
      const bad = await server.call(method, `/sessions/nope${rest}`, { json })
      expect([method, rest, bad.status, bad.json['error']]).toEqual([method, rest, 400, 'INVALID_PARAMETER'])
      const missing = await server.call(method, `/sessions/${unknown}${rest}`, { json })
      expect([method, rest, missing.status, missing.json['error']]).toEqual([method, rest, 404, 'SESSION_NOT_FOUND'])
    }
    const upload = await server.upload(unknown, 'path=x', 'x')
    expect([upload.status, upload.json['error']]).toEqual([404, 'SESSION_NOT_FOUND'])
  })

  test('lists the own ones only, oldest first, in pages', async () => {
    const token = 'alice-token'
    const ids = [await server.session({}, { token }), await server.session({}, { token })]
    ids.push(await server.session({}, { token }))
    const { json } = await server.call('GET', '/sessions', { token })
    expect(json).toMatchObject({ total: 3, limit: 50, offset: 0, sessions: ids.map((sessionId) => ({ sessionId })) })
    const page = await server.call('GET', '/sessions?limit=1&offset=1', { token })
    expect(page.json).toMatchObject({ total: 3, limit: 1, offset: 1, sessions: [{ sessionId: ids[1] }] })
    const past = await server.call('GET', '/sessions?offset=7', { token })
    expect(past.json).toMatchObject({ total: 3, sessions: [] })
    for (const id of ids) {
      const theirs = await server.call('DELETE', `/sessions/${id}`, { token: 'bob-token' })
      expect([theirs.status, theirs.json['error']]).toEqual([404, 'SESSION_NOT_FOUND'])
      expect((await server.call('GET', `/sessions/${id}`, { token })).status).toBe(200)
    }
  })

  test.each(['limit=0', 'limit=101', 'limit=x', 'limit=', 'limit=1&limit=2', 'limit=0x10', 'offset=-1', 'offset=1.5'])(
    'refuses %s',
    async (query) => {
      const { status, json } = await server.call('GET', `/sessions?${query}`)
      expect(status).toBe(400)
      expect(json).toMatchObject({ error: 'INVALID_PARAMETER', details: { parameter: query.split('=')[0] } })
    },
  )

  test('extends one', async () => {
    const id = await server.session({ ttl: 60 })
    const before = Date.now()
    const { status, json } = await server.call('PATCH', `/sessions/${id}`, { json: { ttl: 28800 } })
    expect(status).toBe(200)
    expect(Date.parse(String(json['expiresAt']))).toBeGreaterThanOrEqual(before + 28_800_000)
    for (const bad of [{}, { ttl: 59 }, { ttl: '60' }]) {
      expect((await server.call('PATCH', `/sessions/${id}`, { json: bad })).status).toBe(400)
    }
    const missing = await server.call('PATCH', `/sessions/${id}`)
    expect(missing.json).toMatchObject({ error: 'INVALID_PARAMETER', message: 'A JSON body is required.' })
  })

  test('pauses and resumes, each only once, and runs nothing while paused', async () => {
    const id = await server.session()
    expect((await server.call('POST', `/sessions/${id}/resume`)).json['error']).toBe('INVALID_STATE')
    const both = await Promise.all([1, 2].map(() => server.call('POST', `/sessions/${id}/pause`)))
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
    const command = await server.command(id, { command: 'true' })
    expect([command.status, command.json['error']]).toEqual([409, 'SESSION_PAUSED'])
    expect((await server.code(id, { code: '1' })).json['error']).toBe('SESSION_PAUSED')
    expect((await server.upload(id, 'path=a', 'x')).status).toBe(201)
    expect((await server.call('POST', `/sessions/${id}/resume`)).json['status']).toBe('running')
    expect((await server.command(id, { command: 'cat a' })).json['stdout']).toBe('x')
  })

  test('deletes once, however many ask', async () => {
    const id = await server.session()
    const answers = await Promise.all([1, 2, 3].map(() => server.call('DELETE', `/sessions/${id}`)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404])
    expect(answers.find(({ status }) => status === 200)?.text).toBe('')
  })

  test('moves lastActivityAt with what runs', async () => {
    const id = await server.session()
    const { json: before } = await server.call('GET', `/sessions/${id}`)
    await server.command(id, { command: 'sleep 0.01' })
    const { json: after } = await server.call('GET', `/sessions/${id}`)
    expect(Date.parse(String(after['lastActivityAt']))).toBeGreaterThan(Date.parse(String(before['lastActivityAt'])))
  })
})

test('has room for so many sessions, those being made included', async () => {
  const server = await TestServer.start({ limits: { maxSessions: 2 } })
  try {
    const answers = await Promise.all([1, 2, 3].map(() => server.call('POST', '/sessions')))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 503])
    const full = answers.find(({ status }) => status === 503)
    expect(full?.json['error']).toBe('CAPACITY_EXCEEDED')
    expect(Number(full?.headers.get('retry-after'))).toBeGreaterThan(0)
    const made = answers.find(({ status }) => status === 200)
    await server.call('DELETE', `/sessions/${String(made?.json['sessionId'])}`)
    expect((await server.call('POST', '/sessions')).status).toBe(200)
  } finally {
    await server.close()
  }
})
