/** Whatever a server does with the credentials that it was sent, no error, event or log line has them. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import {
  CommandFailedError,
  LogLevel,
  SandboxAPIError,
  SandboxConnectionError,
  SessionsClient,
  type SessionsClientOptions,
} from '../../src/index.js'
import { thrownBy } from '../support/client.js'
import { disguises } from 'sandbox-sessions-testkit/disguises'
import { httpFixture, rawFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { wireSession } from '../support/wire.js'

const { sessionId } = wireSession()
const secret = 'sk+live/0a1b-2c3d"4e5f=that-nobody-may-see'

/** Where the credential comes from. */
const sources: [string, SessionsClientOptions][] = [
  ['a token', { bearerToken: secret }],
  ['a token of a function', { bearerToken: () => secret }],
  ['an API key', { apiKey: secret }],
  ["the client's own authorization", { headers: { authorization: `Bearer ${secret}` } }],
  ['a password', { headers: { authorization: `Basic ${btoa(`user:${secret}`)}` } }],
  ['a cookie', { headers: { cookie: `theme=dark; sid=${secret}` } }],
  ['a header of a gateway', { headers: { 'x-gateway-token': secret } }],
]

/** Every way in which a program may show a thing. */
function shown(...things: readonly unknown[]): string {
  return things
    .flatMap((thing) => [
      String(thing),
      JSON.stringify(thing),
      inspect(thing, { depth: null, showHidden: true, getters: true }),
      thing instanceof Error ? String(thing.stack) : '',
      thing instanceof SandboxAPIError ? JSON.stringify([...(thing.headers ?? [])]) : '',
    ])
    .join('\n')
}

/** The secret itself, and what of it can be found when it is disguised. */
function expectSafe(text: string, disguise: (text: string) => string): void {
  expect(text).not.toContain(secret)
  // The first and the last letters of some disguises depend on what stands beside them.
  expect(text.toLowerCase()).not.toContain(disguise(secret).slice(4, -4).toLowerCase())
}

/** What the server was sent, of all that may be secret. */
function credentialOf({ headers }: IncomingMessage): string {
  const { authorization, cookie } = headers
  const sent = headers['x-api-key'] ?? headers['x-gateway-token']
  if (authorization?.startsWith('Basic ') === true) return atob(authorization.slice(6)).slice('user:'.length)
  if (cookie !== undefined) return cookie.slice(cookie.indexOf('sid=') + 4)
  return String(sent ?? authorization?.replace('Bearer ', ''))
}

