import { createHash, randomBytes } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { exchange } from 'sandbox-sessions-testkit/raw'
import { TestServer } from 'sandbox-sessions-testkit/test-server'

const limit = 6_000_000
const everyByte = Uint8Array.from({ length: 256 }, (_, index) => index)

describe.each(['process', 'bubblewrap'] as const)('files on %s', (engine) => {
  let server: TestServer
  let id: string
  beforeAll(async () => {
    server = await TestServer.start({ engine, limits: { maxFileBytes: limit } })
    id = await server.session()
    await server.command(id, { command: 'ln -s /etc out; mkdir -p dir/sub' })
  })
  afterAll(() => server.close())

  const bytesOf = async (file: string) => {
    const response = await fetch(`${server.server.url}/sessions/${id}/files?filePath=${encodeURIComponent(file)}`, {
      headers: { 'x-api-key': server.server.token ?? '' },
    })
    return { response, bytes: Buffer.from(await response.arrayBuffer()) }
  }

  test.each([
    ['an empty file', 'empty', Buffer.alloc(0)],
    ['every byte', 'deep/er/every-byte.bin', Buffer.from(everyByte)],
    ['5 MB', 'large', randomBytes(5_000_000)],
    ['a name with spaces, quotes and other letters', 'größe "大" 😀.txt', Buffer.from('x')],
  ])('moves %s both ways', async (_, file, content) => {
    const up = await server.upload(id, `path=${encodeURIComponent(file)}`, content)
    expect(up.status).toBe(201)
    expect(up.json).toMatchObject({
      name: file.split('/').at(-1),
      path: file,
      type: 'file',
      size: content.byteLength,
      checksum: createHash('md5').update(content).digest('hex'),
    })
    const { response, bytes } = await bytesOf(file)
    expect(bytes.equals(content)).toBe(true)
    expect(response.headers.get('content-type')).toBe('application/octet-stream')
    expect(response.headers.get('content-length')).toBe(String(content.byteLength))
    const form = new FormData()
    form.append('note', 'before')
    form.append('file', new Blob([content]), 'other.bin')
    form.append('file', new Blob(['a second one is ignored']), 'second.bin')
    const again = await server.upload(id, `path=${encodeURIComponent(file)}&overwrite=true`, form)
    expect(again.status).toBe(201)
    expect((await bytesOf(file)).bytes.equals(content)).toBe(true)
  })

  test('names the download, and answers text to who prefers it', async () => {
    await server.upload(id, 'path=na%22me-%C3%BC.txt', 'text')
    const headers = { accept: 'text/plain, application/octet-stream;q=0.5' }
    const route = `/sessions/${id}/files?filePath=na%22me-%C3%BC.txt`
    const text = await server.call('GET', route, { headers })
    expect(text.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(text.headers.get('x-content-type-options')).toBe('nosniff')
    const disposition = text.headers.get('content-disposition')
    expect(disposition).toContain(`filename*=UTF-8''na%22me-%C3%BC.txt`)
    expect(disposition).toMatch(/^attachment; filename="/)
    const any = await server.call('GET', route, { headers: { accept: '*/*' } })
    expect(any.headers.get('content-type')).toBe('application/octet-stream')
    const head = await server.call('HEAD', route)
    expect([head.status, head.text, head.headers.get('content-length')]).toEqual([200, '', '4'])
  })

  test.each([
    ['a path longer than the kernel takes', 'far/'.repeat(1_100) + 'x'],
    ['a part longer than a name may be', `far/down/${'n'.repeat(256)}/x`],
    ['a name longer than a name may be', `far/down/${'n'.repeat(256)}`],
  ])('leaves no directory when it refuses %s', async (_, file) => {
    const { status, json } = await server.upload(id, `path=${encodeURIComponent(file)}`, 'x')
    expect([status, json['error']]).toEqual([400, 'INVALID_PARAMETER'])
    expect(json['message']).toContain('too long')
    expect((await server.call('GET', `/sessions/${id}/files/stat?filePath=far`)).status).toBe(404)
  })

  test.each([{}, { 'content-length': '0' }, { 'content-type': 'text/plain' }])(
    'makes no file of a request without a body, %j',
    async (headers) => {
      const { status, json } = await server.call('POST', `/sessions/${id}/files?path=unsent`, { headers })
      expect([status, json['error']]).toEqual([400, 'INVALID_PARAMETER'])
      expect(json['message']).toContain('Send the body as multipart/form-data or application/octet-stream')
      expect((await server.call('GET', `/sessions/${id}/files/stat?filePath=unsent`)).status).toBe(404)
    },
  )

  test('names an empty path', async () => {
    const { status, json } = await server.download(id, '')
    expect([status, json['error']]).toEqual([400, 'INVALID_PARAMETER'])
    expect(json['message']).toMatch(/^(The path is a directory|filePath must not be empty)/)
  })

  test('takes the name of the part when there is no path, without its directories', async () => {
    const form = new FormData()
    form.append('file', new Blob(['x']), '../../grüße.txt')
    expect((await server.upload(id, '', form)).json).toMatchObject({ path: 'grüße.txt' })
    const octets = await server.upload(id, '', 'x')
    expect(octets.json).toMatchObject({ error: 'INVALID_PARAMETER', details: { parameter: 'path' } })
  })

  test('replaces only with overwrite', async () => {
    await server.upload(id, 'path=once', 'old')
    for (const body of ['new', randomBytes(5_000_000)]) {
      const { status, json } = await server.upload(id, 'path=once', body)
      expect(status).toBe(409)
      expect(json).toMatchObject({ error: 'FILE_EXISTS', details: { path: 'once' } })
    }
    expect((await server.download(id, 'once')).text).toBe('old')
    expect((await server.upload(id, 'path=once&overwrite=true', 'new')).status).toBe(201)
    expect((await server.download(id, 'once')).text).toBe('new')
    const directory = await server.upload(id, 'path=dir&overwrite=true', 'x')
    expect([directory.status, directory.json['error']]).toEqual([409, 'FILE_EXISTS'])
    expect((await server.upload(id, 'path=a&overwrite=1', 'x')).status).toBe(400)
  })

  test('[A4] gives a file the mode that is asked for', async () => {
    const modes: [query: string, permissions: string][] = [
      ['mode=755', 'rwxr-xr-x'],
      ['', 'rwxr-xr-x'],
      ['mode=0640', 'rw-r-----'],
      ['mode=000', '---------'],
      ['mode=600', 'rw-------'],
    ]
    for (const [query, permissions] of modes) {
      const { status, json } = await server.upload(id, `path=moded&overwrite=true&${query}`, 'x')
      expect([query, status, json['permissions']]).toEqual([query, 201, permissions])
    }
    for (const mode of ['4755', '75', '999', '0o755', 'rwx', '']) {
      const { status, json } = await server.upload(id, `path=moded&overwrite=true&mode=${mode}`, 'y')
      expect([mode, status, json['error'], json['details']]).toEqual([
        mode,
        400,
        'INVALID_PARAMETER',
        expect.objectContaining({ parameter: 'mode' }),
      ])
    }
    const form = new FormData()
    form.append('file', new Blob(['z']), 'moded')
    expect((await server.upload(id, 'overwrite=true&mode=444', form)).json).toMatchObject({ permissions: 'r--r--r--' })
    expect((await server.download(id, 'moded')).text).toBe('z')
  })

  test.each(['../x', '/etc/passwd', 'out/passwd', 'dir/../../x', 'x%00y'])(
    'refuses to leave through %s',
    async (file) => {
      const calls = [
        server.upload(id, `path=${file}&overwrite=true`, 'x'),
        server.call('GET', `/sessions/${id}/files?filePath=${file}`),
        server.call('DELETE', `/sessions/${id}/files?filePath=${file}`),
        server.call('GET', `/sessions/${id}/files/list?path=${file}`),
      ]
      for (const { status, json } of await Promise.all(calls)) {
        expect([status, json['error']]).toEqual([400, 'INVALID_PARAMETER'])
      }
    },
  )

  test('says what is not there, and what is no file or directory', async () => {
    await server.upload(id, 'path=plain&overwrite=true', 'x')
    const expected: [string, string, number, string][] = [
      ['GET', 'files?filePath=missing', 404, 'FILE_NOT_FOUND'],
      ['DELETE', 'files?filePath=missing', 404, 'FILE_NOT_FOUND'],
      ['GET', 'files/list?path=missing', 404, 'FILE_NOT_FOUND'],
      ['GET', 'files?filePath=dir', 400, 'INVALID_PARAMETER'],
      ['GET', 'files/list?path=plain', 400, 'INVALID_PARAMETER'],
      ['DELETE', 'files?filePath=dir', 409, 'DIRECTORY_NOT_EMPTY'],
      ['GET', 'files', 400, 'INVALID_PARAMETER'],
      ['DELETE', 'files?filePath=', 400, 'INVALID_PARAMETER'],
      ['DELETE', 'files?filePath=.&recursive=true', 400, 'INVALID_PARAMETER'],
    ]
    for (const [method, route, status, code] of expected) {
      const answer = await server.call(method, `/sessions/${id}/${route}`)
      expect([route, answer.status, answer.json['error']]).toEqual([route, status, code])
    }
    expect((await server.upload(id, 'path=plain/below', 'x')).status).toBe(400)
    const gone = await server.call('DELETE', `/sessions/${id}/files?filePath=dir&recursive=true`)
    expect([gone.status, gone.text]).toEqual([204, ''])
  })

  test('lists in pages', async () => {
    const other = await server.session()
    for (const name of ['b', 'a/2', 'a/1']) await server.upload(other, `path=${name}`, name)
    const all = await server.call('GET', `/sessions/${other}/files/list?recursive=true`)
    const paths = ['a', 'a/1', 'a/2', 'b']
    expect(all.json).toMatchObject({ total: 4, limit: 200, offset: 0, files: paths.map((path) => ({ path })) })
    const page = await server.call('GET', `/sessions/${other}/files/list?recursive=true&limit=2&offset=1`)
    expect(page.json).toMatchObject({ total: 4, limit: 2, offset: 1, files: [{ path: 'a/1' }, { path: 'a/2' }] })
    const flat = await server.call('GET', `/sessions/${other}/files/list`)
    expect(flat.json).toMatchObject({ total: 2, files: [{ path: 'a' }, { path: 'b' }] })
    await server.call('DELETE', `/sessions/${other}`)
  })

  test('takes no more than the limit and leaves the old file', async () => {
    await server.upload(id, 'path=limited', 'old')
    const query = 'path=limited&overwrite=true'
    const form = new FormData()
    form.append('file', new Blob([randomBytes(limit + 1)]), 'x')
    for (const body of [randomBytes(limit + 1), form]) {
      const { status, json } = await server.upload(id, query, body)
      expect([status, json['error']]).toEqual([413, 'FILE_TOO_LARGE'])
    }
    expect((await server.download(id, 'limited')).text).toBe('old')
    expect((await server.upload(id, query, randomBytes(limit))).status).toBe(201)
  })

  test.each([
    ['no boundary', 'multipart/form-data', 'x'],
    [
      'no such part',
      'multipart/form-data; boundary=b',
      '--b\r\ncontent-disposition: form-data; name="a"\r\n\r\nx\r\n--b--\r\n',
    ],
    [
      'an end that is missing',
      'multipart/form-data; boundary=b',
      '--b\r\ncontent-disposition: form-data; name="file"; filename="f"\r\n\r\nhalf',
    ],
    ['no part at all', 'multipart/form-data; boundary=b', 'garbage'],
    ['an empty body', 'multipart/form-data; boundary=b', ''],
    ['another type', 'application/json', '{}'],
    ['a type that is none', '///', 'x'],
  ])('refuses a body with %s', async (_, type, body) => {
    const { status, json } = await server.upload(id, 'path=broken', body, { 'content-type': type })
    expect([status, json['error']]).toEqual([400, 'INVALID_PARAMETER'])
    expect((await server.download(id, 'broken')).status).toBe(404)
  })

  test('leaves the old file when the caller goes away', async () => {
    await server.upload(id, 'path=kept', 'old')
    const types = ['application/octet-stream', 'multipart/form-data; boundary=b']
    for (const type of types) {
      const upload = httpRequest(`${server.server.url}/sessions/${id}/files?path=kept&overwrite=true`, {
        method: 'POST',
        headers: { authorization: `Bearer ${server.server.token ?? ''}`, 'content-type': type },
      })
      upload.on('error', () => undefined)
      upload.write('--b\r\ncontent-disposition: form-data; name="file"; filename="f"\r\n\r\n')
      upload.write(randomBytes(300_000))
      const temporaryFile = async () => {
        const { json } = await server.command(id, { command: 'ls -A' })
        return String(json['stdout']).includes('.sandbox-upload-')
      }
      await eventually(temporaryFile, 'the upload is under way')
      upload.destroy()
      await eventually(async () => !(await temporaryFile()), 'the temporary file is gone')
    }
    expect((await server.download(id, 'kept')).text).toBe('old')
    expect((await server.upload(id, 'path=kept&overwrite=true', 'new')).status).toBe(201)
  })

  test('lets go of a file whose download nobody waits for, at whatever moment', async () => {
    await server.upload(id, 'path=unwanted&overwrite=true', randomBytes(3_000_000))
    const url = `${server.server.url}/sessions/${id}/files?filePath=unwanted`
    const headers = { 'x-api-key': server.server.token ?? '' }
    for (let delayMs = 0; delayMs < 12; delayMs += 0.5) {
      const controller = new AbortController()
      const answer = fetch(url, { headers, signal: controller.signal })
      await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, delayMs))])
      controller.abort()
      await answer.catch(() => undefined)
    }
    const holders = 'ls -l /proc/[0-9]*/fd 2>/dev/null | grep -c /unwanted'
    await eventually(
      async () => (await server.command(id, { command: holders })).json['stdout'] === '0\n',
      'nothing holds the file any more',
    )
  })

  test('refuses a body that is too long by its own word before it comes', async () => {
    const { pathname } = new URL(`${server.server.url}/sessions/${id}/files`)
    const head = [
      `POST ${pathname}?path=huge HTTP/1.1`,
      'Host: x',
      `Authorization: Bearer ${server.server.token ?? ''}`,
      'Content-Type: application/octet-stream',
      `Content-Length: ${limit + 1}`,
      'Connection: close',
    ]
    const answer = await exchange(server.origin, `${head.join('\r\n')}\r\n\r\n`)
    expect(answer).toMatch(/^HTTP\/1\.1 413 /)
    expect(answer).toContain('FILE_TOO_LARGE')
  })
})
