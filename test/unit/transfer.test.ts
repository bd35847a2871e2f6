import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type Progress,
  SandboxConnectionError,
  SandboxValidationError,
  SessionsClient,
  type UploadContent,
} from '../../src/index.js'
import { thrownBy } from '../support/client.js'
import { type Fixture, httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { md5, uploadServer, writtenFile } from 'sandbox-sessions-testkit/upload-server'
import { wireSession } from '../support/wire.js'

const { sessionId } = wireSession()

function clientOf({ url }: Fixture): SessionsClient {
  return new SessionsClient({ apiUrl: url, maxRetryDelayMs: 5, timeoutMs: 5000 })
}

async function* pieces(): AsyncGenerator<Uint8Array | string> {
  yield 'grü'
  await Promise.resolve()
  yield new Uint8Array([1, 2, 3])
}

describe('an upload', () => {
  const bytes = new Uint8Array(randomBytes(300_000))

  test.each<[string, () => UploadContent, Uint8Array | string, boolean]>([
    ['a string', () => 'grüße', 'grüße', true],
    ['bytes', () => bytes, bytes, true],
    ['an ArrayBuffer', () => bytes.buffer.slice(0), bytes, true],
    ['a view', () => new DataView(bytes.buffer, 10, 20), bytes.subarray(10, 30), true],
    ['a Blob', () => new Blob(['a', bytes]), Buffer.concat([Buffer.from('a'), bytes]), true],
    ['a File', () => new File([bytes], 'name', { type: 'text/html' }), bytes, true],
    ['nothing', () => '', '', true],
    ['a ReadableStream', () => new Blob([bytes]).stream(), bytes, false],
    ['an async iterable', pieces, Buffer.concat([Buffer.from('grü'), Buffer.from([1, 2, 3])]), false],
  ])('of %s arrives whole, with its progress', async (_, content, expected, sized) => {
    await using server = await uploadServer()
    const progress: Progress[] = []
    const info = await clientOf(server).uploadFile(sessionId, { path: 'a' }, content(), {
      onProgress: (each) => progress.push(each),
      verify: true,
    })
    const body = Buffer.from(expected)
    expect(server.received).toHaveLength(1)
    expect(server.received[0]?.body.equals(body)).toBe(true)
    expect(server.received[0]?.headers).toMatchObject(
      sized ? { 'content-length': String(body.length) } : { 'transfer-encoding': 'chunked' },
    )
    expect(server.received[0]?.headers['content-type']).toBe('application/octet-stream')
    expect(info).toMatchObject({ size: body.length, checksum: md5(body) })
    const total = sized ? body.length : undefined
    if (body.length > 0) expect(progress.at(-1)).toEqual({ loaded: body.length, total })
    expect(progress.map(({ loaded }) => loaded)).toEqual(progress.map(({ loaded }) => loaded).sort((a, b) => a - b))
  })

  test('that fails is sent again from its beginning', async () => {
    await using server = await uploadServer(({ body }, response, count) => {
      if (count < 3) respond(response, 502, 'Bad gateway')
      else respond(response, 201, writtenFile(body))
    })
    await clientOf(server).uploadFile(sessionId, { path: 'a' }, bytes, { verify: true })
    expect(server.received.map(({ body }) => body.equals(bytes))).toEqual([true, true, true])
  })

  test('of a stream is never sent again', async () => {
    await using server = await uploadServer((_, response) => respond(response, 502, 'Bad gateway'))
    const error = await thrownBy(() => clientOf(server).uploadFile(sessionId, { path: 'a' }, pieces()))
    expect(error).toMatchObject({ statusCode: 502 })
    expect(server.received).toHaveLength(1)
  })

  test('that arrives changed is an error, where it is verified', async () => {
    await using server = await uploadServer(({ body }, response) => {
      respond(response, 201, { ...writtenFile(body), checksum: md5('other') })
    })
    await clientOf(server).uploadFile(sessionId, { path: 'a' }, 'content')
    const error = await thrownBy(() =>
      clientOf(server).uploadFile(sessionId, { path: 'a' }, 'content', { verify: true }),
    )
    expect(error).toBeInstanceOf(SandboxConnectionError)
    expect(String(error)).toContain(md5('content'))
  })

  test('whose content or listener throws ends with that, as it is, and is not sent again', async () => {
    await using server = await uploadServer()
    const reason = new Error('the disk is gone')
    async function* broken(): AsyncGenerator<string> {
      yield 'a'
      await Promise.resolve()
      throw reason
    }
    expect(await thrownBy(() => clientOf(server).uploadFile(sessionId, { path: 'a' }, broken()))).toBe(reason)
    const onProgress = (): never => {
      throw reason
    }
    const error = await thrownBy(() => clientOf(server).uploadFile(sessionId, { path: 'a' }, bytes, { onProgress }))
    expect(error).toBe(reason)
    expect(server.received).toHaveLength(0)
  })

  test('goes on as long as pieces go out, however long it takes', async () => {
    await using server = await uploadServer()
    async function* slow(): AsyncGenerator<string> {
      for (let count = 0; count < 10; count += 1) {
        await new Promise((resolve) => setTimeout(resolve, 300))
        yield 'piece'
      }
    }
    const info = await clientOf(server).uploadFile(sessionId, { path: 'a' }, slow(), { timeoutMs: 2500 })
    expect(info.size).toBe(50)
  })

  test('of something that holds no bytes is refused', async () => {
    await using server = await uploadServer()
    for (const content of [5, null, undefined, {}, ['a'], () => 'a']) {
      // What a caller without types may pass.
      const client: { uploadFile(id: string, request: object, content: unknown): Promise<unknown> } = clientOf(server)
      const upload = (): Promise<unknown> => client.uploadFile(sessionId, { path: 'a' }, content)
      expect(await thrownBy(upload)).toBeInstanceOf(SandboxValidationError)
    }
    expect(server.count).toBe(0)
  })
})

describe('a download', () => {
  const content = randomBytes(500_000)

  interface Behaviour {
    /** How many bytes of each answer arrive before its connection breaks; no more than that many breaks. */
    readonly cuts: number[]
    readonly headers?: Record<string, string>
    /** What a range is answered with, instead of the range. */
    readonly onRange?: (response: ServerResponse) => void
    readonly checksum?: string
  }

  async function fileServer({ cuts, headers, onRange, checksum }: Behaviour, ranges: string[] = []): Promise<Fixture> {
    const left = [...cuts]
    return httpFixture((request, response) => {
      if (request.url?.includes('/files/stat') === true) {
        respond(response, 200, { name: 'a', path: 'a', type: 'file', size: content.length, checksum })
        return
      }
      const { range } = request.headers
      const from = range === undefined ? 0 : Number(/^bytes=(\d+)-$/.exec(range)?.[1])
      if (range !== undefined) {
        ranges.push(`${range} ${String(request.headers['if-range'])}`)
        if (onRange !== undefined) {
          onRange(response)
          return
        }
      }
      const part = content.subarray(from)
      response.writeHead(range === undefined ? 200 : 206, {
        'content-type': 'application/octet-stream',
        'content-length': part.length,
        'accept-ranges': 'bytes',
        etag: '"the-tag"',
        ...(range === undefined ? {} : { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` }),
        ...headers,
      })
      const cut = left.shift()
      if (cut === undefined) response.end(part)
      else response.write(part.subarray(0, cut), () => response.socket?.destroy())
    })
  }

  test('whose connection breaks goes on where it broke', async () => {
    const ranges: string[] = []
    await using server = await fileServer({ cuts: [100_000, 50_000, 1] }, ranges)
    const progress: Progress[] = []
    const file = await clientOf(server).downloadFile(sessionId, 'a', { onProgress: (each) => progress.push(each) })
    expect(content.equals(await file.bytes())).toBe(true)
    expect(ranges.length).toBeGreaterThan(0)
    expect(ranges.every((range) => range.endsWith('- "the-tag"'))).toBe(true)
    expect(progress.at(-1)).toEqual({ loaded: content.length, total: content.length })
  })

  test('is whole and correct, or an error, wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(300_000), { maxLength: 8 }), fc.nat(3), async (cuts, maxRetries) => {
        await using server = await fileServer({ cuts })
        const file = await clientOf(server)
          .downloadFile(sessionId, 'a', { maxRetries })
          .catch(() => undefined)
        const outcome: unknown = await file?.bytes().catch((error: unknown) => error)
        if (outcome instanceof Uint8Array) expect(content.equals(outcome)).toBe(true)
        else if (file !== undefined) expect(outcome).toBeInstanceOf(SandboxConnectionError)
      }),
      { numRuns: 30 },
    )
  })

  test.each<[string, Partial<Behaviour>]>([
    ['without a tag', { headers: { etag: '' } }],
    ['with a weak tag', { headers: { etag: 'W/"the-tag"' } }],
    ['of a server that gives no ranges', { headers: { 'accept-ranges': 'none' } }],
  ])('%s can not go on: it is an error', async (_, behaviour) => {
    await using server = await fileServer({ cuts: [1000], ...behaviour })
    const file = await clientOf(server).downloadFile(sessionId, 'a')
    expect(await thrownBy(() => file.bytes())).toBeInstanceOf(SandboxConnectionError)
    expect(server.count).toBe(1)
  })

  test.each<[string, (response: ServerResponse) => void, string]>([
    ['has changed meanwhile', (response) => response.writeHead(200, { etag: '"other"' }).end('new'), 'changed'],
    [
      'comes from another place than was asked for',
      (response) => response.writeHead(206, { 'content-range': 'bytes 5-9/10' }).end('wrong'),
      'changed',
    ],
  ])('that %s is an error', async (_, onRange, message) => {
    await using server = await fileServer({ cuts: [1000], onRange })
    const file = await clientOf(server).downloadFile(sessionId, 'a')
    const error = await thrownBy(() => file.bytes())
    expect(error).toBeInstanceOf(SandboxConnectionError)
    expect(String(error)).toContain(message)
  })

  test('gives up when nothing more comes', async () => {
    await using server = await fileServer({ cuts: [1000, 0, 0, 0, 0, 0, 0, 0, 0] })
    const file = await clientOf(server).downloadFile(sessionId, 'a', { maxRetries: 2 })
    expect(await thrownBy(() => file.bytes())).toBeInstanceOf(SandboxConnectionError)
  })

  test('is compared with the server’s checksum', async () => {
    await using good = await fileServer({ cuts: [1000], checksum: md5(content) })
    const file = await clientOf(good).downloadFile(sessionId, 'a', { verify: true })
    expect(content.equals(await file.bytes())).toBe(true)
    await using bad = await fileServer({ cuts: [], checksum: md5('other') })
    const changed = await clientOf(bad).downloadFile(sessionId, 'a', { verify: true })
    expect(await thrownBy(() => changed.bytes())).toBeInstanceOf(SandboxConnectionError)
    await using mute = await fileServer({ cuts: [] })
    const unknown = await clientOf(mute).downloadFile(sessionId, 'a', { verify: true })
    expect(String(await thrownBy(() => unknown.text()))).toContain('gave no checksum')
  })

  test('ends with what a listener throws', async () => {
    await using server = await fileServer({ cuts: [] })
    const reason = new Error('enough')
    const onProgress = (): never => {
      throw reason
    }
    const file = await clientOf(server).downloadFile(sessionId, 'a', { onProgress })
    expect(await thrownBy(() => file.bytes())).toBe(reason)
  })

  test('left early closes its connection', async () => {
    const closed: Promise<unknown>[] = []
    await using server = await httpFixture((_, response) => {
      closed.push(new Promise((resolve) => response.on('close', resolve)))
      response.writeHead(200, { 'content-length': 1000 })
      response.write('abc')
    })
    const client = clientOf(server)
    for await (const chunk of (await client.downloadFile(sessionId, 'a')).stream()) {
      expect(chunk).toHaveLength(3)
      break
    }
    await (await client.downloadFile(sessionId, 'a')).cancel()
    await Promise.all(closed)
    expect(closed).toHaveLength(2)
  })
})
