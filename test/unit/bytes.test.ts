/** Output and input exact to the byte; with a server before 1.2.0 exact, or an error that says what is needed. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { text as textOf } from 'node:stream/consumers'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  CommandFailedError,
  type RequestOptions,
  SandboxAPIError,
  SandboxConnectionError,
  type Session,
  SessionsClient,
  SessionNotFoundError,
} from '../../src/index.js'
import { isObject } from 'sandbox-sessions-openapi'
import { thrownBy } from '../support/client.js'
import { type Fixture, httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { wireSession } from '../support/wire.js'

type Body = Readonly<Record<string, unknown>>

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte)
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
const isProbe = ({ command }: Body): boolean => command === ':'
const exit = { status: 'completed', exitCode: 0 }

const inBase64 = (bytes: Uint8Array): Body => ({ data: base64(bytes), encoding: 'base64' })

function event(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`
}

interface Server {
  readonly session: Session
  readonly bodies: Body[]
  readonly fixture: Fixture
}

/** A session whose commands are answered by the handler, and what they were. */
async function withSession(
  answer: (body: Body, response: ServerResponse, request: IncomingMessage) => void,
  use: (server: Server) => Promise<void>,
): Promise<void> {
  const bodies: Body[] = []
  await using fixture = await httpFixture((request, response) => {
    if (request.method === 'GET') {
      respond(response, 200, wireSession())
      return
    }
    void textOf(request).then((sent) => {
      const parsed: unknown = JSON.parse(sent)
      const body = isObject(parsed) ? parsed : {}
      bodies.push(body)
      answer(body, response, request)
    })
  })
  await using client = new SessionsClient({ apiUrl: fixture.url, maxRetries: 0, timeoutMs: 5_000 })
  await use({ session: await client.getSession(wireSession().sessionId), bodies, fixture })
}

/** What a server of 1.2.0 answers that writes these bytes. */
const writing =
  (stdout: Uint8Array, stderr: Uint8Array = new Uint8Array(), more: Body = {}) =>
  ({ encoding }: Body, response: ServerResponse, { headers }: IncomingMessage): void => {
    const written = { stdout, stderr }
    const of = (name: 'stdout' | 'stderr'): string =>
      encoding === 'base64' ? base64(written[name]) : Buffer.from(written[name]).toString()
    const named = encoding === 'base64' ? { encoding } : {}
    if (headers.accept?.startsWith('text/event-stream') !== true) {
      respond(response, 200, { ...exit, stdout: of('stdout'), stderr: of('stderr'), ...named, ...more })
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const name of ['stdout', 'stderr'] as const) {
      if (written[name].length > 0) response.write(event(name, { data: of(name), ...named }))
    }
    response.end(event('exit', { ...exit, stdout: '', stderr: '', ...named, ...more }))
  }

/** What a server of 1.1.0 answers: it ignores what it does not know. */
const oldServer =
  (stdout: string, stderr = '') =>
  ({ encoding: _, stdinEncoding: __, ...body }: Body, response: ServerResponse, request: IncomingMessage): void =>
    writing(Buffer.from(stdout), Buffer.from(stderr))(body, response, request)

async function bytesOf(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Uint8Array.from(Buffer.concat(chunks))
}

