/** The stack of an error leads to the line of the program that called the method, and not only into the SDK. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SandboxAPIError, SandboxValidationError, type Session, SessionsClient } from '../../src/index.js'
import { closedPort, type Fixture, httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { wireSession } from '../support/wire.js'

const { sessionId } = wireSession()
const { stackTraceLimit } = Error
let server: Fixture
let client: SessionsClient
let nowhere: SessionsClient
let session: Session

function answer(request: IncomingMessage, response: ServerResponse): void {
  switch (request.headers['x-mode']) {
    case 'hang':
      return
    case 'cut':
      response.writeHead(200, { 'content-type': request.method === 'POST' ? 'text/event-stream' : 'text/plain' })
      response.write('event: stdout\ndata: {"data":"a"}\n\n', () => response.socket?.destroy())
      return
    case 'fine':
      respond(response, 200, {
        ...wireSession(),
        status: 'failed',
        exitCode: 1,
        name: 'a',
        path: 'a',
        type: 'file',
        size: 1,
      })
      return
    default:
      respond(response, 404, { error: 'SESSION_NOT_FOUND', message: 'Gone.' })
  }
}

beforeAll(async () => {
  // What Node starts with: of a deeper stack the caller's end is cut off.
  Error.stackTraceLimit = 10
  server = await httpFixture((request, response) => {
    request.resume().on('end', () => answer(request, response))
  })
  client = new SessionsClient({ apiUrl: server.url, maxRetries: 0 })
  nowhere = new SessionsClient({ apiUrl: `http://127.0.0.1:${await closedPort()}/v1`, maxRetries: 0 })
  session = await client.getSession(sessionId, mode('fine'))
})

afterAll(async () => {
  Error.stackTraceLimit = stackTraceLimit
  client.close()
  await server[Symbol.asyncDispose]()
})

function mode(name: 'hang' | 'cut' | 'fine'): { headers: Record<string, string> } {
  return { headers: { 'x-mode': name } }
}

const late = { ...mode('hang'), timeoutMs: 200 }
const id = sessionId
const command = { command: 'x' }

async function read(stream: ReadableStream<unknown>): Promise<void> {
  const reader = stream.getReader()
  while (!(await reader.read()).done);
}

// Each is a function of the program, which awaits what it calls. Its name is what is looked for.
const callers: [string, () => Promise<unknown>][] = [
  [
    'a status',
    async function caller() {
      await client.getSession(id)
    },
  ],
  [
    'a status of a call without a body',
    async function caller() {
      await client.deleteSession(id)
    },
  ],
  [
    'a status, by a method of the session',
    async function caller() {
      await session.refresh()
    },
  ],
  [
    'a status, by a method of its files',
    async function caller() {
      await session.files.exists('a')
    },
  ],
  [
    'a refused connection',
    async function caller() {
      await nowhere.createSession()
    },
  ],
  [
    'a refused connection of a command',
    async function caller() {
      await nowhere.executeCommand(id, command)
    },
  ],
  [
    'a deadline',
    async function caller() {
      await client.getSession(id, late)
    },
  ],
  [
    'a deadline of a command',
    async function caller() {
      await session.run('x', late)
    },
  ],
  [
    'an argument that is refused',
    async function caller() {
      await client.getSession('x')
    },
  ],
  [
    'an argument of a session',
    async function caller() {
      await session.run('')
    },
  ],
  [
    'an argument of an upload',
    async function caller() {
      await session.files.upload('/etc', 'x')
    },
  ],
  [
    'options that are refused',
    async function caller() {
      await session.files.stat('a', { timeoutMs: -1 })
    },
  ],
  [
    'a page',
    async function caller() {
      await client.listSessions()
    },
  ],
  [
    'a loop over a listing',
    async function caller() {
      for await (const _ of session.files.list());
    },
  ],
  [
    'a listing as an array',
    async function caller() {
      await client.listSessions().toArray()
    },
  ],
  [
    'an upload',
    async function caller() {
      await session.files.upload('a', 'x')
    },
  ],
  [
    'an upload that is late',
    async function caller() {
      await client.uploadFile(id, { path: 'a' }, 'x', late)
    },
  ],
  [
    'an upload that differs',
    async function caller() {
      await client.uploadFile(id, { path: 'a' }, 'x', { ...mode('fine'), verify: true })
    },
  ],
  [
    'a download',
    async function caller() {
      await session.files.download('a')
    },
  ],
  [
    'bytes that are cut',
    async function caller() {
      await (await client.downloadFile(id, 'a', mode('cut'))).bytes()
    },
  ],
  [
    'a stream of bytes that is cut',
    async function caller() {
      await read((await client.downloadFile(id, 'a', mode('cut'))).stream())
    },
  ],
  [
    'a loop over events',
    async function caller() {
      for await (const _ of session.stream('x'));
    },
  ],
  [
    'a loop over events that are cut',
    async function caller() {
      for await (const _ of session.stream('x', mode('cut')));
    },
  ],
  [
    'a loop over events that are late',
    async function caller() {
      for await (const _ of session.streamCode('x', late));
    },
  ],
  [
    'a result',
    async function caller() {
      await session.stream('x').result
    },
  ],
  [
    'a result that is cut',
    async function caller() {
      await session.stream('x', mode('cut')).result
    },
  ],
  [
    'a result of an argument that is refused',
    async function caller() {
      await session.stream('').result
    },
  ],
  [
    'a text',
    async function caller() {
      await read(session.stream('x').stdout)
    },
  ],
  [
    'a text that is cut',
    async function caller() {
      await read(client.streamCommand(id, command, mode('cut')).stdout)
    },
  ],
  [
    'a run with a listener',
    async function caller() {
      await session.run('x', { onStdout: () => undefined })
    },
  ],
  [
    'a run that is checked',
    async function caller() {
      await session.run('x', { ...mode('fine'), check: true })
    },
  ],
  [
    'a client that was closed',
    async function caller() {
      const closed = new SessionsClient({ apiUrl: server.url })
      const call = closed.getSession(id, mode('hang'))
      setImmediate(() => closed.close())
      await call
    },
  ],
  [
    'the raw client',
    async function caller() {
      await nowhere.api.GET('/health')
    },
  ],
]

describe('[B18] an error’s stack has the caller in it:', () => {
  test.each(callers)('%s', async (_, call) => {
    let error: unknown
    try {
      await call()
    } catch (thrown) {
      error = thrown
    }
    if (!(error instanceof SandboxAPIError || error instanceof SandboxValidationError))
      throw new Error('Another error', { cause: error })
    expect(error.stack).toMatch(/\bcaller .*stacks\.test\.ts/)
    // And it begins as every stack does.
    expect(error.stack?.startsWith(`${error.name}: ${error.message}\n    at `)).toBe(true)
  })
})
