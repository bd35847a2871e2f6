import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type FileInfo,
  type Progress,
  SandboxConnectionError,
  SandboxValidationError,
  SessionsClient,
  type SessionsClientOptions,
  type TransferOptions,
  type UploadContent,
} from '../../src/index.js'
import { runtimeOf } from '../../src/internal/runtime.js'
import { thrownBy } from '../support/client.js'
import { closedPort, httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { type UploadServer, uploadServer, writtenFile } from 'sandbox-sessions-testkit/upload-server'
import { wireSession } from '../support/wire.js'

const { sessionId } = wireSession()
const bytes = new Uint8Array(randomBytes(600_000))

function upload(
  { url }: UploadServer,
  content: UploadContent,
  options: TransferOptions = {},
  more: SessionsClientOptions = {},
): Promise<FileInfo> {
  const client = new SessionsClient({ apiUrl: url, maxRetryDelayMs: 5, timeoutMs: 20_000, ...more })
  return client.uploadFile(sessionId, { path: 'a' }, content, options)
}

async function* giving<T>(...values: T[]): AsyncGenerator<T> {
  for (const value of values) {
    await Promise.resolve()
    yield value
  }
}

/** Its own idea of where its bytes are: what reads it by the methods and what reads it natively see different contents. */
class OddBlob extends Blob {
  readonly #bytes: Uint8Array<ArrayBuffer>

  constructor(size: number, given: Uint8Array<ArrayBuffer>) {
    super([])
    this.#bytes = given
    Object.defineProperty(this, 'size', { value: size })
  }

  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return new Blob([this.#bytes]).stream()
  }
}

const kinds: [string, () => UploadContent][] = [
  ['a string', () => 'grüße'],
  ['bytes', () => bytes],
  ['an ArrayBuffer', () => bytes.buffer.slice(0)],
  ['a view', () => bytes.subarray(7, 300_007)],
  ['a Buffer', () => Buffer.from('from a pool')],
  ['a Blob', () => new Blob(['a', bytes])],
  ['a File', () => new File([bytes], 'name')],
  ['a ReadableStream', () => new Blob([bytes]).stream()],
  ['an async iterable', () => giving<Uint8Array | string>('a', bytes)],
]

describe('an upload', () => {
  test.each(kinds)('[A2] of %s is an error when another size arrived, verified or not', async (_, content) => {
    for (const by of [-1, 1]) {
      await using server = await uploadServer(({ body }, response) => {
        respond(response, 201, { ...writtenFile(body), size: body.length + by })
      })
      for (const verify of [false, true]) {
        const error = await thrownBy(() => upload(server, content(), { verify }))
        expect(error).toBeInstanceOf(SandboxConnectionError)
        expect(error).toMatchObject({ method: 'POST' })
        expect(String(error)).toContain('bytes were sent')
      }
    }
  })

  test.each(kinds)('[A2] of %s reaches middleware, and the server after it', async (_, content) => {
    await using server = await uploadServer()
    const seen: Request[] = []
    const middleware = { onRequest: ({ request }: { request: Request }) => void seen.push(request) }
    await upload(server, content(), { verify: true }, { middleware: [middleware] })
    const replaced = {
      onRequest: ({ request }: { request: Request }) => new Request(request, { headers: { 'x-more': '1' } }),
    }
    await upload(server, content(), { verify: true }, { middleware: [replaced] })
    expect(seen).toHaveLength(1)
    expect(server.received).toHaveLength(2)
    expect(server.received[0]?.body.equals(server.received[1]?.body ?? Buffer.from('nothing'))).toBe(true)
    expect(server.received[0]?.body.length).toBeGreaterThan(6)
  })

  test('[A2] that middleware has read is sent if it can be read again, and refused if not', async () => {
    await using server = await uploadServer()
    const middleware = {
      onRequest: async ({ request }: { request: Request }) => {
        await request.arrayBuffer()
        return undefined
      },
    }
    await upload(server, bytes, { verify: true }, { middleware: [middleware] })
    expect(server.received[0]?.body.equals(bytes)).toBe(true)
    for (const content of [giving(bytes), new Blob([bytes]).stream()]) {
      const error = await thrownBy(() => upload(server, content, {}, { middleware: [middleware] }))
      expect(error).toBeInstanceOf(SandboxValidationError)
    }
    expect(server.received).toHaveLength(1)
  })

  test.each([
    ['less', 600_001],
    ['more', 599_999],
  ])('[A2] of a Blob that gives %s than its size is refused, and nothing is stored', async (_, size) => {
    await using server = await uploadServer()
    const error = await thrownBy(() => upload(server, new OddBlob(size, bytes)))
    expect(error).toBeInstanceOf(SandboxValidationError)
    expect(String(error)).toContain('changed while it was being sent')
    expect(server.received).toHaveLength(0)
  })

  test('[A2] of bytes that went to another thread meanwhile is refused, and nothing is stored', async () => {
    await using server = await uploadServer((_, response) => respond(response, 502, 'Bad gateway'))
    const content = randomBytes(100_000)
    const own = new Uint8Array(new ArrayBuffer(100_000))
    own.set(content)
    const hooks = { onRetry: () => void structuredClone(own.buffer, { transfer: [own.buffer] }) }
    const error = await thrownBy(() => upload(server, own, {}, { hooks }))
    expect(error).toBeInstanceOf(SandboxValidationError)
    expect(server.received).toHaveLength(1)
  })

  test('[A2] of a Blob with methods of its own is what they give, with the progress of it', async () => {
    await using server = await uploadServer()
    const progress: Progress[] = []
    await upload(server, new OddBlob(bytes.length, bytes), { verify: true, onProgress: (each) => progress.push(each) })
    expect(server.received[0]?.body.equals(bytes)).toBe(true)
    expect(server.received[0]?.headers['content-length']).toBe(String(bytes.length))
    expect(progress.at(-1)).toEqual({ loaded: bytes.length, total: bytes.length })
  })

  test('[A2] of a stream that somebody reads already is refused', async () => {
    await using server = await uploadServer()
    const stream = new Blob([bytes]).stream()
    stream.getReader()
    expect(await thrownBy(() => upload(server, stream))).toBeInstanceOf(SandboxValidationError)
    expect(server.count).toBe(0)
  })

  test('lets go of its content when the server answers early, or the caller aborts', async () => {
    await using server = await httpFixture((_, response) => respond(response, 413, { error: 'FILE_TOO_LARGE' }))
    const controller = new AbortController()
    for (const begin of [() => undefined, () => controller.abort(new Error('enough'))]) {
      let left = false
      async function* endless(): AsyncGenerator<Uint8Array> {
        try {
          for (;;) {
            begin()
            yield bytes
            await new Promise((resolve) => setImmediate(resolve))
          }
        } finally {
          left = true
        }
      }
      const client = new SessionsClient({ apiUrl: server.url })
      const { signal } = controller
      await thrownBy(() => client.uploadFile(sessionId, { path: 'a' }, endless(), { signal }))
      await expect.poll(() => left).toBe(true)
    }
  })

  test('[A2] of an iterable that uses its memory again arrives as it was given', async () => {
    const length = 15_000
    const seen = { bytes: 0, wrong: 0 }
    let next = 0
    await using server = await httpFixture((request, response) => {
      request.on('data', (chunk: Buffer) => {
        for (const byte of chunk) seen.wrong += byte === (Math.floor(seen.bytes++ / length) & 255) ? 0 : 1
        // A reader that pauses lets pieces wait in the sender's memory.
        if (seen.bytes < next) return
        next = seen.bytes + 1_000_000
        request.pause()
        setTimeout(() => request.resume(), 20)
      })
      request.on('end', () => respond(response, 201, { ...writtenFile(new Uint8Array()), size: seen.bytes }))
    })
    async function* reusing(): AsyncGenerator<Uint8Array> {
      const memory = new Uint8Array(length)
      for (let index = 0; index < 800; index += 1) {
        await Promise.resolve()
        yield memory.fill(index)
      }
    }
    const client = new SessionsClient({ apiUrl: server.url })
    await client.uploadFile(sessionId, { path: 'a' }, reusing())
    expect(seen).toEqual({ bytes: 800 * length, wrong: 0 })
  })

  test('[A2] that is answered early ends with that answer, whatever its content does then', async () => {
    await using server = await httpFixture((_, response) => respond(response, 413, { error: 'FILE_TOO_LARGE' }))
    for (const end of [() => undefined, () => Promise.reject(new Error('too late'))]) {
      let tell = (): void => undefined
      const answered = new Promise<void>((resolve) => (tell = resolve))
      async function* content(): AsyncGenerator<Uint8Array> {
        yield bytes
        await answered
        // The client has taken the answer when all that followed from it at once has run.
        await new Promise((resolve) => setImmediate(resolve))
        await end()
      }
      const fetchAndTell: SessionsClientOptions['fetch'] = async (input, init) => {
        const response = await fetch(input, init)
        tell()
        return response
      }
      const client = new SessionsClient({ apiUrl: server.url, fetch: fetchAndTell })
      const error = await thrownBy(() => client.uploadFile(sessionId, { path: 'a' }, content()))
      expect(error).toMatchObject({ statusCode: 413 })
    }
  })

  test('[B8] of a stream is sent again where nothing of it was sent, and only there', async () => {
    await using server = await uploadServer()
    let refusals = 0
    const nowhere = `http://127.0.0.1:${await closedPort()}/`
    const fetchAfterRefusals: SessionsClientOptions['fetch'] = (input, init) => {
      refusals += 1
      // A real refusal: nothing listens there.
      return fetch(refusals < 3 ? nowhere : input, init)
    }
    await upload(server, giving('a', 'b'), {}, { fetch: fetchAfterRefusals })
    expect(server.received.map(({ body }) => body.toString())).toEqual(['ab'])
    await using failing = await uploadServer((_, response) => response.socket?.destroy())
    expect(await thrownBy(() => upload(failing, giving('a')))).toBeInstanceOf(SandboxConnectionError)
    expect(failing.received).toHaveLength(1)
  })

  test('[A2] of one large piece tells of its progress in several', async () => {
    await using server = await uploadServer()
    const progress: Progress[] = []
    await upload(server, giving(bytes), { onProgress: (each) => progress.push(each) })
    expect(progress.length).toBeGreaterThan(1)
    expect(server.received[0]?.body.equals(bytes)).toBe(true)
  })
})

describe('strings of an async iterable', () => {
  test('[A6] a surrogate pair that is cut between two of them arrives whole', async () => {
    await using server = await uploadServer()
    await upload(server, giving('grin \ud83d', '\ude00!', '', '\ud83d', '', '\ude00'), { verify: true })
    expect(server.received[0]?.body.toString()).toBe('grin 😀!😀')
  })

  test('[A6] any text arrives the same wherever it is cut, or is refused when UTF-8 can’t carry it', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom('a', '\ud83d', '\ude00', '😀') }),
    )
    await using server = await uploadServer()
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(20), { maxLength: 6 }), async (whole, sizes) => {
        const parts: string[] = []
        let at = 0
        for (const size of sizes) parts.push(whole.slice(at, (at += size)))
        parts.push(whole.slice(at))
        const before = server.received.length
        const outcome: unknown = await upload(server, giving(...parts)).catch((error: unknown) => error)
        if (Buffer.from(whole).toString() === whole) {
          expect(server.received.at(-1)?.body.toString()).toBe(whole)
          expect(server.received).toHaveLength(before + 1)
        } else {
          expect(outcome).toBeInstanceOf(SandboxValidationError)
          expect(server.received).toHaveLength(before)
        }
      }),
      { numRuns: 60 },
    )
  })

  test.each<[string, (string | Uint8Array)[]]>([
    ['at the end', ['a', '\ud83d']],
    ['before bytes', ['\ud83d', new Uint8Array([1]), '\ude00']],
    ['before another letter', ['\ud83d', 'a']],
    ['that is the second half', ['a', '\ude00']],
    ['in the middle', ['a\ud83db']],
  ])('[A6] half of a pair %s is refused, and nothing is stored', async (_, parts) => {
    await using server = await uploadServer()
    const error = await thrownBy(() => upload(server, giving(...parts)))
    expect(error).toBeInstanceOf(SandboxValidationError)
    expect(error).toMatchObject({ parameter: 'content' })
    expect(server.received).toHaveLength(0)
  })
})

