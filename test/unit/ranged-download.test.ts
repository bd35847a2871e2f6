import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type FileDownload,
  type Progress,
  SandboxConnectionError,
  SandboxOperationError,
  SandboxValidationError,
  SessionsClient,
} from '../../src/index.js'
import { thrownBy } from '../support/client.js'
import { type RangeServer, type Ranges, rangeServer } from 'sandbox-sessions-testkit/range-server'
import { wireSession } from '../support/wire.js'

const { sessionId } = wireSession()

function clientOf({ url }: RangeServer, headers: Record<string, string> = {}): SessionsClient {
  return new SessionsClient({ apiUrl: url, maxRetryDelayMs: 5, timeoutMs: 5000, headers })
}

function download(server: RangeServer, headers: Record<string, string>): Promise<FileDownload> {
  return clientOf(server).downloadFile(sessionId, 'a', { headers })
}

describe('a ranged download', () => {
  test('[A1] resumes within its own range', async () => {
    await using server = await rangeServer({ cuts: [30] })
    const progress: Progress[] = []
    const file = await clientOf(server).downloadFile(sessionId, 'a', {
      headers: { range: 'bytes=100-149' },
      onProgress: (each) => progress.push(each),
    })
    expect(file.size).toBe(50)
    expect(server.content.subarray(100, 150).equals(await file.bytes())).toBe(true)
    expect(server.asked.at(-1)).toMatchObject({ range: 'bytes=130-149', 'if-range': '"the-tag"' })
    expect(progress.at(-1)).toEqual({ loaded: 50, total: 50 })
  })

  test.each([
    ['bytes=100-149', 100, 150],
    ['bytes=150-', 150, 200],
    ['bytes=-40', 160, 200],
    ['bytes=-4000', 0, 200],
    ['bytes=120-9999', 120, 200],
    ['BYTES=0-0', 0, 1],
  ])('[A1] of %s is that part or an error, wherever it is cut', async (range, from, to) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(60), { maxLength: 6 }), async (cuts) => {
        // The server of the test knows only lower case.
        await using server = await rangeServer({
          cuts,
          deviate: (_, { headers }) => void (headers.range = headers.range?.toLowerCase()),
        })
        const outcome: unknown = await download(server, { range })
          .then((file) => file.bytes())
          .catch((error: unknown) => error)
        if (outcome instanceof Uint8Array) expect(server.content.subarray(from, to).equals(outcome)).toBe(true)
        else expect(outcome).toBeInstanceOf(SandboxConnectionError)
        if (cuts.length === 0) expect(outcome).toBeInstanceOf(Uint8Array)
      }),
      { numRuns: 15 },
    )
  })

  test.each([
    { Range: 'bytes=100-149' },
    { RANGE: 'bytes=100-149', 'If-Range': '"the-tag"' },
    { range: 'bytes=0-1', Range: 'bytes=100-149' },
  ])('[A1] %j: headers go by their names in any case', async (headers) => {
    await using server = await rangeServer({ cuts: [30, 5] })
    const file = await download(server, headers)
    expect(server.content.subarray(100, 150).equals(await file.bytes())).toBe(true)
    expect(server.asked.map(({ range }) => range)).toEqual(['bytes=100-149', 'bytes=130-149', 'bytes=135-149'])
  })

  test('[A1] by the headers of the client is one, too', async () => {
    await using server = await rangeServer({ cuts: [30] })
    const file = await clientOf(server, { range: 'bytes=100-149' }).downloadFile(sessionId, 'a')
    expect(server.content.subarray(100, 150).equals(await file.bytes())).toBe(true)
  })

  test.each<[string, NonNullable<Ranges['deviate']>]>([
    ['the whole file', () => ({ status: 200, headers: { 'content-range': undefined }, body: Buffer.alloc(200) })],
    ['another range', () => ({ headers: { 'content-range': 'bytes 0-49/200' } })],
    ['a shorter range', () => ({ headers: { 'content-range': 'bytes 100-139/200' }, body: Buffer.alloc(40) })],
    [
      'a range that its length does not fit',
      () => ({ headers: { 'content-range': 'bytes 100-149/200' }, body: Buffer.alloc(40) }),
    ],
    ['a range without a place', () => ({ headers: { 'content-range': undefined } })],
    ['an impossible range', () => ({ headers: { 'content-range': 'bytes 100-149/120' } })],
    [
      'several ranges',
      () => ({ headers: { 'content-range': undefined, 'content-type': 'multipart/byteranges; boundary=x' } }),
    ],
    ['a compressed range', () => ({ headers: { 'content-encoding': 'identity' } })],
    ['no content', () => ({ status: 204, headers: { 'content-length': undefined } })],
  ])('[A1] that is answered with %s is an error', async (_, deviate) => {
    await using server = await rangeServer({ deviate })
    const error = await thrownBy(() => download(server, { range: 'bytes=100-149' }))
    expect(error).toBeInstanceOf(SandboxConnectionError)
    expect(String(error)).toContain('The download of a')
    expect(error).toMatchObject({ method: 'GET' })
    expect(error).toHaveProperty('requestId', expect.stringMatching(/./))
  })

  test.each<[string, NonNullable<Ranges['deviate']>]>([
    ['the whole file', (index) => (index === 0 ? undefined : { status: 200, headers: { 'content-range': undefined } })],
    ['another place', (index) => (index === 0 ? undefined : { headers: { 'content-range': 'bytes 30-49/200' } })],
    [
      'the rest of the file',
      (index) => (index === 0 ? undefined : { headers: { 'content-range': 'bytes 130-199/200' } }),
    ],
    [
      'less than the rest',
      (index) => (index === 0 ? undefined : { headers: { 'content-range': 'bytes 130-140/200' } }),
    ],
    [
      'a file of another size',
      (index) => (index === 0 ? undefined : { headers: { 'content-range': 'bytes 130-149/201' } }),
    ],
    ['another version', (index) => (index === 0 ? undefined : { headers: { etag: '"other"' } })],
  ])('[A1] whose rest is answered with %s is an error', async (_, deviate) => {
    await using server = await rangeServer({ cuts: [30], deviate })
    const file = await download(server, { range: 'bytes=100-149' })
    const error = await thrownBy(() => file.bytes())
    expect(error).toBeInstanceOf(SandboxConnectionError)
    expect(String(error)).toContain('changed')
  })

  test('[A1] whose file has changed is the whole file, where the caller’s own condition says so', async () => {
    await using server = await rangeServer({ cuts: [50] })
    const file = await download(server, { range: 'bytes=100-149', 'if-range': '"an-older-tag"' })
    expect(server.content.equals(await file.bytes())).toBe(true)
    expect(server.asked.at(-1)).toMatchObject({ range: 'bytes=50-', 'if-range': '"the-tag"' })
  })

  test('[A1] beyond the end is what the server says of it', async () => {
    await using server = await rangeServer({})
    const error = await thrownBy(() => download(server, { range: 'bytes=500-' }))
    expect(error).toBeInstanceOf(SandboxOperationError)
    expect(error).toMatchObject({ statusCode: 416 })
  })

  test.each(['bytes=0-1,5-6', 'lines=1-2', 'bytes=', 'bytes=-', 'everything'])(
    '[A1] of %j is refused before anything is sent',
    async (range) => {
      await using server = await rangeServer({})
      const error = await thrownBy(() => download(server, { range }))
      expect(error).toBeInstanceOf(SandboxValidationError)
      expect(error).toMatchObject({ parameter: 'headers' })
      expect(server.count).toBe(0)
    },
  )

  test('[A1] can not be verified, and says so', async () => {
    await using server = await rangeServer({})
    const call = clientOf(server).downloadFile(sessionId, 'a', { headers: { Range: 'bytes=1-2' }, verify: true })
    const error = await thrownBy(() => call)
    expect(error).toBeInstanceOf(SandboxValidationError)
    expect(String(error)).toContain('checksum of the whole file')
    expect(server.count).toBe(0)
  })
})

