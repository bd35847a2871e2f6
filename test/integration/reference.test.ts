/**
 * The thirteen behaviours that the published reference SDK tests, against the running server.
 */
import { randomUUID } from 'node:crypto'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { Session, SessionNotFoundError, SandboxValidationError, SessionStatus } from '../../src/index.js'
import { connect, listed, thrownBy } from '../support/client.js'

describe('the reference behaviours', () => {
  const client = connect()
  // Counts what leaves: a refused argument must not.
  let sent = 0
  const counting = connect({
    fetch: (input, init) => {
      sent += 1
      return fetch(input, init)
    },
  })
  const created: Session[] = []

  async function create(request = {}): Promise<Session> {
    const session = await client.createSession(request)
    created.push(session)
    return session
  }

  afterAll(async () => {
    for (const session of created) await session[Symbol.asyncDispose]()
    client.close()
  })

  test('1. creates a session with nothing but defaults', async () => {
    const session = await create()
    expect(session).toBeInstanceOf(Session)
    expect(session.status).toBe(SessionStatus.Running)
    expect(session.createdAt).toBeInstanceOf(Date)
    expect(session.expiresAt.getTime() - session.createdAt.getTime()).toBe(3600 * 1000)
    expect(session.isExpired()).toBe(false)
    expect(session.remainingMs()).toBeGreaterThan(3500 * 1000)
  })

  test('2. creates a session with ttl, image and metadata', async () => {
    const metadata = { user: 'alice', tags: ['a', 'b'], nested: { deep: true } }
    const session = await create({ ttl: 7200, image: 'python:3.11', metadata })
    expect(session.metadata).toEqual(metadata)
    expect(session.expiresAt.getTime() - session.createdAt.getTime()).toBe(7200 * 1000)
    expect(session.image).toBeTypeOf('string')
  })

  test('3. gets a session', async () => {
    const session = await create({ metadata: { which: 'third' } })
    const found = await client.getSession(session.sessionId)
    expect(found.sessionId).toBe(session.sessionId)
    expect(found.metadata).toEqual({ which: 'third' })
  })

  test.each(['00000000-0000-0000-0000-000000000000', randomUUID()])(
    '4. an unknown id (%s) is not found',
    async (id) => {
      const error = await thrownBy(() => client.getSession(id))
      expect(error).toBeInstanceOf(SessionNotFoundError)
      expect(error).toMatchObject({ statusCode: 404, errorCode: 'SESSION_NOT_FOUND' })
    },
  )

  test('5. a deleted session is not found', async () => {
    const session = await client.createSession()
    await session.delete()
    await expect(client.getSession(session.sessionId)).rejects.toBeInstanceOf(SessionNotFoundError)
  })

  test('6. deleting an unknown session is not found', async () => {
    await expect(client.deleteSession(randomUUID())).rejects.toBeInstanceOf(SessionNotFoundError)
  })

  test('7. lists the created sessions with total, limit and offset', async () => {
    const mine = [await create(), await create()]
    const page = await client.listSessions({ limit: 100 })
    expect(page).toMatchObject({ limit: 100, offset: 0 })
    expect(page.total).toBeGreaterThanOrEqual(2)
    expect(page.sessions.length).toBeLessThanOrEqual(page.total)
    const ids = mine.map((session) => session.sessionId)
    expect((await listed(client, ids)).map((session) => session.sessionId)).toEqual(ids)
  })

  test('8. pages with limit 5 and offset 0, then 5', async () => {
    for (let count = 0; count < 6; count += 1) await create()
    const first = await client.listSessions({ limit: 5, offset: 0 })
    const second = await client.listSessions({ limit: 5, offset: 5 })
    expect(first).toMatchObject({ limit: 5, offset: 0 })
    expect(second).toMatchObject({ limit: 5, offset: 5 })
    expect(first.sessions).toHaveLength(5)
    const ids = [...first.sessions, ...second.sessions].map((session) => session.sessionId)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test.each([30, 50000, 59, 28801, 60.5, Number.NaN])('9. ttl %d is refused before any request', async (ttl) => {
    const error = await thrownBy(() => counting.createSession({ ttl }))
    expect(error).toBeInstanceOf(SandboxValidationError)
    expect(error).toBeInstanceOf(RangeError)
    expect(error).toMatchObject({ parameter: 'ttl', value: ttl })
    expect(String(error)).toContain('from 60 to 28800')
    expect(sent).toBe(0)
  })

  test.each([
    ['limit', { limit: 150 }],
    ['limit', { limit: 0 }],
    ['offset', { offset: -1 }],
  ])('10. %s out of range is refused before any request: %o', async (parameter, request) => {
    const error = await thrownBy(() => counting.listSessions(request))
    expect(error).toBeInstanceOf(SandboxValidationError)
    expect(error).toMatchObject({ parameter })
    expect(sent).toBe(0)
  })

  test('11. a session is deleted when its block ends', async () => {
    let sessionId: string
    {
      await using session = await client.createSession()
      sessionId = session.sessionId
      expect((await client.getSession(sessionId)).status).toBe('running')
    }
    await expect(client.getSession(sessionId)).rejects.toBeInstanceOf(SessionNotFoundError)
  })

  test('11b. disposing of a session that is gone already is no error', async () => {
    await using session = await client.createSession()
    await session.delete()
  })

  test('12. toJSON is the wire form', async () => {
    const session = await create({ metadata: { a: 1 } })
    const response = await fetch(`${inject('apiUrl')}/sessions/${session.sessionId}`, {
      headers: { authorization: `Bearer ${inject('bearerToken')}` },
    })
    const wire: unknown = await response.json()
    expect((await client.getSession(session.sessionId)).toJSON()).toEqual(wire)
    expect(JSON.parse(JSON.stringify(session))).toEqual(session.toJSON())
  })

  test('13. the whole life cycle', async () => {
    const session = await client.createSession({ ttl: 600, metadata: { step: 1 } })
    expect(await session.run('echo hello')).toMatchObject({ status: 'completed', exitCode: 0, stdout: 'hello\n' })
    await session.files.upload('data.txt', 'content')
    expect(await (await session.files.download('data.txt')).text()).toBe('content')
    await session.extend(1200)
    expect(session.remainingMs()).toBeGreaterThan(1000 * 1000)
    await session.pause()
    expect((await session.refresh()).status).toBe('paused')
    await session.resume()
    expect(session.status).toBe('running')
    expect(await listed(client, [session.sessionId])).toHaveLength(1)
    await session.delete()
    expect(await listed(client, [session.sessionId])).toHaveLength(0)
    await expect(session.refresh()).rejects.toBeInstanceOf(SessionNotFoundError)
  })
})
