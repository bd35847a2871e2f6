import { randomUUID } from 'node:crypto'
import { SessionStatus } from 'sandbox-sessions-sdk'
import { isObject } from 'sandbox-sessions-openapi'
import { expectEqual, expectThat, show } from '../expect.js'
import type { Bench } from './bench.js'
import { type Check, hasCode, hasParameter } from './check.js'
import { Skipped } from './skipped.js'
import { boundary, boundsOfParameter, boundsOfProperty, outside } from './bounds.js'

/** Dates on the wire may be truncated to seconds. */
const toleranceMs = 2_000

function expectLifetime(from: Date, to: Date, seconds: number): void {
  const actual = to.getTime() - from.getTime()
  expectThat(
    Math.abs(actual - seconds * 1000) <= toleranceMs,
    `the session lives for ${actual / 1000} s, not for ${seconds}`,
  )
}

/** Sends requests that the SDK may refuse: the spec in use may allow more than the one that the SDK knows. */
async function sessionFrom(bench: Bench, target: string, method: string, json: unknown) {
  const answer = await bench.send(target, { method, json })
  expectEqual(`the status of ${show(json)}`, answer.status, 200)
  const { createdAt, expiresAt, metadata } = isObject(answer.json) ? answer.json : {}
  return { createdAt: new Date(String(createdAt)), expiresAt: new Date(String(expiresAt)), metadata }
}