describe('a download of a whole file', () => {
  test.each<[string, NonNullable<Ranges['deviate']>]>([
    ['a part', () => ({ status: 206, headers: { 'content-range': 'bytes 0-199/400' } })],
    ['no content', () => ({ status: 204, headers: { 'content-length': undefined } })],
    ['a promise of content', () => ({ status: 202, body: Buffer.from('later') })],
  ])('[A1] that is answered with %s is an error', async (_, deviate) => {
    await using server = await rangeServer({ deviate })
    expect(await thrownBy(() => download(server, {}))).toBeInstanceOf(SandboxConnectionError)
  })

  test.each<[string, NonNullable<Ranges['deviate']>]>([
    [
      'a part of the rest',
      (index) =>
        index === 0 ? undefined : { headers: { 'content-range': 'bytes 30-99/200' }, body: Buffer.alloc(70) },
    ],
    [
      'a file of another size',
      (index) => (index === 0 ? undefined : { headers: { 'content-range': 'bytes 30-299/300' } }),
    ],
    ['another version', (index) => (index === 0 ? undefined : { headers: { etag: '"other"' } })],
  ])('[A1] whose rest is answered with %s is an error', async (_, deviate) => {
    await using server = await rangeServer({ cuts: [30], deviate })
    const file = await download(server, {})
    expect(await thrownBy(() => file.bytes())).toBeInstanceOf(SandboxConnectionError)
  })

  test('[A1] of unknown size goes on to the end that the rest tells of', async () => {
    const unknown = { headers: { 'content-length': undefined } }
    await using server = await rangeServer({ cuts: [30, 40], deviate: () => unknown })
    const file = await download(server, {})
    expect(file.size).toBeUndefined()
    expect(server.content.equals(await file.bytes())).toBe(true)
  })
})