describe('[A2] the runtime', () => {
  const node = { versions: { node: '22.0.0', undici: '6.28.1' } }
  const workerd = { userAgent: 'Cloudflare-Workers' }

  test.each<[string, object, ReturnType<typeof runtimeOf>]>([
    ['Node 20, which has no navigator', { process: node }, 'node'],
    ['Node 22', { process: node, navigator: { userAgent: 'Node.js/22' } }, 'node'],
    ['Bun', { process: node, Bun: {}, navigator: { userAgent: 'Bun/1.4.5' } }, 'bun'],
    ['Deno', { process: node, Deno: {}, navigator: { userAgent: 'Deno/2.9.6' } }, 'deno'],
    ['workerd', { navigator: workerd }, 'workerd'],
    [
      'workerd with nodejs_compat',
      { navigator: workerd, process: { versions: { node: '22.19.0', undici: '' } } },
      'workerd',
    ],
    ['a browser', { navigator: { userAgent: 'Mozilla/5.0' } }, 'other'],
    [
      'a page of Electron',
      { process: { ...node, type: 'renderer' }, navigator: { userAgent: 'Mozilla/5.0' } },
      'other',
    ],
    ['a page with a shim of process', { process: { env: {}, versions: {} } }, 'other'],
    ['nothing known', {}, 'other'],
  ])('%s is known', (_, scope, expected) => {
    expect(runtimeOf(scope)).toBe(expected)
  })
})