describe('output as bytes', () => {
  const err = Uint8Array.from([0xff, 0xfe])

  test('[A5] is exact in results and in every kind of stream', async () => {
    await withSession(writing(everyByte, err), async ({ session, bodies }) => {
      const whole = { stdout: everyByte, stderr: err, ok: true, exitCode: 0 }
      expect(await session.run('x', { encoding: 'bytes' })).toMatchObject(whole)
      expect(await session.runCode('x', { encoding: 'bytes', language: 'bash' })).toMatchObject(whole)
      // Too long to be waited for without a byte: it comes as a stream.
      expect(await session.run('x', { encoding: 'bytes', timeout: 300 })).toMatchObject(whole)
      const heard: unknown[] = []
      const listeners = {
        onStdout: (piece: Uint8Array) => heard.push(piece),
        onStderr: (piece: Uint8Array) => heard.push(piece),
      }
      expect(await session.run('x', { encoding: 'bytes', ...listeners })).toMatchObject(whole)
      expect(await session.runCode('x', { encoding: 'bytes', ...listeners })).toMatchObject(whole)
      expect(heard).toEqual([everyByte, err, everyByte, err])
      const { stdout, stderr, result } = session.stream('x', { encoding: 'bytes' })
      expect(await Promise.all([bytesOf(stdout), bytesOf(stderr)])).toEqual([everyByte, err])
      expect(await result).toMatchObject({ ok: true, stdout: new Uint8Array(), stderr: new Uint8Array() })
      const events: unknown[] = []
      for await (const each of session.streamCode('x', { encoding: 'bytes' })) events.push(each)
      expect(events).toMatchObject([
        { type: 'stdout', data: everyByte },
        { type: 'stderr', data: err },
        { type: 'exit', result: { ok: true } },
      ])
      expect(bodies.every(({ encoding }) => encoding === 'base64')).toBe(true)
    })
  })

  test('[A5] is text unless it is asked for, and nothing is sent for it', async () => {
    await withSession(writing(Buffer.from('grüße')), async ({ session, bodies }) => {
      for (const options of [{}, { encoding: 'text' as const }, { encoding: undefined }]) {
        expect(await session.run('x', options)).toMatchObject({ stdout: 'grüße', stderr: '' })
        expect(await session.runCode('x', { ...options, onStdout: () => undefined })).toMatchObject({ stdout: 'grüße' })
      }
      expect(bodies.filter((body) => 'encoding' in body || 'stdinEncoding' in body)).toEqual([])
    })
  })

  test('[A5] with check is in the error, beside the text to read', async () => {
    await withSession(
      writing(everyByte, Buffer.from('no\n'), { exitCode: 2, status: 'failed' }),
      async ({ session }) => {
        const error = await thrownBy(() => session.run('x', { encoding: 'bytes', check: true }))
        expect(error).toBeInstanceOf(CommandFailedError)
        expect(error).toMatchObject({
          message: 'The command ended with exit code 2: no',
          result: { exitCode: 2, stdout: Buffer.from(everyByte).toString(), stderr: 'no\n' },
          outputBytes: { stdout: everyByte, stderr: Uint8Array.from(Buffer.from('no\n')) },
        })
        const ofText = await thrownBy(() => session.run('x', { check: true }))
        expect(ofText).toMatchObject({ result: { stderr: 'no\n' }, outputBytes: undefined })
      },
    )
  })

  test('[A5] of a stream that breaks is in the error', async () => {
    const cut = (_: Body, response: ServerResponse): void => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(event('stdout', inBase64(everyByte)) + event('stderr', inBase64(err)))
    }
    await withSession(cut, async ({ session }) => {
      const error = await thrownBy(() => session.stream('x', { encoding: 'bytes' }).result)
      expect(error).toBeInstanceOf(SandboxConnectionError)
      expect(error).toMatchObject({
        output: { stdout: Buffer.from(everyByte).toString(), stderr: '\uFFFD\uFFFD' },
        outputBytes: { stdout: everyByte, stderr: err },
      })
    })
  })

  test('[A5] is put together of pieces that are cut anywhere, each with its own padding', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 }), async (pieces) => {
        const answer = (_: Body, response: ServerResponse): void => {
          response.writeHead(200, { 'content-type': 'text/event-stream' })
          response.end(pieces.map((piece) => event('stdout', inBase64(piece))).join('') + event('exit', exit))
        }
        await withSession(answer, async ({ session }) => {
          const { stdout } = await session.run('x', { encoding: 'bytes', onStdout: () => undefined })
          expect(stdout).toEqual(Uint8Array.from(pieces.flatMap((piece) => [...piece])))
        })
      }),
      { numRuns: 25 },
    )
  })

  test.each([
    ['a foreign character', { data: 'YQ-_', encoding: 'base64' }],
    ['no padding', { data: 'YQ', encoding: 'base64' }],
    ['a line break', { data: 'YW\nI=', encoding: 'base64' }],
    ['another encoding', { data: '61', encoding: 'hex' }],
    ['an encoding that is none', { data: 'YQ==', encoding: 64 }],
  ])('[A5] with %s is a connection error', async (_, data) => {
    const { data: stdout, encoding } = data
    const answer = (__: Body, response: ServerResponse, { headers }: IncomingMessage): void => {
      if (headers.accept === 'application/json') respond(response, 200, { ...exit, stdout, encoding })
      else
        response
          .writeHead(200, { 'content-type': 'text/event-stream' })
          .end(event('stdout', data) + event('exit', exit))
    }
    await withSession(answer, async ({ session }) => {
      for (const call of [
        () => session.run('x', { encoding: 'bytes' }),
        () => session.stream('x', { encoding: 'bytes' }).result,
      ]) {
        const error = await thrownBy(call)
        expect(error).toBeInstanceOf(SandboxConnectionError)
        expect(String(error)).not.toContain(stdout)
      }
    })
  })

  test('[A5] that was not asked for is an error, and never taken for text', async () => {
    await withSession(
      (body, response, request) => writing(everyByte)({ ...body, encoding: 'base64' }, response, request),
      async ({ session }) => {
        for (const call of [() => session.run('x'), () => session.stream('x').result]) {
          const error = await thrownBy(call)
          expect(error).toBeInstanceOf(SandboxConnectionError)
          expect(String(error)).toContain('base64, which was not asked for')
        }
      },
    )
  })

  test.each(['base64', 'utf-8', 'buffer', '', null, 5])(
    '[A5] in the encoding %j is refused before it is sent',
    async (encoding) => {
      await withSession(writing(everyByte), async ({ session, bodies }) => {
        const options: RequestOptions = {}
        Reflect.set(options, 'encoding', encoding)
        for (const call of [() => session.run('x', options), () => session.streamCode('x', options).result]) {
          expect(await thrownBy(call)).toMatchObject({ name: 'SandboxValidationError', parameter: 'encoding' })
        }
        expect(bodies).toEqual([])
      })
    },
  )
})

