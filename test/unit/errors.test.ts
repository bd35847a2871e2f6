import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import {
  ConflictError,
  FileNotFoundError,
  RateLimitError,
  SandboxAPIError,
  SandboxConnectionError,
  SandboxOperationError,
  SandboxTimeoutError,
  ServiceUnavailableError,
  SessionNotFoundError,
  SessionsClient,
  UnauthorizedError,
} from '../../src/index.js'
import { thrownBy } from '../support/client.js'
import { answering, closedPort, httpFixture, rawFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { wireSession } from '../support/wire.js'

const token = 'secret-token-that-nobody-may-see'
const { sessionId } = wireSession()

function clientOf(url: string, timeoutMs = 5000): SessionsClient {
  return new SessionsClient({ apiUrl: url, bearerToken: token, timeoutMs, maxRetries: 0 })
}

/** Whatever a program may do to show an error must not show the token, nor a page of HTML. */
function expectSafe(error: unknown): void {
  for (let each = error; each instanceof Error; each = each.cause) {
    const shown = [String(each), each.stack, JSON.stringify(each), inspect(each, { depth: null, showHidden: true })]
    expect(shown.join('\n')).not.toContain(token)
    expect(shown.join('\n')).not.toContain('<html')
  }
}

async function failureOf(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
  call: (client: SessionsClient) => PromiseLike<unknown> = (client) => client.getSession(sessionId),
): Promise<SandboxAPIError> {
  await using server = await httpFixture((_, response) => {
    respond(response, status, body, headers)
  })
  const error = await thrownBy(() => call(clientOf(server.url)))
  expectSafe(error)
  if (!(error instanceof SandboxAPIError)) throw new Error('Not an error of the SDK', { cause: error })
  expect(error.statusCode).toBe(status)
  expect(error.url).toContain('/v1/')
  return error
}

describe('a status becomes its class', () => {
  test.each([
    [400, 'INVALID_PARAMETER', SandboxOperationError],
    [401, 'UNAUTHORIZED', UnauthorizedError],
    [403, 'FORBIDDEN', SandboxOperationError],
    [404, 'SESSION_NOT_FOUND', SessionNotFoundError],
    [404, 'FILE_NOT_FOUND', FileNotFoundError],
    [408, 'REQUEST_TIMEOUT', SandboxOperationError],
    [409, 'INVALID_STATE', ConflictError],
    [413, 'FILE_TOO_LARGE', SandboxOperationError],
    [422, 'IDEMPOTENCY_KEY_REUSED', SandboxOperationError],
    [429, 'RATE_LIMITED', RateLimitError],
    [500, 'INTERNAL_ERROR', SandboxOperationError],
    [503, 'CAPACITY_EXCEEDED', ServiceUnavailableError],
  ])('%i %s', async (status, code, expected) => {
    const error = await failureOf(
      status,
      { error: code, message: 'What the server says.', details: { a: 1 }, requestId: 'from-the-body' },
      { 'x-request-id': 'from-the-header' },
    )
    expect(error.constructor).toBe(expected)
    expect(error.name).toBe(expected.name)
    expect(error).toMatchObject({
      errorCode: code,
      message: 'What the server says.',
      details: { a: 1 },
      requestId: 'from-the-header',
      method: 'GET',
    })
    expect(error.headers?.get('x-request-id')).toBe('from-the-header')
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ statusCode: status, errorCode: code })
  })

  test.each([
    [401, UnauthorizedError],
    [404, SessionNotFoundError],
    [409, ConflictError],
    [429, RateLimitError],
    [500, SandboxOperationError],
    [502, SandboxOperationError],
    [503, ServiceUnavailableError],
  ])('%i, whatever the body is', async (status, expected) => {
    for (const body of [
      '',
      '<html><body>Bad gateway</body></html>',
      '{"error":',
      [],
      null,
      { error: 5, message: {} },
    ]) {
      const error = await failureOf(status, body)
      expect(error.constructor).toBe(expected)
      expect(error.message).toContain(String(status))
      expect(error.message).not.toContain('[object')
      expect(error.requestId).toBeTypeOf('string')
      expect(error.errorCode).toBeUndefined()
    }
  })

  test('404 on a path without a session is not about a session', async () => {
    const error = await failureOf(404, '', {}, (client) => client.createSession())
    expect(error.constructor).toBe(SandboxOperationError)
  })

  test('404 of a download, which has a body to stream', async () => {
    const body = { error: 'FILE_NOT_FOUND', message: 'Nothing is there.' }
    const error = await failureOf(404, body, {}, (client) => client.downloadFile(sessionId, 'a'))
    expect(error).toBeInstanceOf(FileNotFoundError)
  })

  test('401 without credentials says what to do', async () => {
    await using server = await httpFixture((_, response) => {
      respond(response, 401, { error: 'UNAUTHORIZED', message: 'No.' })
    })
    const error = await thrownBy(() => new SessionsClient({ apiUrl: server.url }).getSession(sessionId))
    expect(String(error)).toContain('SANDBOX_API_TOKEN')
  })
})

