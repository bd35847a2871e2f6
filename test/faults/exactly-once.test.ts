/**
 * A command or code run whose connection dies is never sent again, however many retries are configured: it may have run.
 */
import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { SandboxConnectionError, SandboxTimeoutError, SessionsClient } from '../../src/index.js'
import { thrownBy } from '../support/client.js'
import { faultProxy } from 'sandbox-sessions-testkit/fault-proxy'
import { type Fixture, closedPort, rawFixture } from 'sandbox-sessions-testkit/fixture'
import { isolatedServer } from 'sandbox-sessions-testkit/isolated-server'
import { type Random, seedOf, seeded } from 'sandbox-sessions-testkit/random'
import { wireSession } from '../support/wire.js'

/** Where the connection of a run dies, and how many runs then have reached the server. */
const places = [
  ['before the request', 0],
  ['in the request', 0],
  ['after the request', 1],
  ['in the head', 1],
  ['in the body', 1],
] as const
type Place = (typeof places)[number][0]

const trials = 200
const session = JSON.stringify(wireSession())
const { sessionId } = wireSession()
const result = JSON.stringify({ status: 'completed', exitCode: 0, stdout: 'x'.repeat(500), stderr: '' })
const head = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${result.length}\r\n\r\n`

/** A server, and what it saw of the runs. */
interface Witness {
  readonly fixture: Fixture
  /** Connections that brought any byte of a run. */
  begun: number
  /** Runs that arrived to their last byte. */
  complete: number
}

/** Answers a GET, so that the connection is warm, and lets the connection of each run die. */
async function witness(place: Place, random: Random): Promise<Witness> {
  const fixture = await rawFixture((socket) => {
    let received = ''
    socket.on('data', (bytes) => {
      if (received === '' && bytes.subarray(0, 4).toString() === 'GET ') {
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${session.length}\r\n\r\n${session}`)
        // An idle connection that dies is one more way for a run to find nobody.
        if (place === 'before the request' && random.next() < 0.3)
          setTimeout(() => die(socket, random), random.below(3))
        return
      }
      if (received === '') seen.begun += 1
      received += bytes.toString('latin1')
      const complete = isComplete(received)
      if (complete) seen.complete += 1
      if (complete || place === 'before the request' || place === 'in the request') answerAndDie(socket, place, random)
    })
  })
  const seen: Witness = { fixture, begun: 0, complete: 0 }
  return seen
}

function isComplete(request: string): boolean {
  const end = request.indexOf('\r\n\r\n')
  const length = /\r\ncontent-length: (\d+)/i.exec(request)?.[1]
  return end >= 0 && request.length - end - 4 >= Number(length)
}

function answerAndDie(socket: Socket, place: Place, random: Random): void {
  const answer = head + result
  const sent = place === 'in the head' ? random.below(head.length) : head.length + random.below(result.length)
  if (place === 'in the head' || place === 'in the body') socket.write(answer.slice(0, sent), () => die(socket, random))
  else die(socket, random)
}

function die(socket: Socket, random: Random): void {
  if (random.next() < 0.5) socket.resetAndDestroy()
  else socket.destroy()
}

