import { getEventListeners } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  CommandFailedError,
  type CommandEvent,
  type RequestOptions,
  SandboxAPIError,
  SandboxConnectionError,
  SandboxOperationError,
  SandboxTimeoutError,
  type Session,
  SessionNotFoundError,
  SessionsClient,
} from '../../src/index.js'
import { thrownBy } from '../support/client.js'
import { httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { wireSession } from '../support/wire.js'

const exit = { status: 'completed', exitCode: 0, stdout: '', stderr: '', durationMs: 5 }

function sse(event: string, data: unknown): string {
  return `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}

/** A session whose commands are answered by the handler. */
async function withSession(
  handle: (response: ServerResponse, request: IncomingMessage) => void,
  use: (session: Session, server: { readonly count: number }) => Promise<void>,
  options: RequestOptions = {},
): Promise<void> {
  await using server = await httpFixture((request, response) => {
    if (request.method === 'GET') {
      respond(response, 200, wireSession())
      return
    }
    request.resume()
    request.on('end', () => {
      handle(response, request)
    })
  })
  const client = new SessionsClient({ apiUrl: server.url, maxRetries: 0, timeoutMs: 5000, ...options })
  await use(await client.getSession(wireSession().sessionId), server)
  client.close()
}

function stream(response: ServerResponse, ...parts: readonly (string | Uint8Array)[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const part of parts) response.write(part)
}

async function eventsOf(events: AsyncIterable<CommandEvent>): Promise<CommandEvent[]> {
  const found: CommandEvent[] = []
  for await (const event of events) found.push(event)
  return found
}

async function textOf(stream: ReadableStream<string>): Promise<string> {
  let text = ''
  for await (const piece of stream) text += piece
  return text
}

describe('a stream', () => {
  test('gives events, then the result', async () => {
    await withSession(
      (response, request) => {
        expect(request.headers.accept).toContain('text/event-stream')
        stream(response, ': hello\n\n', sse('stdout', { data: 'a' }), sse('stderr', { data: 'b' }), sse('exit', exit))
        response.end()
      },
      async (session) => {
        const command = session.stream('ls')
        const result = { ...exit, truncated: false, ok: true }
        expect(await eventsOf(command)).toEqual([
          { type: 'stdout', data: 'a' },
          { type: 'stderr', data: 'b' },
          { type: 'exit', result },
        ])
        expect(await command.result).toEqual(result)
      },
    )
  })

  test('is the same however its bytes are cut', async () => {
    const text = 'grüße 数据 🦀 \u0000\n'
    const bytes = Buffer.from(
      sse('stdout', { data: text }) + sse('later', {}) + sse('stdout', { data: text }) + sse('exit', exit),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(bytes.length), { maxLength: 12 }), async (cuts) => {
        await withSession(
          (response) => {
            const edges = [0, ...cuts.sort((a, b) => a - b), bytes.length]
            stream(response, ...edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge)))
            response.end()
          },
          async (session) => {
            const events = await eventsOf(session.stream('ls'))
            expect(events.flatMap((event) => (event.type === 'exit' ? [] : [event.data]))).toEqual([text, text])
          },
        )
      }),
      { numRuns: 25 },
    )
  })

  test('arrives while the command runs', async () => {
    let finish = (): void => undefined
    await withSession(
      (response) => {
        stream(response, sse('stdout', { data: 'first' }))
        finish = () => response.end(sse('exit', exit))
      },
      async (session) => {
        const seen: string[] = []
        for await (const event of session.stream('ls')) {
          seen.push(event.type)
          // The end is not sent before the beginning was seen.
          if (event.type === 'stdout') finish()
        }
        expect(seen).toEqual(['stdout', 'exit'])
      },
    )
  })

  test('of a server that knows no streams is its result in events', async () => {
    await withSession(
      (response) => respond(response, 200, { status: 'failed', exitCode: 3, stdout: 'out', stderr: 'err' }),
      async (session) => {
        expect(await eventsOf(session.stream('ls'))).toMatchObject([
          { type: 'stdout', data: 'out' },
          { type: 'stderr', data: 'err' },
          { type: 'exit', result: { status: 'failed', exitCode: 3, stdout: '', ok: false } },
        ])
      },
    )
  })

  test('that ends without exit is an error that carries the output so far', async () => {
    await withSession(
      (response) => {
        stream(response, sse('stdout', { data: 'so far' }), sse('stderr', { data: 'oops' }))
        response.end()
      },
      async (session) => {
        const command = session.stream('ls')
        const error = await thrownBy(() => eventsOf(command))
        expect(error).toBeInstanceOf(SandboxConnectionError)
        expect(error).toMatchObject({ output: { stdout: 'so far', stderr: 'oops' } })
        expect(await thrownBy(() => command.result)).toBe(error)
      },
    )
  })

  test('whose connection breaks is an error that carries the output so far, and is not sent again', async () => {
    await withSession(
      (response) => {
        stream(response, sse('stdout', { data: 'so far' }))
        setImmediate(() => response.socket?.resetAndDestroy())
      },
      async (session, server) => {
        const error = await thrownBy(() => session.stream('ls', { maxRetries: 5 }).result)
        expect(error).toBeInstanceOf(SandboxConnectionError)
        expect(error).toMatchObject({ output: { stdout: 'so far' } })
        expect(server.count).toBe(2)
      },
    )
  })

  test('that falls silent ends with its idle deadline', async () => {
    await withSession(
      (response) => stream(response, sse('stdout', { data: 'so far' })),
      async (session) => {
        const error = await thrownBy(() => session.stream('ls', { timeoutMs: 2000 }).result)
        expect(error).toBeInstanceOf(SandboxTimeoutError)
        expect(error).toMatchObject({ timeoutMs: 2000, output: { stdout: 'so far' } })
      },
    )
  })

  test('keeps on as long as comments come', async () => {
    await withSession(
      (response) => {
        stream(response)
        let comments = 0
        const timer = setInterval(() => {
          response.write(': keep-alive\n\n')
          if ((comments += 1) < 12) return
          clearInterval(timer)
          response.end(sse('exit', exit))
        }, 300)
      },
      async (session) => {
        expect(await session.stream('ls', { timeoutMs: 3000 }).result).toMatchObject({ ok: true })
      },
    )
  })

  test.each([
    ['SESSION_NOT_FOUND', SessionNotFoundError],
    ['INTERNAL_ERROR', SandboxOperationError],
    ['SOMETHING_NEW', SandboxOperationError],
  ])('that ends with the error %s', async (code, expected) => {
    await withSession(
      (response) => {
        stream(response, sse('error', { error: code, message: 'The session ended.' }))
        response.end()
      },
      async (session) => {
        const error = await thrownBy(() => session.stream('ls').result)
        expect(error).toBeInstanceOf(expected)
        expect(error).toMatchObject({ errorCode: code, message: 'The session ended.' })
      },
    )
  })

  test.each([
    ['JSON cut off', 'event: stdout\ndata: {"data":\n\n'],
    ['output without data', sse('stdout', {})],
    ['a result of another shape', sse('exit', { exitCode: 0 })],
    ['an HTML page', '<html><body>Hello</body></html>'],
    ['nothing', ''],
  ])('that holds %s is a connection error', async (_, body) => {
    await withSession(
      (response) => {
        stream(response, body)
        response.end()
      },
      async (session) => {
        const error = await thrownBy(() => session.stream('ls').result)
        expect(error).toBeInstanceOf(SandboxConnectionError)
        expect(String(error)).not.toContain('<html')
      },
    )
  })

  test('refused before it begins is the error of its status', async () => {
    await withSession(
      (response) => respond(response, 404, { error: 'SESSION_NOT_FOUND', message: 'Gone.' }),
      async (session) => {
        expect(await thrownBy(() => session.stream('ls').result)).toBeInstanceOf(SessionNotFoundError)
        expect(await thrownBy(() => eventsOf(session.stream('ls')))).toBeInstanceOf(SessionNotFoundError)
      },
    )
  })

  test('of a wrong argument throws where it is read', async () => {
    await withSession(
      (response) => response.end(),
      async (session, server) => {
        const error = await thrownBy(() => session.stream('').result)
        expect(error).toMatchObject({ name: 'SandboxValidationError', parameter: 'command' })
        expect(server.count).toBe(1)
      },
    )
  })
})

test('a header does not make a command repeatable', async () => {
  await withSession(
    (response) => respond(response, 502, 'Bad gateway'),
    async (session, server) => {
      const options = { maxRetries: 3, headers: { 'idempotency-key': 'a-key' } }
      await thrownBy(() => session.run('ls', options))
      await thrownBy(() => session.stream('ls', options).result)
      // The first request is that for the session.
      expect(server.count).toBe(3)
    },
  )
})

describe('leaving a stream', () => {
  /** Resolves when the client has closed the connection. */
  async function closedBy(leave: (session: Session) => Promise<void>): Promise<void> {
    let closed: Promise<unknown> = Promise.reject(new Error('No request came'))
    closed.catch(() => undefined)
    await withSession(
      (response) => {
        closed = new Promise((resolve) => response.on('close', resolve))
        stream(response, sse('stdout', { data: 'a' }), sse('stdout', { data: 'b' }))
      },
      async (session) => {
        await leave(session)
        await closed
      },
    )
  }

  test('by break closes the connection', async () => {
    await closedBy(async (session) => {
      const command = session.stream('ls')
      for await (const event of command) {
        expect(event).toEqual({ type: 'stdout', data: 'a' })
        break
      }
      expect(await thrownBy(() => command.result)).toBeInstanceOf(SandboxAPIError)
    })
  })

  test('by abort closes the connection, and readers get the reason', async () => {
    await closedBy(async (session) => {
      const command = session.stream('ls')
      const reason = new Error('enough')
      const error = await thrownBy(async () => {
        for await (const event of command) if (event.type === 'stdout') command.abort(reason)
      })
      expect(error).toBe(reason)
      expect(await thrownBy(() => command.result)).toBe(reason)
    })
  })

  test('by the caller’s signal closes the connection', async () => {
    await closedBy(async (session) => {
      const controller = new AbortController()
      const command = session.stream('ls', { signal: controller.signal })
      const error = await thrownBy(async () => {
        for await (const event of command) if (event.type === 'stdout') controller.abort('enough')
      })
      expect(error).toBe('enough')
    })
  })

  test('by the end of its block closes the connection', async () => {
    await closedBy(async (session) => {
      await using command = session.stream('ls')
      for await (const event of command) {
        expect(event.type).toBe('stdout')
        return
      }
    })
  })

  test('that was never read, by the end of its block, closes the connection', async () => {
    let arrive: () => void = () => undefined
    let close: () => void = () => undefined
    const arrived = new Promise<void>((resolve) => (arrive = resolve))
    const closed = new Promise<void>((resolve) => (close = resolve))
    await withSession(
      (response) => {
        response.on('close', close)
        stream(response, sse('stdout', { data: 'a' }))
        arrive()
      },
      async (session) => {
        {
          await using command = session.stream('ls')
          await arrived
          expect(command).toBeDefined()
        }
        await closed
      },
    )
  })
})

test('a stream that nobody read settles its result when it is aborted, and lets go of the caller’s signal', async () => {
  await using server = await httpFixture((_, response) => stream(response, sse('stdout', { data: 'a' })))
  let arrived = (): void => undefined
  const head = new Promise<void>((resolve) => (arrived = resolve))
  const client = new SessionsClient({ apiUrl: server.url, hooks: { onResponse: () => arrived() } })
  const controller = new AbortController()
  const { sessionId } = wireSession()
  const command = client.streamCommand(sessionId, { command: 'ls' }, { signal: controller.signal })
  await head
  // What follows from the head takes no more than promises do: now the response waits for a reader.
  await new Promise((resolve) => setImmediate(resolve))
  const reason = new Error('enough')
  command.abort(reason)
  await command[Symbol.asyncDispose]()
  expect(await thrownBy(() => command.result)).toBe(reason)
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
  client.close()
})

describe('text streams', () => {
  test('give standard output and standard error apart', async () => {
    await withSession(
      (response) => {
        stream(
          response,
          sse('stdout', { data: 'a' }),
          sse('stderr', { data: 'x' }),
          sse('stdout', { data: 'b' }),
          sse('exit', exit),
        )
        response.end()
      },
      async (session) => {
        const { stdout, stderr, result } = session.stream('ls')
        const texts = await Promise.all([stdout, stderr].map(textOf))
        expect(texts).toEqual(['ab', 'x'])
        expect(await result).toMatchObject({ ok: true })
      },
    )
  })

  test('fail when the stream breaks', async () => {
    await withSession(
      (response) => {
        stream(response, sse('stdout', { data: 'a' }))
        response.end()
      },
      async (session) => {
        const reader = session.stream('ls').stdout.getReader()
        expect(await reader.read()).toEqual({ done: false, value: 'a' })
        expect(await thrownBy(() => reader.read())).toBeInstanceOf(SandboxConnectionError)
      },
    )
  })

  test('can not be mixed with events', async () => {
    await withSession(
      (response) => {
        stream(response, sse('exit', exit))
        response.end()
      },
      async (session) => {
        const command = session.stream('ls')
        expect(command.stdout).toBeInstanceOf(ReadableStream)
        expect(() => command[Symbol.asyncIterator]()).toThrow('being read already')
        expect(() => command.stdout).toThrow('being read already')
        await command.result
      },
    )
  })
})

describe('run', () => {
  const answer = (response: ServerResponse): void => {
    stream(
      response,
      sse('stdout', { data: 'a' }),
      sse('stderr', { data: 'x' }),
      sse('stdout', { data: 'b' }),
      sse('exit', exit),
    )
    response.end()
  }

  test('tells listeners, and answers the whole output', async () => {
    await withSession(answer, async (session) => {
      const out: string[] = []
      const err: string[] = []
      const result = await session.run('ls', {
        onStdout: (text) => out.push(text),
        onStderr: async (text) => {
          await Promise.resolve()
          err.push(text)
        },
      })
      expect(result).toMatchObject({ stdout: 'ab', stderr: 'x', ok: true, truncated: false, durationMs: 5 })
      expect([out, err]).toEqual([['a', 'b'], ['x']])
    })
  })

  test('ends with what a listener throws', async () => {
    await withSession(answer, async (session) => {
      const reason = new Error('disk full')
      const onStdout = (): never => {
        throw reason
      }
      expect(await thrownBy(() => session.runCode('1', { onStdout }))).toBe(reason)
    })
  })

  test('of a command that may take longer than Node’s fetch waits for an answer comes as a stream', async () => {
    const accepted: (string | undefined)[] = []
    await withSession(
      (response, request) => {
        accepted.push(request.headers.accept)
        if (request.headers.accept === 'application/json') respond(response, 200, exit)
        else answer(response)
      },
      async (session) => {
        expect(await session.run('ls', { timeout: 300 })).toMatchObject({ stdout: 'ab', stderr: 'x', ok: true })
        await session.run('ls', { timeout: 270 })
        // A deadline for the whole call is the caller's own choice.
        await session.run('ls', { timeout: 300, timeoutMs: 60_000 })
      },
    )
    expect(accepted.map((each) => each?.split(',')[0])).toEqual([
      'text/event-stream',
      'application/json',
      'application/json',
    ])
  })

  test('with check throws for an exit code that is not 0', async () => {
    await withSession(
      (response) =>
        respond(response, 200, { status: 'failed', exitCode: 2, stdout: 'out', stderr: 'first\nlast words\n' }),
      async (session) => {
        expect(await session.run('ls')).toMatchObject({ ok: false })
        const error = await thrownBy(() => session.run('ls', { check: true }))
        expect(error).toBeInstanceOf(CommandFailedError)
        expect(error).toBeInstanceOf(SandboxAPIError)
        expect(error).toMatchObject({ result: { exitCode: 2, stdout: 'out' } })
        expect(String(error)).toBe('CommandFailedError: The command ended with exit code 2: last words')
      },
    )
  })
})