describe('hints of when to try again', () => {
  const body = { error: 'RATE_LIMITED', message: 'Slow down.' }

  test('429 with every header', async () => {
    const reset = Math.ceil(Date.now() / 1000) + 60
    const error = await failureOf(429, body, {
      'x-ratelimit-limit': '100',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(reset),
      'retry-after': '7',
    })
    expect(error).toMatchObject({ limit: 100, remaining: 0, reset: new Date(reset * 1000), retryAfterMs: 7000 })
  })

  test('429 without headers', async () => {
    const error = await failureOf(429, body)
    expect(error).toMatchObject({ limit: undefined, remaining: undefined, reset: undefined, retryAfterMs: undefined })
  })

  test('503 with a date', async () => {
    const error = await failureOf(503, body, { 'retry-after': new Date(Date.now() + 90_000).toUTCString() })
    if (!(error instanceof ServiceUnavailableError)) throw error
    expect(error.retryAfterMs).toBeGreaterThan(60_000)
    expect(error.retryAfterMs).toBeLessThanOrEqual(90_000)
  })
})

describe('a success that can not be used', () => {
  test.each([
    ['an empty body', ''],
    ['HTML', '<html><body>Welcome to the hotel</body></html>'],
    ['JSON cut off', '{"sessionId":"7f9c24e8'],
    ['another shape', []],
    ['null', 'null'],
    ['no id', { ...wireSession(), sessionId: undefined }],
    ['no expiry', { ...wireSession(), expiresAt: undefined }],
    ['a number for a date', { ...wireSession(), createdAt: 5 }],
    ['no date for a date', { ...wireSession(), createdAt: 'yesterday' }],
  ])('%s', async (_, body) => {
    const error = await failureOf(200, body)
    expect(error.constructor).toBe(SandboxConnectionError)
    expect(error.requestId).toBeTypeOf('string')
  })

  test('names the field that is missing', async () => {
    expect((await failureOf(200, { ...wireSession(), expiresAt: undefined })).message).toContain('expiresAt is missing')
    const list = { sessions: [wireSession(), { status: 'running' }], total: 2, limit: 50, offset: 0 }
    const error = await failureOf(200, list, {}, (client) => client.listSessions())
    expect(error.message).toContain('in sessions[1], sessionId is missing')
  })

  test('204 where a session was promised', async () => {
    await using server = await httpFixture((_, response) => response.writeHead(204).end())
    await expect(clientOf(server.url).getSession(sessionId)).rejects.toThrow('the body is empty')
  })

  test('what the spec does not require may be missing, null, unknown or new', async () => {
    await using server = await httpFixture((_, response) => {
      respond(response, 200, { ...wireSession(), status: 'hibernating', metadata: null, region: 'eu' })
    })
    const session = await clientOf(server.url).getSession(sessionId)
    expect(session.status).toBe('hibernating')
    expect(session.metadata).toEqual({})
    expect(session.lastActivityAt).toBeUndefined()
    expect(session.toJSON()).toHaveProperty('region', 'eu')
  })

  test.each([200, 204])('deleteSession needs no body of its %i', async (status) => {
    await using server = await httpFixture((_, response) => response.writeHead(status).end())
    await clientOf(server.url).deleteSession(sessionId)
  })

  test('a redirect is not followed', async () => {
    await using elsewhere = await httpFixture((_, response) => {
      respond(response, 200, wireSession())
    })
    await using server = await httpFixture((_, response) => {
      response.writeHead(302, { location: `${elsewhere.url}/x` }).end()
    })
    const error = await thrownBy(() => clientOf(server.url).getSession(sessionId))
    expect(error).toBeInstanceOf(SandboxConnectionError)
    expect(String(error)).toContain('Set apiUrl')
    expect(elsewhere.count).toBe(0)
  })
})