describe('a run whose connection dies', () => {
  test.each(places)(
    `%s reaches the server no second time, in ${trials / places.length} trials`,
    async (place, reached) => {
      const random = seeded(seedOf(`a run whose connection dies ${place}`))
      for (let trial = 0; trial < trials / places.length; trial += 1) {
        const seen = await witness(place, random)
        await using fixture = seen.fixture
        const maxRetries = 1 + random.below(9)
        await using client = new SessionsClient({ apiUrl: fixture.url, maxRetries, maxRetryDelayMs: 1 })
        const isWarm = random.next() < 0.5
        if (isWarm) await client.getSession(sessionId)
        // Longer than what a server reads at once, so that there is a middle to die in.
        const text = `: ${'x'.repeat(200_000 + random.below(100_000))}`
        const isCommand = random.next() < 0.5
        const run = (): Promise<unknown> =>
          isCommand
            ? client.executeCommand(sessionId, { command: text })
            : client.executeCode(sessionId, { code: text, language: 'bash' })
        const error = await thrownBy(run)
        const what = `${place}, trial ${trial}: ${isWarm ? 'warm' : 'cold'}, ${maxRetries} retries; ${String(error)}`
        expect(error, what).toBeInstanceOf(SandboxConnectionError)
        expect(error, what).not.toBeInstanceOf(SandboxTimeoutError)
        expect(seen.complete, what).toBe(reached)
        expect(seen.begun, what).toBeLessThanOrEqual(1)
      }
    },
  )

  /** Runs, and what else must not be repeated. */
  const once: [string, (client: SessionsClient) => PromiseLike<unknown>][] = [
    ['a command', (client) => client.executeCommand(sessionId, { command: 'x' })],
    ['code', (client) => client.executeCode(sessionId, { code: 'x', language: 'bash' })],
    ['a stream', (client) => client.streamCommand(sessionId, { command: 'x' }).result],
    ['an upload of a stream', (client) => client.uploadFile(sessionId, { path: 'a' }, new Blob(['content']).stream())],
    ['an upload of an iterable', (client) => client.uploadFile(sessionId, { path: 'a' }, pieces())],
    ['a pause', (client) => client.pauseSession(sessionId)],
  ]
  async function* pieces(): AsyncGenerator<string> {
    yield 'con'
    await Promise.resolve()
    yield 'tent'
  }
  const answer = JSON.stringify({
    ...wireSession(),
    ...JSON.parse(result),
    name: 'a',
    path: 'a',
    type: 'file',
    size: 7,
  })

  test.each(once)('[B8] %s that nobody was there for is tried again, and reaches the server once', async (_, call) => {
    const port = await closedPort()
    const bodies: string[] = []
    const server = createServer((request, response) => {
      let body = ''
      request.on('data', (bytes) => (body += String(bytes)))
      request.on('end', () => {
        bodies.push(body)
        response.writeHead(200, { 'content-type': 'application/json' }).end(answer)
      })
    })
    // The server comes up once it was not there, for the first attempt.
    const onRetry = (): void => {
      if (!server.listening) server.listen(port, '127.0.0.1')
    }
    const apiUrl = `http://127.0.0.1:${port}/v1`
    await using client = new SessionsClient({ apiUrl, maxRetries: 20, maxRetryDelayMs: 20, hooks: { onRetry } })
    await call(client)
    expect(bodies).toHaveLength(1)
    if (call.toString().includes('uploadFile')) expect(bodies).toEqual(['content'])
    server.close()
    server.closeAllConnections()
  })

  test('[B8] a run whose first attempt found nobody, and whose second one was lost, is not sent a third time', async () => {
    const port = await closedPort()
    let begun = 0
    const server = createServer((request) => {
      begun += 1
      request.resume().on('end', () => request.socket.resetAndDestroy())
    })
    const onRetry = (): void => {
      if (!server.listening) server.listen(port, '127.0.0.1')
    }
    const apiUrl = `http://127.0.0.1:${port}/v1`
    await using client = new SessionsClient({ apiUrl, maxRetries: 20, maxRetryDelayMs: 20, hooks: { onRetry } })
    expect(await thrownBy(() => client.executeCommand(sessionId, { command: 'x' }))).toBeInstanceOf(
      SandboxConnectionError,
    )
    expect(begun).toBe(1)
    server.close()
    server.closeAllConnections()
  })

  test('runs at most once on the real server', async () => {
    const random = seeded(seedOf('runs through the fault proxy'))
    await using server = await isolatedServer()
    await using proxy = await faultProxy(server.url, {
      random,
      rate: 0.8,
      faults: [
        'refuse',
        'reset before the request is read',
        'reset in the request',
        'reset while the server works',
        'reset after the server is done',
        'cut in the head',
        'cut in the body',
        '502 in place of the answer',
        '503',
      ],
    })
    const direct = new SessionsClient({ apiUrl: server.url, bearerToken: server.token })
    await using home = await direct.createSession()
    await using client = new SessionsClient({
      apiUrl: proxy.url,
      bearerToken: server.token,
      maxRetries: 8,
      maxRetryDelayMs: 1,
    })
    const succeeded = new Set<string>()
    for (let index = 0; index < 60; index += 1) {
      const id = `run-${index}`
      const language = random.pick(['bash', 'python', undefined])
      const call =
        language === undefined
          ? client.executeCommand(home.sessionId, { command: `echo ${id} >> log` })
          : client.executeCode(home.sessionId, { code: program(language, id), language })
      await call.then(
        () => succeeded.add(id),
        () => undefined,
      )
    }
    const lines = (await (await home.files.download('log')).text()).trimEnd().split('\n')
    expect(lines).toHaveLength(new Set(lines).size)
    for (const id of succeeded) expect(lines).toContain(id)
    // Some ran though their call failed: those are the ones that a retry would have run twice.
    expect(lines.length).toBeGreaterThan(succeeded.size)
  })
})

function program(language: 'bash' | 'python', id: string): string {
  return language === 'bash' ? `echo ${id} >> log` : `print("${id}", file=open("log", "a"))`
}
