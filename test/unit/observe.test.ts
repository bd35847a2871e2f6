/** What hooks and the logger are told. */
import { describe, expect, test } from 'vitest'
import {
  type CallInfo,
  type ClientHooks,
  LogLevel,
  type Logger,
  type Progress,
  type RequestEvent,
  type ResponseEvent,
  type RetryEvent,
  SandboxConnectionError,
  SandboxTimeoutError,
  SessionsClient,
  type SessionsClientOptions,
} from '../../src/index.js'
import { thrownBy } from '../support/client.js'
import { closedPort, httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { wireSession } from '../support/wire.js'

const { sessionId } = wireSession()
const token = 'secret-token-that-nobody-may-see'

type Event =
  | ({ readonly kind: 'request' } & RequestEvent)
  | ({ readonly kind: 'response' } & ResponseEvent)
  | ({ readonly kind: 'retry' } & RetryEvent)

function recorder(): { events: Event[]; hooks: ClientHooks } {
  const events: Event[] = []
  const hooks: ClientHooks = {
    onRequest: (event) => events.push({ kind: 'request', ...event }),
    onResponse: (event) => events.push({ kind: 'response', ...event }),
    onRetry: (event) => events.push({ kind: 'retry', ...event }),
  }
  return { events, hooks }
}

/** Lines of a logger, with their levels. */
function notebook(): { lines: string[]; logger: Logger } {
  const lines: string[] = []
  const write =
    (level: string) =>
    (message: string): void => {
      lines.push(`${level}: ${message}`)
    }
  return {
    lines,
    logger: { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') },
  }
}

function clientOf(apiUrl: string, options: SessionsClientOptions): SessionsClient {
  return new SessionsClient({ apiUrl, bearerToken: token, ...options })
}

/** Answers these statuses in turn, then 200. */
async function answers(...statuses: readonly number[]): Promise<Awaited<ReturnType<typeof httpFixture>>> {
  const left = [...statuses]
  return httpFixture((_, response) => {
    const status = left.shift() ?? 200
    if (status === 200) respond(response, 200, wireSession())
    else respond(response, status, { error: 'BUSY', message: 'not now' })
  })
}

describe('hooks', () => {
  test('see an attempt begin and end', async () => {
    await using server = await answers()
    const { events, hooks } = recorder()
    await clientOf(server.url, { hooks }).getSession(sessionId)
    expect(events).toMatchObject([
      { kind: 'request', attempt: 1, call: { operation: 'getSession', method: 'GET' } },
      { kind: 'response', attempt: 1, status: 200, error: undefined },
    ])
    expect(events[0]?.call.url).toBe(`${server.url}/sessions/${sessionId}`)
  })

  test('see every attempt of a call, with its number, and one call in all of them', async () => {
    await using server = await answers(503, 500)
    const { events, hooks } = recorder()
    await clientOf(server.url, { hooks }).getSession(sessionId)
    expect(events.map(({ kind, attempt }) => `${kind} ${attempt}`)).toEqual([
      'request 1',
      'response 1',
      'retry 1',
      'request 2',
      'response 2',
      'retry 2',
      'request 3',
      'response 3',
    ])
    expect(events.flatMap((event) => ('status' in event ? [event.status] : []))).toEqual([503, 503, 500, 500, 200])
    expect(new Set(events.map(({ call }) => call)).size).toBe(1)
    for (const event of events) {
      if (event.kind === 'response') expect(event.durationMs).toBeGreaterThan(0)
      if (event.kind === 'retry') expect(event.delayMs).toBeGreaterThan(0)
    }
  })

  test('know the request id that the server sees, the same for each attempt', async () => {
    const seen: unknown[] = []
    await using server = await httpFixture((request, response) => {
      seen.push(request.headers['x-request-id'])
      respond(response, seen.length === 1 ? 503 : 200, wireSession())
    })
    const { events, hooks } = recorder()
    const client = clientOf(server.url, { hooks })
    await client.getSession(sessionId)
    await client.getSession(sessionId, { headers: { 'X-Request-Id': 'mine' } })
    const ids = [...new Set(events.map(({ call }) => call.requestId))]
    expect(ids).toEqual([seen[0], 'mine'])
    expect(seen).toEqual([ids[0], ids[0], 'mine'])
  })

  test('see an attempt without an answer', async () => {
    const { events, hooks } = recorder()
    const apiUrl = `http://127.0.0.1:${await closedPort()}/v1`
    const error = await thrownBy(() => clientOf(apiUrl, { hooks, maxRetries: 0 }).getSession(sessionId))
    expect(error).toBeInstanceOf(SandboxConnectionError)
    expect(events).toMatchObject([{ kind: 'request' }, { kind: 'response', status: undefined }])
    expect(events.at(-1)).toHaveProperty('error', error)
  })

  test('see the deadline and the caller’s abort as the end of the attempt', async () => {
    await using server = await httpFixture(() => undefined)
    const { events, hooks } = recorder()
    const client = clientOf(server.url, { hooks })
    const timeout = await thrownBy(() => client.getSession(sessionId, { timeoutMs: 20 }))
    expect(timeout).toBeInstanceOf(SandboxTimeoutError)
    expect(events.at(-1)).toMatchObject({ kind: 'response', status: undefined, error: timeout })
    const controller = new AbortController()
    const reason = new Error('changed my mind')
    const hanging = thrownBy(() => client.getSession(sessionId, { signal: controller.signal }))
    controller.abort(reason)
    expect(await hanging).toBe(reason)
    expect(events.at(-1)).toMatchObject({ kind: 'response', status: undefined, error: reason })
    expect(events).toHaveLength(4)
  })

  test('see a token that is renewed as another attempt', async () => {
    await using server = await answers(401)
    const { events, hooks } = recorder()
    await clientOf(server.url, { hooks, bearerToken: () => token, maxRetries: 0 }).getSession(sessionId)
    expect(events.map(({ kind, attempt }) => `${kind} ${attempt}`)).toEqual([
      'request 1',
      'response 1',
      'retry 1',
      'request 2',
      'response 2',
    ])
    expect(events[2]).toMatchObject({ status: 401, delayMs: 0 })
  })

  test('see calls of the raw client, without an operation', async () => {
    await using server = await answers()
    const { events, hooks } = recorder()
    const path = { sessionId }
    await clientOf(server.url, { hooks }).api.GET('/sessions/{sessionId}', { params: { path } })
    expect(events).toMatchObject([{ call: { operation: undefined, method: 'GET' } }, { status: 200 }])
  })

  test('see a download when its headers are there', async () => {
    await using server = await httpFixture((_, response) => {
      response.writeHead(200, { 'content-length': 3 }).write('a')
    })
    const { events, hooks } = recorder()
    const file = await clientOf(server.url, { hooks }).downloadFile(sessionId, 'a')
    expect(events.at(-1)).toMatchObject({ kind: 'response', status: 200 })
    await file.cancel()
  })

  test('set headers for each attempt', async () => {
    const seen: unknown[] = []
    await using server = await httpFixture((request, response) => {
      seen.push(request.headers['traceparent'])
      respond(response, seen.length === 1 ? 503 : 200, wireSession())
    })
    const onRequest = ({ headers, attempt }: RequestEvent): void => {
      headers['traceparent'] = `attempt-${attempt}`
    }
    await clientOf(server.url, { hooks: { onRequest } }).getSession(sessionId)
    expect(seen).toEqual(['attempt-1', 'attempt-2'])
  })

  test('see the headers without credentials, and can’t replace these', async () => {
    const seen: unknown[] = []
    await using server = await httpFixture((request, response) => {
      seen.push(request.headers.authorization)
      respond(response, seen.length === 1 ? 503 : 200, wireSession())
    })
    const names: string[] = []
    const onRequest = ({ headers }: RequestEvent): void => {
      names.push(...Object.keys(headers))
      headers['authorization'] = 'Bearer of-the-hook'
    }
    const client = clientOf(server.url, { hooks: { onRequest } })
    await client.getSession(sessionId)
    expect(seen).toEqual([`Bearer ${token}`, `Bearer ${token}`])
    expect(names).toContain('accept')
    expect(names).not.toContain('authorization')
  })

  test('keep calls apart that run at the same time', async () => {
    await using server = await answers()
    const attempts = new Map<CallInfo, number>()
    const onRequest = ({ call }: RequestEvent): void => {
      attempts.set(call, (attempts.get(call) ?? 0) + 1)
    }
    const client = clientOf(server.url, { hooks: { onRequest } })
    await Promise.all(Array.from({ length: 10 }, () => client.getSession(sessionId)))
    expect([...attempts.values()]).toEqual(Array.from({ length: 10 }, () => 1))
  })

  test.each(['onRequest', 'onResponse', 'onRetry'] as const)('that throw in %s do not break the call', async (name) => {
    await using server = await answers(503)
    const { lines, logger } = notebook()
    const hooks = {
      [name]: () => {
        throw new Error('a bug in the hook')
      },
    }
    const session = await clientOf(server.url, { hooks, logger, logLevel: LogLevel.Error }).getSession(sessionId)
    expect(session.sessionId).toBe(sessionId)
    expect(new Set(lines)).toEqual(new Set(['error: A hook failed: Error: a bug in the hook']))
  })

  test('that are async and reject do not end the process', async () => {
    await using server = await answers()
    const { lines, logger } = notebook()
    const onRequest = async (): Promise<void> => {
      await Promise.reject(new Error('a bug in the hook'))
    }
    await clientOf(server.url, { hooks: { onRequest }, logger }).getSession(sessionId)
    expect(lines).toEqual(['error: A hook failed: Error: a bug in the hook'])
  })
})

/** What is given as an instance of a class: its methods are not its own properties, and need their object. */
describe('[B5] an instance of a class', () => {
  class Base {
    readonly seen: string[] = []
    onRequest({ attempt }: RequestEvent): void {
      this.seen.push(`request ${attempt}`)
    }
  }
  class Tracer extends Base {
    onResponse({ status }: ResponseEvent): void {
      this.seen.push(`response ${String(status)}`)
    }
    onRetry({ status }: RetryEvent): void {
      this.seen.push(`retry ${String(status)}`)
    }
  }

  test('can be the hooks, also with methods that it inherits', async () => {
    await using server = await answers(503)
    const hooks = new Tracer()
    await clientOf(server.url, { hooks }).getSession(sessionId)
    expect(hooks.seen).toEqual(['request 1', 'response 503', 'retry 503', 'request 2', 'response 200'])
  })

  test('can be the logger', async () => {
    class Log implements Logger {
      readonly lines: string[] = []
      debug(message: string): void {
        this.lines.push(message)
      }
      info(message: string): void {
        this.lines.push(message)
      }
      warn(message: string): void {
        this.lines.push(message)
      }
      error(message: string): void {
        this.lines.push(message)
      }
    }
    await using server = await answers()
    const logger = new Log()
    await clientOf(server.url, { logger, logLevel: LogLevel.Debug }).getSession(sessionId)
    expect(logger.lines).toHaveLength(2)
  })

  test('can be a middleware', async () => {
    class Signer {
      readonly key = 'of-the-instance'
      onRequest({ request }: { readonly request: Request }): void {
        request.headers.set('x-signed-by', this.key)
      }
    }
    let signed: unknown
    await using server = await httpFixture((request, response) => {
      signed = request.headers['x-signed-by']
      respond(response, 200, wireSession())
    })
    await clientOf(server.url, { middleware: [new Signer()] }).getSession(sessionId)
    expect(signed).toBe('of-the-instance')
  })

  test('can be options with listeners', async () => {
    class Output {
      text = ''
      loaded = 0
      onStdout(text: string): void {
        this.text += text
      }
      onProgress({ loaded }: Progress): void {
        this.loaded = loaded
      }
    }
    const events = 'event: stdout\ndata: {"data":"hello"}\n\nevent: exit\ndata: {"status":"completed","exitCode":0}\n\n'
    await using server = await httpFixture((request, response) => {
      request.resume().on('end', () => {
        if (request.url?.includes('/commands') === true) {
          response.writeHead(200, { 'content-type': 'text/event-stream' }).end(events)
        } else if (request.url?.includes('/files') === true) response.end('content')
        else respond(response, 200, wireSession())
      })
    })
    const session = await clientOf(server.url, {}).getSession(sessionId)
    const output = new Output()
    await session.run('x', output)
    expect(output.text).toBe('hello')
    await (await session.files.download('a', output)).text()
    expect(output.loaded).toBe(7)
  })

  test('hooks are called as methods of their object, as are listeners: a fetch has no receiver', async () => {
    const receivers: unknown[] = []
    const hooks = {
      onRequest(this: unknown): void {
        receivers.push(this)
      },
    }
    function fetch(this: unknown, input: string, init: RequestInit): Promise<Response> {
      receivers.push(this)
      return globalThis.fetch(input, init)
    }
    await using server = await answers()
    await clientOf(server.url, { hooks, fetch }).getSession(sessionId)
    // A browser's own fetch refuses to be called on anything but its window.
    expect(receivers).toEqual([hooks, undefined])
  })
})

describe('the logger', () => {
  test.each<[LogLevel | undefined, string[]]>([
    [LogLevel.Debug, ['debug', 'info', 'warn', 'debug', 'debug', 'debug', 'info']],
    [LogLevel.Info, ['info', 'warn', 'info']],
    [LogLevel.Warn, ['warn']],
    [LogLevel.Error, []],
    [undefined, ['warn']],
  ])('at level %s', async (logLevel, expected) => {
    await using server = await answers(503, 200, 404)
    const { lines, logger } = notebook()
    const client = clientOf(server.url, { logger, logLevel })
    await client.getSession(sessionId)
    await thrownBy(() => client.getSession(sessionId))
    expect(lines.map((line) => line.split(':')[0])).toEqual(expected)
  })

  test('tells what, which attempt, and the request id', async () => {
    await using server = await answers(503)
    const { lines, logger } = notebook()
    const headers = { 'x-request-id': 'mine' }
    await clientOf(server.url, { logger, logLevel: LogLevel.Debug }).getSession(sessionId, { headers })
    const what = `GET ${server.url}/sessions/${sessionId} (request mine, attempt`
    expect(lines.map((line) => line.replace(/\d+ ms/, 'N ms'))).toEqual([
      `debug: ${what} 1) is sent`,
      `info: ${what} 1) was answered with 503 after N ms`,
      `warn: ${what} 1) was answered with 503, is tried again in N ms`,
      `debug: ${what} 2) is sent`,
      `debug: ${what} 2) was answered with 200 after N ms`,
    ])
  })

  test('never has a body or a credential', async () => {
    await using server = await httpFixture((request, response) => {
      request.resume().on('end', () => {
        const result = { status: 'failed', exitCode: 1, stdout: 'private-output', stderr: '', truncated: false }
        if (request.method === 'POST') respond(response, 200, result)
        else respond(response, 500, { error: 'OOPS', message: 'private-message' })
      })
    })
    const { lines, logger } = notebook()
    const client = clientOf(server.url, { logger, logLevel: LogLevel.Debug, maxRetries: 0 })
    await client.executeCommand(sessionId, { command: 'private-command', env: { KEY: 'private-env' } })
    await thrownBy(() => client.getSession(sessionId, { headers: { authorization: 'Bearer private-token' } }))
    expect(lines).toHaveLength(4)
    expect(lines.join('\n')).not.toMatch(/private/)
    expect(lines.join('\n')).not.toContain(token)
  })

  test('that throws does not break the call', async () => {
    await using server = await answers(503)
    const fail = (): never => {
      throw new Error('the disk is full')
    }
    const logger = { debug: fail, info: fail, warn: fail, error: fail }
    const session = await clientOf(server.url, {
      logger,
      logLevel: LogLevel.Debug,
      hooks: { onRequest: fail },
    }).getSession(sessionId)
    expect(session.sessionId).toBe(sessionId)
  })

  test('can be a console', async () => {
    await using server = await answers()
    await clientOf(server.url, { logger: console }).getSession(sessionId)
  })
})