describe('no usable response', () => {
  const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n'

  async function expectConnectionError(call: () => PromiseLike<unknown>): Promise<SandboxConnectionError> {
    const error = await thrownBy(call)
    expectSafe(error)
    expect(error).toBeInstanceOf(SandboxConnectionError)
    expect(error).not.toBeInstanceOf(SandboxTimeoutError)
    if (!(error instanceof SandboxConnectionError)) throw error
    expect(error.message).not.toContain('fetch failed')
    return error
  }

  test('connection refused', async () => {
    const client = clientOf(`http://127.0.0.1:${await closedPort()}/v1`)
    const error = await expectConnectionError(() => client.getSession(sessionId))
    expect(error.message).toContain('ECONNREFUSED')
    expect(error.cause).toBeInstanceOf(Error)
    expect(error.statusCode).toBeUndefined()
  })

  test('a host that does not exist', async () => {
    await expectConnectionError(() => clientOf('http://nowhere.invalid/v1').getSession(sessionId))
  })

  test.each([
    ['closed without a word', (): string => ''],
    ['not HTTP', () => 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['headers cut off', () => 'HTTP/1.1 200 OK\r\ncontent-ty'],
    ['a body shorter than promised', () => `${head}content-length: 1000\r\n\r\n${JSON.stringify(wireSession())}`],
    ['a chunk cut off', () => `${head}transfer-encoding: chunked\r\n\r\n1000\r\n{"sess`],
  ])('%s', async (_, bytes) => {
    await using server = await rawFixture(answering(bytes()))
    await expectConnectionError(() => clientOf(server.url).getSession(sessionId))
  })

  test('an error body cut off', async () => {
    const raw = 'HTTP/1.1 500 Internal Server Error\r\ncontent-length: 1000\r\n\r\n{"error":'
    await using server = await rawFixture(answering(raw))
    const error = await expectConnectionError(() => clientOf(server.url).getSession(sessionId))
    expect(error.statusCode).toBe(500)
  })

  test('a download cut off, while it is read', async () => {
    const raw = 'HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\ncontent-length: 1000\r\n\r\nabc'
    await using server = await rawFixture(answering(raw))
    const file = await clientOf(server.url).downloadFile(sessionId, 'a')
    expect(file.size).toBe(1000)
    await expectConnectionError(() => file.bytes())
  })
})

describe('the deadline', () => {
  test.each([
    ['during the headers', 'response', ''],
    ['in the middle of the headers', 'response', 'HTTP/1.1 200 OK\r\ncontent-'],
    ['during the body', 'body', 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"sess'],
    ['during the body of an error', 'body', 'HTTP/1.1 500 Oops\r\ncontent-length: 100\r\n\r\n{"err'],
  ])('%s', async (_, phase, bytes) => {
    await using server = await rawFixture((socket) => {
      socket.once('data', () => socket.write(bytes))
    })
    // Time enough for what comes before the silence, however busy the machine is.
    const error = await thrownBy(() => clientOf(server.url, 2000).getSession(sessionId))
    expectSafe(error)
    expect(error).toBeInstanceOf(SandboxTimeoutError)
    expect(error).toBeInstanceOf(SandboxConnectionError)
    expect(error).toMatchObject({ timeoutMs: 2000, phase, method: 'GET' })
    expect(String(error)).toContain('2000 ms')
  })

  test('is the call’s own when it has one', async () => {
    await using server = await rawFixture(() => undefined)
    const error = await thrownBy(() => clientOf(server.url).getSession(sessionId, { timeoutMs: 50 }))
    expect(error).toMatchObject({ timeoutMs: 50 })
  })

  test('ends a download between two chunks, and leaves a slow reader in peace', async () => {
    await using server = await rawFixture((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc'))
    })
    const file = await clientOf(server.url, 2000).downloadFile(sessionId, 'a')
    await new Promise((resolve) => setTimeout(resolve, 2500))
    const reader = file.stream().getReader()
    expect((await reader.read()).value).toHaveLength(3)
    expect(await thrownBy(() => reader.read())).toBeInstanceOf(SandboxTimeoutError)
  })

  test('holds for a fetch that ignores its signal, and for a token that never comes', async () => {
    const deaf = new SessionsClient({
      apiUrl: 'http://127.0.0.1:9/v1',
      timeoutMs: 50,
      fetch: () => new Promise(() => undefined),
    })
    await expect(deaf.getSession(sessionId)).rejects.toBeInstanceOf(SandboxTimeoutError)
    const mute = new SessionsClient({
      apiUrl: 'http://127.0.0.1:9/v1',
      timeoutMs: 50,
      bearerToken: () => new Promise(() => undefined),
    })
    await expect(mute.getSession(sessionId)).rejects.toBeInstanceOf(SandboxTimeoutError)
  })

  test('covers the raw client too', async () => {
    await using server = await rawFixture(() => undefined)
    await expect(clientOf(server.url, 50).api.GET('/health')).rejects.toBeInstanceOf(SandboxTimeoutError)
  })
})

describe('the caller’s signal', () => {
  test('ends the call with its own reason', async () => {
    await using server = await rawFixture(() => undefined)
    const controller = new AbortController()
    const reason = new Error('enough')
    const call = clientOf(server.url).getSession(sessionId, { signal: controller.signal })
    controller.abort(reason)
    expect(await thrownBy(() => call)).toBe(reason)
  })

  test('ends the call before it begins', async () => {
    await using server = await httpFixture(() => undefined)
    const error = await thrownBy(() => clientOf(server.url).getSession(sessionId, { signal: AbortSignal.abort('no') }))
    expect(error).toBe('no')
    expect(server.count).toBe(0)
  })

  test('ends a download', async () => {
    await using server = await rawFixture((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc'))
    })
    const controller = new AbortController()
    const file = await clientOf(server.url).downloadFile(sessionId, 'a', { signal: controller.signal })
    const bytes = file.bytes()
    const reason = new Error('enough')
    controller.abort(reason)
    expect(await thrownBy(() => bytes)).toBe(reason)
  })

  test('works through the raw client', async () => {
    await using server = await rawFixture(() => undefined)
    const controller = new AbortController()
    const call = clientOf(server.url).api.GET('/health', { signal: controller.signal })
    controller.abort('enough')
    expect(await thrownBy(() => call)).toBe('enough')
  })
})

describe('a closed client', () => {
  test('ends what is in flight, and refuses what comes later', async () => {
    await using server = await rawFixture(() => undefined)
    const client = clientOf(server.url)
    const call = thrownBy(() => client.getSession(sessionId))
    client.close()
    expect(await call).toBeInstanceOf(SandboxConnectionError)
    const error = await thrownBy(() => client.getSession(sessionId))
    expect(error).toBeInstanceOf(SandboxAPIError)
    expect(String(error)).toContain('closed')
    await expect(client.api.GET('/health')).rejects.toThrow('closed')
  })

  test('is closed by the end of its block', async () => {
    let outer: SessionsClient
    {
      await using client = clientOf('http://127.0.0.1:9/v1')
      outer = client
    }
    await expect(outer.health()).rejects.toThrow('closed')
  })
})

describe('secrets', () => {
  test('a server that echoes the token does not bring it into an error', async () => {
    const error = await failureOf(400, {
      error: 'BAD',
      message: `You sent ${token}.`,
      details: { header: `Bearer ${token}` },
    })
    expect(error.message).toBe('You sent [redacted].')
    expect(error.details).toEqual({ header: 'Bearer [redacted]' })
  })

  test.each(['with space', 'line\nbreak', 'ünïcode', ''])(
    'a token that no header can hold is refused unseen: %j',
    (bearerToken) => {
      let error: unknown
      try {
        new SessionsClient({ apiUrl: 'http://localhost/v1', bearerToken })
      } catch (thrown) {
        error = thrown
      }
      expect(error).toMatchObject({ name: 'SandboxValidationError', parameter: 'bearerToken' })
      if (bearerToken !== '') expect(inspect(error)).not.toContain(bearerToken)
    },
  )

  test('the client itself shows nothing', () => {
    const client = clientOf('http://127.0.0.1:9/v1')
    expect(inspect(client, { depth: null, showHidden: true })).not.toContain(token)
    expect(JSON.stringify(client)).not.toContain(token)
  })

  test('the failure of a token function is an error of the SDK', async () => {
    const bearerToken = (): Promise<string> => Promise.reject(new Error('vault is shut'))
    const error = await thrownBy(() => new SessionsClient({ apiUrl: 'http://127.0.0.1:9/v1', bearerToken }).health())
    expect(error).toBeInstanceOf(SandboxAPIError)
    expect(error).toMatchObject({ cause: { message: 'vault is shut' } })
  })

  test('an API key goes in its own header', async () => {
    await using server = await httpFixture((request, response) => {
      respond(response, request.headers['x-api-key'] === 'the-key' ? 200 : 401, wireSession())
    })
    await new SessionsClient({ apiUrl: server.url, apiKey: 'the-key' }).getSession(sessionId)
  })
})