export const sessionChecks: readonly Check[] = [
  {
    operation: 'createSession',
    name: 'creates a running session with the default ttl, also without a body',
    async run(bench) {
      const session = await bench.client.createSession()
      expectEqual('status', session.status, SessionStatus.Running)
      const { default: ttl } = boundsOfProperty(bench.spec, 'CreateSessionRequest', 'ttl')
      if (ttl !== undefined) expectLifetime(session.createdAt, session.expiresAt, ttl)
      const { status } = await bench.send('/sessions', { method: 'POST' })
      expectEqual('the status without a body', status, 200)
    },
  },
  {
    operation: 'createSession',
    name: 'keeps to ttl and metadata',
    async run(bench) {
      const metadata = { user: 'alice', tags: ['a', 'b'], nested: { deep: true, nothing: null }, text: 'ü 🙂' }
      for (const ttl of boundary(boundsOfProperty(bench.spec, 'CreateSessionRequest', 'ttl'))) {
        const session = await sessionFrom(bench, '/sessions', 'POST', { ttl, metadata })
        expectLifetime(session.createdAt, session.expiresAt, ttl)
        expectEqual('metadata', session.metadata, metadata)
      }
    },
  },
  {
    operation: 'createSession',
    name: 'refuses a wrong ttl, metadata that is no object, and what is no JSON',
    async run(bench) {
      const post = { method: 'POST' }
      const limits = boundsOfProperty(bench.spec, 'CreateSessionRequest', 'ttl')
      const [most = 0] = boundary(limits).slice(-1)
      for (const ttl of [...outside(limits), most - 0.5, String(most), null]) {
        await bench.expectRefusal('/sessions', { ...post, json: { ttl } }, 400, 'INVALID_PARAMETER')
      }
      await bench.expectRefusal('/sessions', { ...post, json: { metadata: 'x' } }, 400, 'INVALID_PARAMETER')
      const headers = { 'content-type': 'application/json' }
      await bench.expectRefusal('/sessions', { ...post, headers, body: '{"ttl":' }, 400, 'INVALID_PARAMETER')
    },
  },
  {
    operation: 'createSession',
    name: 'creates one session for one Idempotency-Key',
    appliesTo: hasParameter('createSession', 'Idempotency-Key'),
    async run(bench) {
      const headers = { 'idempotency-key': randomUUID() }
      const first = await bench.client.createSession({ metadata: { n: 1 } }, { headers })
      const second = await bench.client.createSession({ metadata: { n: 1 } }, { headers })
      expectEqual('the id of the second answer', second.sessionId, first.sessionId)
      const other = { method: 'POST', headers, json: { metadata: { n: 2 } } }
      await bench.expectRefusal('/sessions', other, 422, 'IDEMPOTENCY_KEY_REUSED')
    },
  },
  {
    operation: 'listSessions',
    name: 'lists what was created, page by page',
    async run(bench) {
      const ids = [await bench.newSession(), await bench.newSession()].map(({ sessionId }) => sessionId)
      const found: string[] = []
      for await (const { sessionId } of bench.client.listSessions({ limit: 1 })) found.push(sessionId)
      const missing = ids.filter((id) => !found.includes(id))
      expectThat(missing.length === 0, `it lacks ${missing.join(', ')}`)
      expectEqual('the number of different ids', new Set(found).size, found.length)
    },
  },
  {
    operation: 'listSessions',
    name: 'keeps to limit and offset',
    async run(bench) {
      await bench.newSession()
      await bench.newSession()
      const page = await bench.client.listSessions({ limit: 1, offset: 1 })
      expectEqual('limit and offset', [page.limit, page.offset], [1, 1])
      expectEqual('the length of the page', page.sessions.length, 1)
      expectThat(page.total >= 2, `total is ${page.total}, where two sessions are there`)
      const beyond = await bench.client.listSessions({ offset: page.total + 1000 })
      expectEqual('the length of a page behind the end', beyond.sessions.length, 0)
      const { default: limit } = boundsOfParameter(bench.spec, 'listSessions', 'limit')
      if (limit !== undefined) expectEqual('the default limit', beyond.limit, limit)
    },
  },
  {
    operation: 'listSessions',
    name: 'refuses a limit and an offset out of their range',
    async run(bench) {
      const limits = outside(boundsOfParameter(bench.spec, 'listSessions', 'limit')).map((limit) => `limit=${limit}`)
      const offsets = outside(boundsOfParameter(bench.spec, 'listSessions', 'offset')).map(
        (offset) => `offset=${offset}`,
      )
      for (const query of [...limits, ...offsets, 'limit=x']) {
        await bench.expectRefusal(`/sessions?${query}`, {}, 400, 'INVALID_PARAMETER')
      }
    },
  },
  {
    operation: 'getSession',
    name: 'answers the session as it was created',
    async run(bench) {
      const session = await bench.newSession({ metadata: { a: 1 } })
      const found = await bench.client.getSession(session.sessionId)
      const { lastActivityAt: _, ...rest } = found.toJSON()
      const { lastActivityAt: __, ...created } = session.toJSON()
      expectEqual('the session', rest, created)
    },
  },
  {
    operation: 'getSession',
    name: "does not show another user's session",
    async run(bench) {
      const other = bench.otherClient
      const { sessionId } = await bench.newSession()
      await bench.expectFailure(() => other.getSession(sessionId), 404, 'SESSION_NOT_FOUND')
      await bench.expectFailure(() => other.deleteSession(sessionId), 404, 'SESSION_NOT_FOUND')
      const seen = await other.listSessions().toArray()
      expectThat(!seen.some((each) => each.sessionId === sessionId), 'it is in the list of another user')
    },
  },
  {
    operation: 'getSessionMetrics',
    name: 'tells of what the session uses, and more after more',
    async run(bench) {
      const session = await bench.newSession()
      const before = await session.metrics()
      // More than come and go by themselves.
      await session.run('for i in 1 2 3 4 5 6 7 8; do sleep 60 >/dev/null 2>&1 & done')
      const after = await session.metrics()
      expectThat(after.cpuSeconds >= before.cpuSeconds, `cpuSeconds fell to ${after.cpuSeconds}`)
      expectThat(
        after.processes > before.processes,
        `processes is ${after.processes}, with eight more than the ${before.processes} before`,
      )
      expectThat(after.at >= before.at, 'at went backwards')
      const { memoryLimitBytes = Infinity, memoryBytes } = after
      expectThat(memoryBytes <= memoryLimitBytes, `memoryBytes is ${memoryBytes}, over the limit`)
    },
  },
  {
    operation: 'createSession',
    name: 'keeps to limits and hosts, or refuses them',
    appliesTo: hasCode('RESOURCE_NOT_AVAILABLE'),
    async run(bench) {
      for (const [json, code] of [
        [{ resources: { cpu: 1, memoryMb: 256, processes: 128 } }, 'RESOURCE_NOT_AVAILABLE'],
        [{ network: { allow: ['example.com'] } }, 'NETWORK_NOT_ALLOWED'],
      ] as const) {
        const { status, json: answer } = await bench.send('/sessions', { method: 'POST', json })
        const told: Readonly<Record<string, unknown>> = isObject(answer) ? answer : {}
        if (status === 400) expectEqual(`the code for ${show(json)}`, told['error'], code)
        else {
          expectEqual(`the status of ${show(json)}`, status, 200)
          for (const [name, asked] of Object.entries(json)) {
            const held: Readonly<Record<string, unknown>> = isObject(told[name]) ? told[name] : {}
            for (const [key, value] of Object.entries(asked)) expectEqual(`${name}.${key}`, held[key], value)
          }
        }
      }
    },
  },
  {
    operation: 'updateSession',
    name: 'counts the new ttl from now',
    async run(bench) {
      const { sessionId } = await bench.newSession()
      const ttls = boundary(boundsOfProperty(bench.spec, 'UpdateSessionRequest', 'ttl'))
      const [least, ...others] = ttls
      if (least === undefined) throw new Skipped('the spec has no limits of ttl')
      const before = await sessionFrom(bench, `/sessions/${sessionId}`, 'PATCH', { ttl: least })
      for (const ttl of others) {
        const after = await sessionFrom(bench, `/sessions/${sessionId}`, 'PATCH', { ttl })
        expectLifetime(before.expiresAt, after.expiresAt, ttl - least)
      }
    },
  },
  {
    operation: 'updateSession',
    name: 'refuses a wrong ttl',
    async run(bench) {
      const { sessionId } = await bench.session()
      const ttls = [...outside(boundsOfProperty(bench.spec, 'UpdateSessionRequest', 'ttl')), '600']
      for (const json of [...ttls.map((ttl) => ({ ttl })), {}]) {
        await bench.expectRefusal(`/sessions/${sessionId}`, { method: 'PATCH', json }, 400, 'INVALID_PARAMETER')
      }
    },
  },
  {
    operation: 'pauseSession',
    name: 'pauses, once, and nothing runs then',
    async run(bench) {
      const session = await bench.newSession()
      expectEqual('status', (await session.pause()).status, SessionStatus.Paused)
      await bench.expectFailure(() => session.pause(), 409, 'INVALID_STATE')
      await bench.expectFailure(() => session.run('true'), 409, 'SESSION_PAUSED')
      expectEqual('the status that getSession answers', (await session.refresh()).status, SessionStatus.Paused)
    },
  },
  {
    operation: 'resumeSession',
    name: 'resumes, once, and the session runs commands again',
    async run(bench) {
      const session = await bench.newSession()
      await bench.expectFailure(() => session.resume(), 409, 'INVALID_STATE')
      await session.pause()
      expectEqual('status', (await session.resume()).status, SessionStatus.Running)
      expectEqual('the output of a command', (await session.run('echo back')).stdout, 'back\n')
    },
  },
  {
    operation: 'deleteSession',
    name: 'ends the session for every operation',
    async run(bench) {
      const session = await bench.newSession()
      await session.delete()
      await bench.expectFailure(() => session.refresh(), 404, 'SESSION_NOT_FOUND')
      await bench.expectFailure(() => session.run('true'), 404, 'SESSION_NOT_FOUND')
      await bench.expectFailure(() => session.files.download('a'), 404, 'SESSION_NOT_FOUND')
      await bench.expectRefusal(`/sessions/${session.sessionId}`, { method: 'DELETE' }, 404, 'SESSION_NOT_FOUND')
      const sessions = await bench.client.listSessions().toArray()
      expectThat(!sessions.some(({ sessionId }) => sessionId === session.sessionId), 'it is still listed')
    },
  },
]

export const systemChecks: readonly Check[] = [
  {
    operation: 'healthCheck',
    name: 'is healthy, without credentials',
    async run(bench) {
      const { status, json } = await bench.send('/health', { credentials: 'none' })
      expectEqual('the status', status, 200)
      expectEqual('the body', json, { status: 'healthy' })
    },
  },
  {
    operation: 'healthCheck',
    name: 'answers with the X-Request-Id that was sent, or with one of its own',
    appliesTo: hasParameter('healthCheck', 'X-Request-Id'),
    async run(bench) {
      const id = randomUUID()
      const own = await bench.send('/health', { headers: { 'x-request-id': id } })
      expectEqual('X-Request-Id', own.headers.get('x-request-id'), id)
      expectThat((await bench.send('/health')).headers.has('x-request-id'), 'X-Request-Id is missing')
    },
  },
  {
    operation: 'healthCheck',
    name: 'answers what names no operation with 404',
    appliesTo: hasCode('NOT_FOUND'),
    run: (bench) => bench.expectRefusal('/no-such-thing', {}, 404, 'NOT_FOUND'),
  },
]
