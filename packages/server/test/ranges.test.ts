import { randomBytes, randomInt } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { md5 } from './engines/contract/subject.js'
import { TestServer } from 'sandbox-sessions-testkit/test-server'

const content = randomBytes(3_000_000)
const anEntityTag: unknown = expect.stringMatching(/^"[\w-]+"$/)
const aTime: unknown = expect.stringMatching(/Z$/)

describe.each(['process', 'bubblewrap'] as const)('ranges and descriptions on %s', (engine) => {
  let server: TestServer
  let id: string
  beforeAll(async () => {
    server = await TestServer.start({ engine })
    id = await server.session()
    await server.upload(id, 'path=data/file', content)
    await server.upload(id, 'path=empty', '')
  })
  afterAll(() => server.close())

  const get = async (headers: Record<string, string>, file = 'data/file', method = 'GET') => {
    const response = await fetch(`${server.server.url}/sessions/${id}/files?filePath=${file}`, {
      method,
      headers: { authorization: `Bearer ${server.server.token ?? ''}`, ...headers },
    })
    return { response, bytes: Buffer.from(await response.arrayBuffer()) }
  }

  test.each([
    ['bytes=0-0', 0, 0],
    ['bytes=100-199', 100, 199],
    ['bytes=2999999-', 2_999_999, 2_999_999],
    ['bytes=2999000-9999999999999999999999', 2_999_000, 2_999_999],
    ['bytes=-10', 2_999_990, 2_999_999],
    ['bytes=-9999999', 0, 2_999_999],
    ['bytes=0-', 0, 2_999_999],
  ])('answers %s', async (range, first, last) => {
    const { response, bytes } = await get({ range, accept: 'text/plain' })
    expect(response.status).toBe(206)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-range': `bytes ${first}-${last}/3000000`,
      'content-length': String(last - first + 1),
      'accept-ranges': 'bytes',
      'content-type': 'application/octet-stream',
      etag: anEntityTag,
    })
    expect(bytes.equals(content.subarray(first, last + 1))).toBe(true)
  })

  test.each([
    ['bytes=3000000-', 'data/file', 3_000_000],
    ['bytes=9999999999999999999999-', 'data/file', 3_000_000],
    ['bytes=-0', 'data/file', 3_000_000],
    ['bytes=0-', 'empty', 0],
    ['bytes=-5', 'empty', 0],
  ])('cannot satisfy %s of %s', async (range, file, size) => {
    const { response, bytes } = await get({ range }, file)
    expect(response.status).toBe(416)
    expect(response.headers.get('content-range')).toBe(`bytes */${size}`)
    expect(JSON.parse(String(bytes))).toMatchObject({ error: 'RANGE_NOT_SATISFIABLE', details: { size } })
  })

  test.each(['bytes=5-4', 'bytes=a-', 'bytes=-', 'bytes=0-1,3-4', 'lines=1-2'])('refuses %s', async (range) => {
    const { response, bytes } = await get({ range })
    expect(response.status).toBe(400)
    expect(JSON.parse(String(bytes))).toMatchObject({ error: 'INVALID_PARAMETER', details: { parameter: 'Range' } })
  })

  test('a whole file has the same tag and says that it takes ranges; HEAD knows no range', async () => {
    const whole = await get({})
    expect(whole.response.status).toBe(200)
    expect(whole.response.headers.get('accept-ranges')).toBe('bytes')
    expect(whole.response.headers.get('content-range')).toBeNull()
    const part = await get({ range: 'bytes=1-2' })
    expect(part.response.headers.get('etag')).toBe(whole.response.headers.get('etag'))
    const head = await get({ range: 'bytes=1-2' }, 'data/file', 'HEAD')
    expect([head.response.status, head.response.headers.get('content-length')]).toEqual([200, '3000000'])
    expect(head.response.headers.get('etag')).toBe(whole.response.headers.get('etag'))
  })

  test('If-Range: the part of this content, the whole of any other', async () => {
    await server.upload(id, 'path=changing', 'first content')
    const etag = (await get({}, 'changing')).response.headers.get('etag') ?? ''
    const range = 'bytes=6-'
    const same = await get({ range, 'if-range': etag }, 'changing')
    expect([same.response.status, String(same.bytes)]).toEqual([206, 'content'])
    for (const other of ['"other"', `W/${etag}`, 'Sun, 22 Nov 2026 12:00:00 GMT', '"']) {
      const whole = await get({ range, 'if-range': other }, 'changing')
      expect([whole.response.status, String(whole.bytes)]).toEqual([200, 'first content'])
    }
    await server.upload(id, 'path=changing&overwrite=true', 'other content')
    const changed = await get({ range, 'if-range': etag }, 'changing')
    expect([changed.response.status, String(changed.bytes)]).toEqual([200, 'other content'])
    expect(changed.response.headers.get('etag')).not.toBe(etag)
    const behind = await get({ range: 'bytes=100-', 'if-range': etag }, 'changing')
    expect(behind.response.status).toBe(200)
  })

  test('parts at random offsets are put together again', async () => {
    const cuts = Array.from({ length: 20 }, () => randomInt(1, content.byteLength)).sort((a, b) => a - b)
    const edges = [...new Set([0, ...cuts, content.byteLength])]
    const ranges = edges.slice(1).map((end, index) => `bytes=${edges[index] ?? 0}-${end - 1}`)
    const parts = await Promise.all(ranges.map((range) => get({ range })))
    expect(parts.every(({ response }) => response.status === 206)).toBe(true)
    expect(Buffer.concat(parts.map(({ bytes }) => bytes)).equals(content)).toBe(true)
  })

  test('a file that gets shorter while it is read breaks the connection', async () => {
    await server.upload(id, 'path=shrinking', Buffer.alloc(50_000_000))
    const response = await fetch(`${server.server.url}/sessions/${id}/files?filePath=shrinking`, {
      headers: { authorization: `Bearer ${server.server.token ?? ''}` },
    })
    expect([response.status, response.headers.get('content-length')]).toEqual([200, '50000000'])
    await server.command(id, { command: 'truncate -s 1000 shrinking' })
    await expect(response.arrayBuffer()).rejects.toThrow()
    expect((await server.download(id, 'shrinking')).text).toHaveLength(1000)
  })

  test('describes what is at a path', async () => {
    await server.command(id, { command: 'ln -s data/file link; chmod 600 data/file' })
    const stat = (query: string) => server.call('GET', `/sessions/${id}/files/stat?filePath=${query}`)
    const { status, json } = await stat('data/file')
    expect(status).toBe(200)
    expect(json).toEqual({
      name: 'file',
      path: 'data/file',
      type: 'file',
      size: 3_000_000,
      permissions: 'rw-------',
      createdAt: aTime,
      modifiedAt: aTime,
    })
    expect((await stat('data/file&checksum=true')).json['checksum']).toBe(md5(content))
    expect((await stat('link&checksum=true')).json).toMatchObject({ type: 'symlink', path: 'link' })
    expect((await stat('data&checksum=true')).json).toMatchObject({ type: 'directory', path: 'data' })
    const missing = await stat('missing')
    expect([missing.status, missing.json['error']]).toEqual([404, 'FILE_NOT_FOUND'])
    // Version 1.0.0 has no rule for an empty path: it is the root, as in any shell.
    const root = await stat('')
    expect([root.status, root.json]).toEqual([200, (await stat('.')).json])
    expect(root.json).toMatchObject({ type: 'directory' })
    for (const bad of ['../x', 'x&checksum=1']) expect((await stat(bad)).status).toBe(400)
    const unknown = await server.call('GET', '/sessions/00000000-0000-0000-0000-000000000000/files/stat?filePath=x')
    expect([unknown.status, unknown.json['error']]).toEqual([404, 'SESSION_NOT_FOUND'])
  })
})
