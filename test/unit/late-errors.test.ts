/** Errors that come after the response has begun know their call as all others do. */
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, test } from 'vitest'
import {
  CommandFailedError,
  type ResponseEvent,
  SandboxAPIError,
  SandboxConnectionError,
  SandboxTimeoutError,
  type Session,
  SessionNotFoundError,
  SessionsClient,
} from '../../src/index.js'
import { thrownBy } from '../support/client.js'
import { httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { wireSession } from '../support/wire.js'

const { sessionId } = wireSession()
const requestId = 'given-by-the-server'
const result = { status: 'failed', exitCode: 3, stdout: '', stderr: '' }

function sse(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

function events(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': requestId, 'x-extra': 'yes' })
  response.flushHeaders()
}

/** The error of a call to a server that answers like this, and the address that it is about. */
async function failureOf(
  answer: (response: ServerResponse, request: IncomingMessage) => void,
  call: (session: Session, client: SessionsClient, head: Promise<unknown>) => PromiseLike<unknown>,
): Promise<{ error: SandboxAPIError; url: string }> {
  await using server = await httpFixture((request, response) => {
    request.resume().on('end', () => {
      if (request.method === 'GET' && request.url?.endsWith(sessionId) === true) respond(response, 200, wireSession())
      else answer(response, request)
    })
  })
  let arrived: (value: unknown) => void = () => undefined
  const head = new Promise((resolve) => (arrived = resolve))
  const onResponse = ({ call: { operation } }: ResponseEvent): void => {
    if (operation !== 'getSession') arrived(operation)
  }
  const client = new SessionsClient({ apiUrl: server.url, maxRetries: 0, hooks: { onResponse } })
  const session = await client.getSession(sessionId)
  const error = await thrownBy(() => call(session, client, head))
  client.close()
  if (!(error instanceof SandboxAPIError)) throw new Error('Not an error of the SDK', { cause: error })
  return { error, url: `${server.url}/sessions/${sessionId}` }
}

function expectContext(error: SandboxAPIError, context: Readonly<Record<string, unknown>>): void {
  expect(error).toMatchObject({ requestId, statusCode: 200, ...context })
  expect(error.headers?.get('x-extra')).toBe('yes')
  expect(JSON.parse(JSON.stringify(error))).toMatchObject({ requestId, statusCode: 200, ...context })
}

async function read(events: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of events);
}

describe('[B3] an error of a stream knows the request id, method, address and headers:', () => {
  const text = (stream: ReadableStream<string>): Promise<unknown> => read(stream)
  const ways: [string, (session: Session) => PromiseLike<unknown>][] = [
    ['a loop', (session) => read(session.stream('x'))],
    ['the result', (session) => session.stream('x').result],
    ['a text', (session) => text(session.stream('x').stdout)],
    ['run with a listener', (session) => session.run('x', { onStdout: () => undefined })],
  ]
  const endings: [string, (response: ServerResponse) => void, unknown][] = [
    ['cut', (response) => response.socket?.destroy(), SandboxConnectionError],
    ['ended without exit', (response) => response.end(), SandboxConnectionError],
    ['an event that is not JSON', (response) => response.end('event: stdout\ndata: {"da\n\n'), SandboxConnectionError],
    ['output without data', (response) => response.end(sse('stderr', {})), SandboxConnectionError],
    ['a result of another shape', (response) => response.end(sse('exit', { exitCode: 1 })), SandboxConnectionError],
  ]
  test.each(
    endings.flatMap(([end, act, type]) =>
      ways.map(([way, call]) => [`${end}, read by ${way}`, act, call, type] as const),
    ),
  )('%s', async (_, act, call, type) => {
    const { error, url } = await failureOf((response) => {
      events(response)
      response.write(sse('stdout', { data: 'so far' }), () => act(response))
    }, call)
    expect(error.constructor).toBe(type)
    expectContext(error, { method: 'POST', url: `${url}/commands` })
    expect(error).toMatchObject({ output: { stdout: 'so far' } })
  })

  test.each(ways)('an error event, read by %s', async (_, call) => {
    const body = { error: 'SESSION_NOT_FOUND', message: 'The session ended.' }
    const { error, url } = await failureOf((response) => {
      events(response)
      response.end(sse('error', body))
    }, call)
    expect(error).toBeInstanceOf(SessionNotFoundError)
    // The status is that of the code: the response itself was a success when it began.
    expectContext(error, { method: 'POST', url: `${url}/commands`, statusCode: 404 })
  })

  test('an error event without words of its own has some, and its own request id counts', async () => {
    const { error } = await failureOf(
      (response) => {
        events(response)
        response.end(sse('error', { error: 'INTERNAL_ERROR', requestId: 'of-the-event' }))
      },
      (session) => session.stream('x').result,
    )
    expect(error).toMatchObject({ requestId: 'of-the-event', errorCode: 'INTERNAL_ERROR' })
    expect(error.message).toContain('INTERNAL_ERROR')
    expect(error.message).not.toContain('undefined')
  })

  test('the idle deadline', async () => {
    const { error, url } = await failureOf(events, (session) => session.stream('x', { timeoutMs: 3000 }).result)
    expect(error).toBeInstanceOf(SandboxTimeoutError)
    expectContext(error, { method: 'POST', url: `${url}/commands` })
  })

  test('the closing of the client', async () => {
    const { error, url } = await failureOf(events, async (session, client, head) => {
      const command = session.stream('x')
      await head
      client.close()
      await command.result
    })
    expect(error).toBeInstanceOf(SandboxConnectionError)
    expectContext(error, { method: 'POST', url: `${url}/commands` })
  })
})

describe('[B3] the error of a command that failed (check) knows its call:', () => {
  test.each<[string, (session: Session) => PromiseLike<unknown>, string]>([
    ['run', (session) => session.run('x', { check: true }), 'commands'],
    ['run with a listener', (session) => session.run('x', { check: true, onStderr: () => undefined }), 'commands'],
    ['a run of a long timeout', (session) => session.run('x', { check: true, timeout: 300 }), 'commands'],
    ['runCode', (session) => session.runCode('x', { check: true }), 'code'],
  ])('%s', async (_, call, path) => {
    const { error, url } = await failureOf((response, request) => {
      if (request.headers.accept === 'application/json') {
        respond(response, 200, result, { 'x-request-id': requestId, 'x-extra': 'yes' })
        return
      }
      events(response)
      response.end(sse('exit', result))
    }, call)
    expect(error).toBeInstanceOf(CommandFailedError)
    expectContext(error, { method: 'POST', url: `${url}/${path}` })
    expect(error).toMatchObject({ result: { exitCode: 3 } })
  })
})

describe('[B3] the error of a transfer knows its call:', () => {
  const content = Buffer.from('the content of the file')
  const headers = {
    'content-length': content.length,
    'accept-ranges': 'bytes',
    etag: '"tag"',
    'x-request-id': requestId,
    'x-extra': 'yes',
  }
  const md5 = createHash('md5').update('something else').digest('hex')
  const info = { name: 'a', path: 'a', type: 'file', size: content.length, checksum: md5 }
  const bytes = async (session: Session, options = {}): Promise<unknown> =>
    (await session.files.download('a', options)).bytes()

  test('a download that is cut', async () => {
    const { error, url } = await failureOf((response) => {
      response.writeHead(200, headers).write('the', () => response.socket?.destroy())
    }, bytes)
    expectContext(error, { method: 'GET', url: `${url}/files?filePath=a` })
  })

  test('a download that is shorter than was said', async () => {
    const { error, url } = await failureOf((response) => {
      const { 'content-length': _, ...others } = headers
      const lines = Object.entries(others).map(([name, value]) => `${name}: ${value}\r\n`)
      response.socket?.end(`HTTP/1.1 200 OK\r\ncontent-length: 100\r\n${lines.join('')}\r\nthe`)
    }, bytes)
    expectContext(error, { method: 'GET', url: `${url}/files?filePath=a` })
  })

  test('a checksum that differs, of a download', async () => {
    const { error, url } = await failureOf(
      (response, request) => {
        if (request.url?.includes('/stat') === true) respond(response, 200, info)
        else response.writeHead(200, headers).end(content)
      },
      (session) => bytes(session, { verify: true }),
    )
    expect(error.message).toContain('could not be verified')
    expectContext(error, { method: 'GET', url: `${url}/files?filePath=a` })
  })

  test('a checksum that differs, of an upload', async () => {
    const { error, url } = await failureOf(
      (response) => respond(response, 200, info, { 'x-request-id': requestId, 'x-extra': 'yes' }),
      (session) => session.files.upload('a', content, { verify: true }),
    )
    expect(error.message).toContain('could not be verified')
    expectContext(error, { method: 'POST', url: `${url}/files?path=a` })
  })

  test('a file that changed before the rest of it was asked for', async () => {
    const { error, url } = await failureOf(
      (response, request) => {
        if (request.headers.range === undefined) {
          response.writeHead(200, headers).write('the', () => response.socket?.destroy())
        } else response.writeHead(200, { ...headers, etag: '"other"' }).end(content)
      },
      (session) => bytes(session, { maxRetries: 3 }),
    )
    expect(error.message).toContain('changed while it was being downloaded')
    expectContext(error, { method: 'GET', url: `${url}/files?filePath=a` })
  })

  test('a rest that is refused', async () => {
    const { error, url } = await failureOf(
      (response, request) => {
        if (request.headers.range === undefined) {
          response.writeHead(200, headers).write('the', () => response.socket?.destroy())
        } else respond(response, 404, { error: 'FILE_NOT_FOUND', message: 'Gone.' }, { 'x-request-id': 'of-the-rest' })
      },
      (session) => bytes(session, { maxRetries: 3 }),
    )
    expect(error).toMatchObject({ requestId: 'of-the-rest', statusCode: 404, url: `${url}/files?filePath=a` })
  })
})

test('[B3] the caller’s own reason stays as it is, even when it is an error of the SDK', async () => {
  const reason = new SandboxConnectionError('of somebody else')
  const { stack } = reason
  const { error } = await failureOf(
    (response) => {
      events(response)
      response.write(sse('stdout', { data: 'a' }))
    },
    async (session) => {
      const controller = new AbortController()
      for await (const _ of session.stream('x', { signal: controller.signal })) controller.abort(reason)
    },
  )
  expect(error).toBe(reason)
  expect(error).toMatchObject({ requestId: undefined, method: undefined, output: undefined })
  expect(error.stack).toBe(stack)
})