describe('[A5] output as bytes from a server of 1.1.0', () => {
  test('is the UTF-8 of its text, as long as the text says all', async () => {
    await withSession(oldServer('grüße 😀 \uFEFF\0\n', 'err'), async ({ session }) => {
      const stdout = Uint8Array.from(Buffer.from('grüße 😀 \uFEFF\0\n'))
      const whole = { stdout, stderr: Uint8Array.from(Buffer.from('err')) }
      expect(await session.run('x', { encoding: 'bytes' })).toMatchObject(whole)
      expect(await session.run('x', { encoding: 'bytes', onStdout: () => undefined })).toMatchObject(whole)
    })
  })

  test.each([
    ['stdout', 'a\uFFFDb', ''],
    ['stderr', '', '\uFFFD'],
  ])('is an error that names the version where %s may have lost some', async (_, stdout, stderr) => {
    await withSession(oldServer(stdout, stderr), async ({ session }) => {
      for (const call of [
        () => session.run('x', { encoding: 'bytes' }),
        () => session.runCode('x', { encoding: 'bytes', onStderr: () => undefined }),
        () => session.stream('x', { encoding: 'bytes' }).result,
      ]) {
        const error = await thrownBy(call)
        expect(error).toBeInstanceOf(SandboxAPIError)
        expect(error).toHaveProperty('message', expect.stringMatching(/U\+FFFD.*version 1\.2\.0/))
      }
    })
  })

  test('goes on with U+FFFD for whoever listens, who is told once', async () => {
    await withSession(oldServer('a\uFFFD', '\uFFFD\uFFFD'), async ({ session }) => {
      let told = 0
      const { stdout, stderr } = await session.run('x', { encoding: 'bytes', onLostBytes: () => void (told += 1) })
      expect([Buffer.from(stdout).toString(), Buffer.from(stderr).toString(), told]).toEqual([
        'a\uFFFD',
        '\uFFFD\uFFFD',
        1,
      ])
      const options: RequestOptions = {}
      Reflect.set(options, 'onLostBytes', 'yes')
      expect(await thrownBy(() => session.run('x', options))).toMatchObject({ parameter: 'onLostBytes' })
    })
  })

  test('whose text has half of a surrogate pair is an error, too', async () => {
    const answer = (_: Body, response: ServerResponse): void =>
      respond(response, 200, `{"status":"completed","exitCode":0,"stdout":"\\ud83d"}`, {
        'content-type': 'application/json',
      })
    await withSession(answer, async ({ session }) => {
      const error = await thrownBy(() => session.run('x', { encoding: 'bytes' }))
      expect(String(error)).toContain('version 1.2.0')
    })
  })
})