describe('[B2] no error, event or log line has the credentials, when a server echoes them', () => {
  async function failure(
    options: SessionsClientOptions,
    answer: (response: ServerResponse, credential: string) => void,
    call: (client: SessionsClient) => PromiseLike<unknown> = (client) => client.getSession(sessionId),
  ): Promise<{ error: unknown; everything: string }> {
    await using server = await httpFixture((request, response) => {
      request.resume().on('end', () => answer(response, credentialOf(request)))
    })
    const told: unknown[] = []
    const tell = (event: unknown): void => {
      told.push(event)
    }
    const client = new SessionsClient({
      apiUrl: server.url,
      maxRetries: 0,
      ...options,
      logger: { debug: tell, info: tell, warn: tell, error: tell },
      logLevel: LogLevel.Debug,
      hooks: { onRequest: tell, onResponse: tell, onRetry: tell },
    })
    const error = await thrownBy(() => call(client))
    expect(error).toBeInstanceOf(SandboxAPIError)
    return { error, everything: shown(error, ...told) }
  }

  test.each(sources)('%s, in the reason phrase and in headers', async (_, options) => {
    const { error, everything } = await failure(options, (response, credential) => {
      response.writeHead(418, `You sent ${credential}`, {
        'x-request-id': credential,
        'www-authenticate': `Bearer realm="${encodeURIComponent(credential)}"`,
        'set-cookie': [`a=${encodeURIComponent(credential)}`, 'b=c'],
        'x-debug': Buffer.from(`Bearer ${credential}`).toString('base64'),
      })
      response.end()
    })
    expectSafe(everything, (text) => text)
    expectSafe(everything, encodeURIComponent)
    expectSafe(everything, (text) => Buffer.from(`Bearer ${text}`).toString('base64').slice(10))
    expect(error).toMatchObject({ statusCode: 418, requestId: '[redacted]' })
    expect(everything).toContain('418 You sent [redacted]')
    expect(everything).toContain('realm=\\"[redacted]')
  })

  test.each(sources)('%s, in a redirect', async (_, options) => {
    const { everything } = await failure(options, (response, credential) => {
      response.writeHead(302, { location: `https://example.com/?token=${encodeURIComponent(credential)}` }).end()
    })
    expectSafe(everything, encodeURIComponent)
  })

  test.each(disguises)('%s, in the words, the code and the details of an Error', async (_, disguise) => {
    for (const [, options] of sources) {
      const { everything } = await failure(options, (response, credential) => {
        const echo = disguise(credential)
        respond(response, 400, {
          error: `NOT_${echo}`,
          message: `You sent ${echo}!`,
          details: { nested: [{ header: echo }], [echo]: 1 },
        })
      })
      expectSafe(everything, disguise)
    }
  })

  test.each(disguises)('%s, in a success that can not be used', async (_, disguise) => {
    const { everything } = await failure({ bearerToken: secret }, (response, credential) => {
      respond(response, 200, '', { 'x-echo': disguise(credential) })
    })
    expectSafe(everything, disguise)
  })

  test('in the error of an event stream, and in the output that an error carries', async () => {
    const stream = (client: SessionsClient): Promise<unknown> =>
      client.streamCommand(sessionId, { command: 'x' }).result
    const written = await failure(
      { bearerToken: secret },
      (response, credential) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        const events = [
          { name: 'stdout', data: { data: `so far ${credential}` } },
          { name: 'error', data: { error: 'X', message: credential, details: { credential } } },
        ]
        response.end(events.map(({ name, data }) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`).join(''))
      },
      stream,
    )
    expectSafe(written.everything, (text) => text)
    const cut = await failure(
      { bearerToken: secret },
      (response, credential) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.end(`event: stdout\ndata: ${JSON.stringify({ data: `so far ${credential}` })}\n\n`)
      },
      stream,
    )
    expect(cut.error).toBeInstanceOf(SandboxConnectionError)
    expect(cut.error).toMatchObject({ output: { stdout: 'so far [redacted]' } })
    expectSafe(cut.everything, (text) => text)
  })

  test('in the last words of a command that failed', async () => {
    const { error, everything } = await failure(
      { bearerToken: secret },
      (response, credential) =>
        respond(response, 200, {
          ...wireSession(),
          status: response.req.method === 'GET' ? 'running' : 'failed',
          exitCode: 2,
          stdout: credential,
          stderr: `bad token ${credential}`,
        }),
      async (client) => (await client.getSession(sessionId)).run('x', { check: true }),
    )
    expect(error).toBeInstanceOf(CommandFailedError)
    expectSafe(everything, (text) => text)
  })

  test('in what the parser of HTTP quotes: causes are cleaned at any depth', async () => {
    await using server = await rawFixture((socket) => {
      socket.once('data', (bytes) => {
        const sent = /authorization: (.*)\r/i.exec(bytes.toString())?.[1] ?? ''
        socket.end(`HTTP/1.1 200 OK\r\n${sent} is no header\r\n\r\n`)
      })
    })
    const client = new SessionsClient({ apiUrl: server.url, bearerToken: secret, maxRetries: 0 })
    const error = await thrownBy(() => client.getSession(sessionId))
    expect(error).toBeInstanceOf(SandboxConnectionError)
    expectSafe(shown(error), (text) => text)
  })

  test('in the errors of a fetch of the caller’s own, which stay what they are', async () => {
    class Refused extends Error {
      override readonly name = 'Refused'
      readonly config: unknown
      constructor(message: string, config: unknown) {
        super(message, { cause: new AggregateError([new Error(message)], message) })
        this.config = config
      }
    }
    let thrown: Refused | undefined
    const fetch = (_: string, init: RequestInit): Promise<Response> => {
      const headers = { ...Object.fromEntries(new Headers(init.headers)) }
      thrown = new Refused(`could not send ${JSON.stringify(headers)}`, { headers, list: [headers] })
      return Promise.reject(thrown)
    }
    const client = new SessionsClient({ apiUrl: 'http://127.0.0.1:1/v1', bearerToken: secret, fetch, maxRetries: 0 })
    const error = await thrownBy(() => client.getSession(sessionId))
    expectSafe(shown(error), (text) => text)
    if (!(error instanceof SandboxConnectionError)) throw error
    expect(error.cause).toBeInstanceOf(Refused)
    expect(error.cause).toMatchObject({ name: 'Refused', config: { list: [{ authorization: 'Bearer [redacted]' }] } })
    // The copy is the error's own: what somebody else may hold is left alone.
    expect(thrown?.message).toContain('sk+live')
  })

  test('of a token that was renewed: also the old one', async () => {
    const old = 'the-old-token-of-this-call'
    const tokens = [old, secret]
    await using server = await httpFixture((request, response) => {
      const renewed = request.headers.authorization?.includes(old) !== true
      respond(response, renewed ? 500 : 401, { error: 'X', message: `${old} ${secret}` })
    })
    const client = new SessionsClient({ apiUrl: server.url, bearerToken: () => tokens.shift() ?? '', maxRetries: 0 })
    const error = await thrownBy(() => client.getSession(sessionId))
    expect(error).toMatchObject({ statusCode: 500, message: '[redacted] [redacted]' })
  })

  test('a cause that has nothing to hide is the very same', async () => {
    const cause = new Error('no such luck', { cause: { deep: new Map([[1, 2]]) } })
    const client = new SessionsClient({
      apiUrl: 'http://127.0.0.1:1/v1',
      bearerToken: secret,
      fetch: () => Promise.reject(cause),
      maxRetries: 0,
    })
    const error = await thrownBy(() => client.getSession(sessionId))
    if (!(error instanceof SandboxConnectionError)) throw error
    expect(error.cause).toBe(cause)
  })
})
