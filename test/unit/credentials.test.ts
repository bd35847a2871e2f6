/** Who is calling: the token and the key, where they come from, and that nobody else gets to see them. */
import type { IncomingHttpHeaders } from 'node:http'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import {
  LogLevel,
  SandboxAPIError,
  SandboxValidationError,
  SessionsClient,
  type SessionsClientOptions,
  UnauthorizedError,
} from '../../src/index.js'
import { createNodeFetch } from '../../src/node/index.js'
import { thrownBy } from '../support/client.js'
import { type Fixture, closedPort, httpFixture, rawFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { wireSession } from '../support/wire.js'

const { sessionId } = wireSession()
const token = 'secret-token-that-nobody-may-see'

/** A server that accepts what it is told to, and remembers what came. */
async function guarded(
  accepts: (authorization: string | undefined) => boolean,
): Promise<{ server: Fixture; seen: (string | undefined)[] }> {
  const seen: (string | undefined)[] = []
  const server = await httpFixture((request, response) => {
    const { authorization } = request.headers
    seen.push(authorization)
    if (accepts(authorization)) respond(response, 200, wireSession())
    else respond(response, 401, { error: 'UNAUTHORIZED', message: `Not welcome: ${authorization ?? 'nobody'}` })
  })
  return { server, seen }
}

/** A token function that counts: token-1, token-2, ... */
function counting(): { ask: () => Promise<string>; asked: () => number } {
  let count = 0
  return {
    ask: async () => {
      count += 1
      const answer = `token-${count}`
      await new Promise((resolve) => setImmediate(resolve))
      return answer
    },
    asked: () => count,
  }
}

describe('a token function', () => {
  test('is asked when the first call needs it, once for all calls', async () => {
    const { ask, asked } = counting()
    const { server, seen } = await guarded(() => true)
    await using _ = server
    const client = new SessionsClient({ apiUrl: server.url, bearerToken: ask })
    expect(asked()).toBe(0)
    await Promise.all(Array.from({ length: 20 }, () => client.getSession(sessionId)))
    await client.getSession(sessionId)
    expect(asked()).toBe(1)
    expect(new Set(seen)).toEqual(new Set(['Bearer token-1']))
  })

  test('may answer at once', async () => {
    const { server, seen } = await guarded(() => true)
    await using _ = server
    await new SessionsClient({ apiUrl: server.url, bearerToken: () => 'plain' }).getSession(sessionId)
    expect(seen).toEqual(['Bearer plain'])
  })

  test('is asked once more after a 401, also where nothing else is retried', async () => {
    const { ask, asked } = counting()
    const { server, seen } = await guarded((sent) => sent === 'Bearer token-2')
    await using _ = server
    const client = new SessionsClient({ apiUrl: server.url, bearerToken: ask, maxRetries: 0 })
    await client.getSession(sessionId)
    await client.getSession(sessionId)
    expect(asked()).toBe(2)
    expect(seen).toEqual(['Bearer token-1', 'Bearer token-2', 'Bearer token-2'])
  })

  test('renews for a call that must not run twice: a 401 did not run it', async () => {
    const { ask } = counting()
    const seen: (string | undefined)[] = []
    await using server = await httpFixture((request, response) => {
      seen.push(request.headers.authorization)
      const ok = request.headers.authorization === 'Bearer token-2'
      const result = { status: 'completed', exitCode: 0, stdout: '', stderr: '', truncated: false }
      respond(response, ok ? 200 : 401, ok ? result : { error: 'UNAUTHORIZED', message: 'expired' })
    })
    const client = new SessionsClient({ apiUrl: server.url, bearerToken: ask })
    expect(await client.executeCommand(sessionId, { command: 'ls' })).toMatchObject({ exitCode: 0 })
    expect(seen).toEqual(['Bearer token-1', 'Bearer token-2'])
  })

  test('is asked exactly once more for 20 calls that are refused together', async () => {
    const { ask, asked } = counting()
    const waiting: (() => void)[] = []
    const seen: (string | undefined)[] = []
    await using server = await httpFixture((request, response) => {
      seen.push(request.headers.authorization)
      if (request.headers.authorization !== 'Bearer token-1') {
        respond(response, 200, wireSession())
        return
      }
      // All of them are refused at the same moment.
      waiting.push(() => {
        respond(response, 401, { error: 'UNAUTHORIZED', message: 'expired' })
      })
      if (waiting.length === 20) for (const refuse of waiting) refuse()
    })
    const client = new SessionsClient({ apiUrl: server.url, bearerToken: ask, maxRetries: 0 })
    await Promise.all(Array.from({ length: 20 }, () => client.getSession(sessionId)))
    expect(asked()).toBe(2)
    expect(seen.filter((each) => each === 'Bearer token-1')).toHaveLength(20)
    expect(seen.filter((each) => each === 'Bearer token-2')).toHaveLength(20)
  })

  test('is not asked a third time: the second 401 is the error', async () => {
    const { ask, asked } = counting()
    const { server, seen } = await guarded(() => false)
    await using _ = server
    const client = new SessionsClient({ apiUrl: server.url, bearerToken: ask })
    const error = await thrownBy(() => client.getSession(sessionId))
    expect(error).toBeInstanceOf(UnauthorizedError)
    expect(asked()).toBe(2)
    expect(seen).toEqual(['Bearer token-1', 'Bearer token-2'])
  })

  test('that fails is an error with its own as the cause, and is asked anew by the next call', async () => {
    const { server } = await guarded(() => true)
    await using _ = server
    let healthy = false
    const bearerToken = (): string => {
      if (healthy) return token
      throw new Error('the vault is sealed')
    }
    const client = new SessionsClient({ apiUrl: server.url, bearerToken })
    const error = await thrownBy(() => client.getSession(sessionId))
    expect(error).toBeInstanceOf(SandboxAPIError)
    expect(error).toMatchObject({ cause: { message: 'the vault is sealed' } })
    expect(server.count).toBe(0)
    healthy = true
    expect((await client.getSession(sessionId)).sessionId).toBe(sessionId)
  })

  test.each(['', 'two words', 'line\r\nbreak', 'ünïcode'])(
    'that answers %j is refused, without showing it',
    async (bad) => {
      const { server } = await guarded(() => true)
      await using _ = server
      const client = new SessionsClient({ apiUrl: server.url, bearerToken: () => bad })
      const error = await thrownBy(() => client.getSession(sessionId))
      expect(error).toBeInstanceOf(SandboxValidationError)
      expect(error).toMatchObject({ parameter: 'bearerToken', value: undefined })
      expect(server.count).toBe(0)
    },
  )

  test('is waited for no longer than the call lasts, and an abort leaves the others alone', async () => {
    const { server } = await guarded(() => true)
    await using _ = server
    let answer: (token: string) => void = () => undefined
    const bearerToken = (): Promise<string> => new Promise((resolve) => (answer = resolve))
    const client = new SessionsClient({ apiUrl: server.url, bearerToken })
    const controller = new AbortController()
    const reason = new Error('changed my mind')
    const aborted = thrownBy(() => client.getSession(sessionId, { signal: controller.signal }))
    const late = thrownBy(() => client.getSession(sessionId, { timeoutMs: 10 }))
    const patient = client.getSession(sessionId)
    controller.abort(reason)
    expect(await aborted).toBe(reason)
    expect(await late).toMatchObject({ name: 'SandboxTimeoutError' })
    answer(token)
    expect((await patient).sessionId).toBe(sessionId)
  })
})

describe('a fixed token', () => {
  test('is not sent again after a 401', async () => {
    const { server, seen } = await guarded(() => false)
    await using _ = server
    const client = new SessionsClient({ apiUrl: server.url, bearerToken: token })
    expect(await thrownBy(() => client.getSession(sessionId))).toBeInstanceOf(UnauthorizedError)
    expect(seen).toEqual([`Bearer ${token}`])
  })
})

describe('an API key', () => {
  test('goes into its own header, alone', async () => {
    let headers: IncomingHttpHeaders = {}
    await using server = await httpFixture((request, response) => {
      headers = request.headers
      respond(response, 200, wireSession())
    })
    await new SessionsClient({ apiUrl: server.url, apiKey: 'key-of-mine' }).getSession(sessionId)
    expect(headers).toMatchObject({ 'x-api-key': 'key-of-mine' })
    expect(headers).not.toHaveProperty('authorization')
  })
})

describe("a call's own credentials", () => {
  test.each(['Authorization', 'X-API-Key'])('in %s are left alone, and a 401 asks for no token', async (name) => {
    const { ask, asked } = counting()
    const seen: IncomingHttpHeaders[] = []
    await using server = await httpFixture((request, response) => {
      seen.push(request.headers)
      respond(response, 401, { error: 'UNAUTHORIZED', message: 'no' })
    })
    const client = new SessionsClient({ apiUrl: server.url, bearerToken: ask })
    const headers = { [name]: 'my-own-credentials' }
    const error = await thrownBy(() => client.getSession(sessionId, { headers }))
    expect(error).toBeInstanceOf(UnauthorizedError)
    const path = { sessionId }
    const { response } = await client.api.GET('/sessions/{sessionId}', { params: { path }, headers })
    expect(response.status).toBe(401)
    expect(asked()).toBe(0)
    expect(seen).toHaveLength(2)
    for (const each of seen) {
      expect(each[name.toLowerCase()]).toBe('my-own-credentials')
      expect(Object.keys(each).filter((header) => /^(authorization|x-api-key)$/.test(header))).toHaveLength(1)
    }
  })
})

describe('nobody sees', () => {
  const kinds: [string, SessionsClientOptions][] = [
    ['a token', { bearerToken: token }],
    ['a token of a function', { bearerToken: () => token }],
    ['an API key', { apiKey: token }],
    ["the client's own header", { headers: { authorization: `Bearer ${token}` } }],
  ]

  test.each(kinds)('%s in the client, a session, a listing or a hook’s events', async (_, options) => {
    await using server = await httpFixture((_, response) => {
      respond(response, 200, wireSession())
    })
    const events: unknown[] = []
    const keep = (event: unknown): void => {
      events.push(event)
    }
    const hooks = { onRequest: keep, onResponse: keep, onRetry: keep }
    const client = new SessionsClient({ apiUrl: server.url, ...options, hooks })
    const session = await client.getSession(sessionId)
    expect(events).toHaveLength(2)
    expectSafe(client, client.api, session, session.files, client.listSessions(), events)
  })

  test.each(kinds)('%s in an error or a log, whatever goes wrong', async (_, options) => {
    const lines: string[] = []
    const write = (line: string): void => {
      lines.push(line)
    }
    const logger = { debug: write, info: write, warn: write, error: write }
    const all = { ...options, logger, logLevel: LogLevel.Debug, maxRetries: 0 }
    // A server that shows what it was sent.
    await using echo = await httpFixture((request, response) => {
      const message = JSON.stringify(request.headers)
      respond(response, 401, { error: 'UNAUTHORIZED', message, details: { headers: request.headers } })
    })
    await using broken = await rawFixture((socket) => {
      socket.once('data', (data) => socket.end(`HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n${String(data)}`))
    })
    const urls = [echo.url, broken.url, `http://127.0.0.1:${await closedPort()}/v1`]
    for (const apiUrl of urls) {
      const error = await thrownBy(() => new SessionsClient({ apiUrl, ...all }).getSession(sessionId))
      expect(error).toBeInstanceOf(SandboxAPIError)
      expectSafe(error, lines)
    }
    expect(lines.length).toBeGreaterThan(urls.length)
  })

  test.each([
    ["Node's fetch", undefined],
    ['createNodeFetch', createNodeFetch({ proxy: false })],
  ])('them on another host: a redirect is refused (%s)', async (_, fetch) => {
    const arrived: IncomingHttpHeaders[] = []
    await using elsewhere = await httpFixture((request, response) => {
      arrived.push(request.headers)
      respond(response, 200, wireSession())
    })
    for (const status of [301, 302, 303, 307, 308]) {
      await using server = await httpFixture((_, response) => {
        response.writeHead(status, { location: `${elsewhere.url}/sessions/${sessionId}` }).end()
      })
      for (const [, options] of kinds) {
        const client = new SessionsClient({ apiUrl: server.url, fetch, maxRetries: 0, ...options })
        for (const call of [() => client.getSession(sessionId), () => client.createSession()]) {
          const error = await thrownBy(call)
          expect(error).toMatchObject({ name: 'SandboxConnectionError', statusCode: status })
          expectSafe(error)
        }
      }
    }
    expect(arrived).toEqual([])
  })
})

/** However a program may show them. */
function expectSafe(...things: readonly unknown[]): void {
  for (const thing of things) {
    const shown = [
      String(thing),
      JSON.stringify(thing),
      inspect(thing, { depth: null, showHidden: true, getters: true }),
    ]
    expect(shown.join('\n')).not.toContain(token)
  }
}