describe('stdin as bytes', () => {
  test('[A5] that are UTF-8 is text, which every server takes, without another request', async () => {
    await withSession(oldServer(''), async ({ session, bodies }) => {
      for (const stdin of ['', 'grüße', '\uFEFFa', 'a\0b', '😀']) {
        await session.run('cat', { stdin: Buffer.from(stdin) })
        expect(bodies.splice(0)).toEqual([{ command: 'cat', stdin }])
      }
      // A Uint8Array of another realm, as Jest makes them.
      const foreign: unknown = runInNewContext('new Uint8Array([97, 98])')
      const options: RequestOptions = {}
      Reflect.set(options, 'stdin', foreign)
      await session.run('cat', options)
      expect(bodies).toEqual([{ command: 'cat', stdin: 'ab' }])
    })
  })

  test('[A5] that are not UTF-8 is base64, after one look whether the server knows it', async () => {
    await withSession(writing(new Uint8Array()), async ({ session, bodies, fixture }) => {
      const stdin = everyByte.subarray(100, 200)
      const sent = { stdin: base64(stdin), stdinEncoding: 'base64' }
      await session.run('cat', { stdin })
      expect(bodies.splice(0)).toEqual([
        { command: ':', encoding: 'base64' },
        { command: 'cat', ...sent },
      ])
      await session.runCode('1', { stdin })
      await session.stream('cat', { stdin, encoding: 'bytes' }).result
      expect(bodies).toEqual([
        { code: '1', ...sent },
        { command: 'cat', ...sent, encoding: 'base64' },
      ])
      expect(fixture.count).toBe(5)
    })
  })

  test('[A5] never reaches a server of 1.1.0 as something else', async () => {
    await withSession(oldServer('out'), async ({ session, bodies }) => {
      const stdin = Uint8Array.from([0xff])
      for (const call of [
        () => session.run('cat', { stdin }),
        () => session.runCode('1', { stdin, encoding: 'bytes' }),
        () => session.stream('cat', { stdin }).result,
        () => session.run('cat', { stdin, timeout: 300 }),
        () => session.run('cat', { stdin, onStdout: () => undefined }),
      ]) {
        const error = await thrownBy(call)
        expect(error).toBeInstanceOf(SandboxAPIError)
        expect(error).toHaveProperty('message', expect.stringMatching(/^stdin is not UTF-8.*version 1\.2\.0/))
      }
      expect(bodies.every(isProbe)).toBe(true)
    })
  })

  test('[A5] ends with what the look ends with, also an abort', async () => {
    const stdin = Uint8Array.from([0xff])
    await withSession(
      (_, response) => respond(response, 404, { error: 'SESSION_NOT_FOUND', message: 'Gone.' }),
      async ({ session, bodies }) => {
        expect(await thrownBy(() => session.run('cat', { stdin }))).toBeInstanceOf(SessionNotFoundError)
        expect(await thrownBy(() => session.stream('cat', { stdin }).result)).toBeInstanceOf(SessionNotFoundError)
        expect(bodies.every(isProbe)).toBe(true)
      },
    )
    const controller = new AbortController()
    await withSession(
      () => controller.abort('enough'),
      async ({ session }) => {
        expect(await thrownBy(() => session.run('cat', { stdin, signal: controller.signal }))).toBe('enough')
      },
    )
  })

  test('[A5] of anything else is refused before it is sent', async () => {
    await withSession(writing(everyByte), async ({ session, bodies }) => {
      for (const stdin of [5, [1], {}, new ArrayBuffer(1), new Uint16Array(1), null, new Blob(['a'])]) {
        const options: RequestOptions = {}
        Reflect.set(options, 'stdin', stdin)
        const error = await thrownBy(() => session.run('cat', options))
        expect(error).toMatchObject({ name: 'SandboxValidationError', parameter: 'stdin' })
      }
      expect(bodies).toEqual([])
    })
  })
})

describe('[A6] output that a limit cuts', () => {
  test('as text ends with a whole character, and nothing comes after the cut', async () => {
    const limit = 10 * 1024 * 1024
    for (const before of [0, 1]) {
      const pieces = ['x'.repeat(before), '😀'.repeat(limit / 2 - 1), '😀', '😀', 'y']
      const answer = (_: Body, response: ServerResponse): void => {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.end(pieces.map((data) => event('stdout', { data })).join('') + event('exit', exit))
      }
      await withSession(answer, async ({ session }) => {
        const { stdout, truncated } = await session.run('x', { onStdout: () => undefined })
        expect(truncated).toBe(true)
        expect(stdout === 'x'.repeat(before) + '😀'.repeat(limit / 2 - before)).toBe(true)
      })
    }
  })

  test('as bytes is cut at the byte, in results and in errors', async () => {
    const limit = 10 * 1024 * 1024
    const piece = Uint8Array.from({ length: limit / 2 + 1 }, (_, index) => (index * 7) % 256)
    let end = event('exit', exit)
    const answer = (_: Body, response: ServerResponse): void => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(event('stdout', inBase64(piece)) + event('stdout', inBase64(piece)) + end)
    }
    await withSession(answer, async ({ session }) => {
      const { stdout, truncated } = await session.run('x', { encoding: 'bytes', onStdout: () => undefined })
      expect([truncated, Buffer.concat([piece, piece]).subarray(0, limit).equals(stdout)]).toEqual([true, true])
      end = ''
      const error = await thrownBy(() => session.stream('x', { encoding: 'bytes' }).result)
      if (!(error instanceof SandboxConnectionError)) throw error
      expect(
        Buffer.from(piece)
          .subarray(0, 1024 * 1024)
          .equals(error.outputBytes?.stdout ?? new Uint8Array()),
      ).toBe(true)
    })
  })
})
