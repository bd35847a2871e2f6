/** The SDK's reading of event streams: whole ones arrive, and whatever else comes ends with an error that is documented. */
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadSpec } from 'sandbox-sessions-conformance'
import { isObject } from 'sandbox-sessions-openapi'
import {
  type CommandEvent,
  type Output,
  type OutputEncoding,
  SandboxAPIError,
  SandboxConnectionError,
  SandboxTimeoutError,
  SessionsClient,
} from '../../src/index.js'
import { answering, rawFixture } from 'sandbox-sessions-testkit/fixture'
import { thrownBy } from '../support/client.js'
import {
  type StreamEvent,
  bytesOf,
  garbledStreams,
  inPieces,
  spellings,
  validStreams,
} from './support/event-streams.js'
import { decoded } from './support/encoded-output.js'
import { SchemaGenerators } from './support/generators.js'
import { type PreparedServer, preparedServer } from './support/prepared-server.js'
import { sdkCalls } from './support/sdk-calls.js'
import { fuzzSeed } from './support/seed.js'

const seed = fuzzSeed('sdk streams')
const generators = new SchemaGenerators(await loadSpec())
const settings = { seed, endOnFailure: true }
const sessionId = '7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f'
const encodings = fc.constantFrom<OutputEncoding[]>('text', 'bytes')
const pieceSizes = fc.constantFrom(1, 7, 1000, 1_000_000)

let server: PreparedServer
beforeAll(async () => (server = await preparedServer()))
afterAll(() => server[Symbol.asyncDispose]())

/** What came until the stream ended, and how it ended. */
async function read(
  pieces: readonly Uint8Array[],
  { breaksOff = false, encoding = 'bytes' }: { breaksOff?: boolean; encoding?: OutputEncoding } = {},
): Promise<{ events: CommandEvent<Output>[]; error: unknown }> {
  server.answerWith({ status: 200, type: 'text/event-stream', pieces, breaksOff })
  const events: CommandEvent<Output>[] = []
  try {
    const request = { command: 'true', encoding, onLostBytes: () => undefined }
    for await (const event of server.client.streamCommand(sessionId, request)) events.push(event)
  } catch (error) {
    return { events, error }
  }
  return { events, error: undefined }
}

function expectDocumented(error: unknown): void {
  expect(error).toBeInstanceOf(SandboxAPIError)
  expect(error).not.toBeInstanceOf(SandboxTimeoutError)
  expect(error).toHaveProperty('message', expect.stringMatching(/./su))
}

test('whole streams arrive, however they are spelled and cut into pieces', async () => {
  const streams = fc.tuple(validStreams(generators), spellings, pieceSizes, encodings)
  await fc.assert(
    fc.asyncProperty(streams, async ([valid, spelling, size, encoding]) => {
      const sent = encoding === 'text' ? valid.map(inText) : valid
      const { events, error } = await read(inPieces(bytesOf(sent, spelling), size), { encoding })
      const last = sent.at(-1)
      const outputs = sent.slice(0, -1).map((event) => outputOf(event, encoding))
      expect(events.filter(({ type }) => type !== 'exit')).toEqual(outputs)
      if (last?.event === 'error') {
        expectDocumented(error)
        return
      }
      expect(error).toBeUndefined()
      const exit = events.at(-1)
      const { status, exitCode } = fieldsOf(last)
      expect(exit).toMatchObject({ type: 'exit', result: { status, exitCode, ok: exitCode === 0 } })
    }),
    { ...settings, numRuns: 150 },
  )
})

test('streams that end early, at any byte and in any way, end with a connection error', async () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })
  const streams = fc.tuple(validStreams(generators), spellings, pieceSizes, share, fc.boolean())
  await fc.assert(
    fc.asyncProperty(streams, async ([sent, spelling, size, part, breaksOff]) => {
      const bytes = bytesOf(sent, spelling)
      // The end of a stream is complete with its first empty line.
      const whole = bytes.length - 2 * spelling.newline.length
      const { error } = await read(inPieces(bytes.subarray(0, Math.floor(whole * part)), size), { breaksOff })
      expectDocumented(error)
      expect(error).toBeInstanceOf(SandboxConnectionError)
    }),
    { ...settings, numRuns: 150 },
  )
})

test('garbled streams end with exit, or with an error that is documented', async () => {
  const streams = fc.tuple(garbledStreams(generators), spellings, pieceSizes, encodings)
  await fc.assert(
    fc.asyncProperty(streams, async ([sent, spelling, size, encoding]) => {
      const { events, error } = await read(inPieces(bytesOf(sent, spelling), size), { encoding })
      if (error === undefined) expect(events.at(-1)?.type).toBe('exit')
      else expectDocumented(error)
    }),
    { ...settings, numRuns: 300 },
  )
})

test('random bytes for a stream are a connection error', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), fc.boolean(), async (bytes, breaksOff) => {
      const { error } = await read([bytes], { breaksOff })
      expectDocumented(error)
      expect(error).toBeInstanceOf(SandboxConnectionError)
    }),
    { ...settings, numRuns: 60 },
  )
})

test('what is no HTTP at all is a connection error, on every operation', async () => {
  const garbage = fc.sample(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.constantFrom(
        '',
        '\r\n\r\n',
        'HTTP/1.1 200',
        'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n',
        'HTTP/1.1 9999 X\r\n\r\n',
      ),
      fc.constantFrom(
        'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort',
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz',
      ),
    ),
    { seed, numRuns: 8 },
  )
  for (const bytes of garbage) {
    await using fixture = await rawFixture(answering(bytes))
    const client = new SessionsClient({ apiUrl: fixture.url, bearerToken: 'token', maxRetries: 0, timeoutMs: 10_000 })
    for (const [id, call] of Object.entries(sdkCalls)) {
      const error = await thrownBy(() => call(client))
      expect(error, `${id}: ${JSON.stringify(bytes)}`).toBeInstanceOf(SandboxConnectionError)
      expectDocumented(error)
    }
    client.close()
  }
})

/** The event as a server writes it that was asked for text. */
function inText({ event, data }: StreamEvent): StreamEvent {
  const { encoding, ...rest } = fieldsOf({ event, data })
  return { event, data: JSON.stringify(encoding === undefined ? rest : { ...rest, encoding: 'utf-8' }) }
}

function outputOf(event: StreamEvent, encoding: OutputEncoding): unknown {
  const value = decoded(fieldsOf(event))
  const data = isObject(value) ? value['data'] : undefined
  const isText = typeof data === 'string' && encoding === 'bytes'
  return { type: event.event, data: isText ? new TextEncoder().encode(data) : data }
}

function fieldsOf(event: StreamEvent | undefined): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(event?.data ?? 'null')
  return isObject(value) ? value : {}
}
