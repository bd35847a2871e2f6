/** [H1] What a guest prints must not stop others, whoever reads it or does not. */
import fc from 'fast-check'
import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestServer } from 'sandbox-sessions-testkit/test-server'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { jsonPieces } from '../dist/http/long-answer.js'
import { fitEscaped } from '../dist/service/escaped-size.js'

const cap = 1024 * 1024
let server: TestServer
let id: string
beforeAll(async () => {
  const limits = { maxOutputBytes: cap }
  server = await TestServer.start({ limits })
  id = await server.session()
})
afterAll(() => server.close())

/** Asks for a command on a connection of its own, which is not read. */
function ask(command: string, of = server, session = id): Socket {
  const body = JSON.stringify({ command })
  const socket = connect(Number(of.origin.port), of.origin.hostname)
  socket.on('error', () => undefined)
  socket.write(
    `POST /v1/sessions/${session}/commands HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${of.server.token ?? ''}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
  return socket
}

test('property: pieces of JSON are the JSON of the whole', () => {
  const long = fc.tuple(fc.string({ unit: 'binary' }), fc.nat(40_000)).map(([text, times]) => text.repeat(times % 4000))
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.oneof(long, fc.jsonValue(), fc.constant(undefined))), (body) => {
      expect(JSON.parse([...jsonPieces(body)].join(''))).toEqual(JSON.parse(JSON.stringify(body)))
    }),
    { numRuns: 50 },
  )
})

test('property: the size in JSON is the real one', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.integer({ min: 0, max: 127 }).map((code) => String.fromCharCode(code)) }),
      (text) => {
        // 0x7f is the only one that JSON.stringify and a JSON string may write otherwise; both write it as it is.
        const size = JSON.stringify(text).length - 2
        expect(fitEscaped(Buffer.from(text), Infinity)).toEqual({ count: text.length, size })
        const { count, size: some } = fitEscaped(Buffer.from(text), size - 1)
        if (text !== '') expect([count < text.length, some < size]).toEqual([true, true])
      },
    ),
  )
})

test('long output comes whole, in pieces', async () => {
  const command = `python3 -c "print('\u{1f600}' * 60000, end='')"; head -c 100000 /dev/zero >&2`
  const { status, json } = await server.command(id, { command })
  expect(status).toBe(200)
  expect(json).toMatchObject({ status: 'completed', exitCode: 0, truncated: false })
  expect(json['stdout'] === '\u{1f600}'.repeat(60_000)).toBe(true)
  expect(json['stderr'] === '\0'.repeat(100_000)).toBe(true)
  const socket = ask(command)
  let text = ''
  for await (const chunk of socket) text += String(chunk)
  const sizes = [...text.matchAll(/\r\n([0-9a-f]+)\r\n/g)].map(([, size = '']) => Number.parseInt(size, 16))
  expect(sizes.length).toBeGreaterThan(10)
  expect(Math.max(...sizes)).toBeLessThanOrEqual(128 * 1024)
})

test('text is cut where it would take too much as JSON, and only there', async () => {
  const zeros = await server.command(id, { command: `head -c ${cap} /dev/zero` })
  expect(zeros.json).toMatchObject({ truncated: true, exitCode: 0 })
  expect(String(zeros.json['stdout'])).toHaveLength(Math.floor((2 * cap) / 6))
  const lines = await server.command(id, { command: `yes | head -c ${cap}` })
  expect(lines.json['truncated']).toBe(false)
  expect(String(lines.json['stdout'])).toHaveLength(cap)
  const bytes = await server.command(id, { command: `head -c ${cap} /dev/zero`, encoding: 'base64' })
  expect(bytes.json['truncated']).toBe(false)
  expect(Buffer.from(String(bytes.json['stdout']), 'base64')).toHaveLength(cap)
})

/** More than the kernel keeps for a connection. */
const large = 16 * 1024 * 1024
const printLarge = `yes | head -c ${large}`

/** A server whose outputs may hold one such answer, with one that nobody reads. */
async function narrowServer(readerIdleTimeoutMs: number) {
  const limits = { maxOutputBytes: large, maxHeldOutputBytes: large, readerIdleTimeoutMs }
  const narrow = await TestServer.start({ limits })
  const session = await narrow.session()
  const unread = ask(`${printLarge}; touch printed`, narrow, session).pause()
  // Until then, what others print would take its room.
  await eventually(async () => (await narrow.download(session, 'printed')).status === 200, 'all of it was printed')
  const isCut = async (): Promise<boolean> =>
    (await narrow.command(session, { command: `yes | head -c ${large / 2}` })).json['truncated'] === true
  return { narrow, unread, isCut }
}

test('an answer that nobody reads holds what it holds, and nobody waits for it', async () => {
  const { narrow, unread, isCut } = await narrowServer(3_600_000)
  // Others lose the end of their output.
  await eventually(isCut, 'the answer holds all that there is')
  expect((await narrow.call('GET', '/health')).status).toBe(200)
  unread.destroy()
  await eventually(async () => !(await isCut()), 'what it held is free')
  await narrow.close()
})

test('an answer that nobody reads ends after a while', async () => {
  const { narrow, unread, isCut } = await narrowServer(3_000)
  await eventually(async () => !(await isCut()), 'what it held is free')
  let received = 0
  unread.on('data', (chunk) => (received += chunk.length))
  const closed = once(unread, 'close')
  unread.resume()
  await closed
  expect(received).toBeLessThan(large)
  await narrow.close()
})
