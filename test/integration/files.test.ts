import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import {
  ConflictError,
  FileNotFoundError,
  FileType,
  SandboxOperationError,
  SandboxValidationError,
  type Session,
  SessionNotFoundError,
} from '../../src/index.js'
import { connect, thrownBy } from '../support/client.js'

const everyByte = Uint8Array.from({ length: 256 }, (_, index) => index)
const fiveMegabytes = new Uint8Array(5_000_000).map((_, index) => (index * 31 + (index >> 8)) & 0xff)

describe('files', () => {
  const client = connect()
  let session: Session

  beforeAll(async () => {
    session = await client.createSession()
  })

  afterAll(async () => {
    await session.delete()
    client.close()
  })

  test.each<[string, string, Uint8Array<ArrayBuffer>]>([
    ['an empty file', 'empty', new Uint8Array()],
    ['all 256 byte values', 'bytes.bin', everyByte],
    ['5 MB', 'large.bin', fiveMegabytes],
    ['a name with spaces and letters beyond ASCII', 'mein Ordner/Größe & 数据 100%.txt', everyByte],
  ])('round-trips %s', async (_, path, content) => {
    const info = await session.files.upload(path, content)
    expect(info).toMatchObject({ path, name: path.split('/').at(-1), type: FileType.File, size: content.length })
    expect(info.checksum).toBe(createHash('md5').update(content).digest('hex'))

    const listedFiles = await session.files.list('.', { recursive: true }).toArray()
    expect(listedFiles.find((file) => file.path === path)).toMatchObject({ size: content.length, type: 'file' })

    const file = await session.files.download(path)
    expect(file).toMatchObject({ size: content.length, name: path.split('/').at(-1) })
    expect(Buffer.compare(await file.bytes(), content)).toBe(0)

    await session.files.delete(path)
    await expect(session.files.download(path)).rejects.toBeInstanceOf(FileNotFoundError)
    await expect(session.files.delete(path)).rejects.toBeInstanceOf(FileNotFoundError)
  })

  test('takes strings, blobs and buffers, and gives text, blob and stream', async () => {
    await session.files.upload('text', 'grüße')
    expect(await (await session.files.download('text')).text()).toBe('grüße')
    await session.files.upload('blob', new Blob(['from a ', 'blob']))
    expect(await (await (await session.files.download('blob')).blob()).text()).toBe('from a blob')
    await session.files.upload('buffer', Buffer.from('from a buffer'))
    const chunks: Uint8Array[] = []
    for await (const chunk of (await session.files.download('buffer')).stream()) chunks.push(chunk)
    expect(Buffer.concat(chunks).toString()).toBe('from a buffer')
    await session.files.upload('view', new DataView(everyByte.buffer, 65, 3))
    expect(await (await session.files.download('view')).text()).toBe('ABC')
  })

  test('a download is read once', async () => {
    await session.files.upload('once', 'content')
    const file = await session.files.download('once')
    await file.text()
    await expect(file.text()).rejects.toThrow('read already')
    await file.cancel()
    await using unread = await session.files.download('once')
    expect(unread.size).toBe(7)
  })

  test('a file in the way is a conflict, unless it is to be overwritten', async () => {
    await session.files.upload('taken', 'old')
    const error = await thrownBy(() => session.files.upload('taken', 'new'))
    expect(error).toBeInstanceOf(ConflictError)
    expect(error).toMatchObject({ statusCode: 409, errorCode: 'FILE_EXISTS' })
    expect(await (await session.files.download('taken')).text()).toBe('old')
    await session.files.upload('taken', 'new', { overwrite: true })
    expect(await (await session.files.download('taken')).text()).toBe('new')
  })

  test('[A4] a file gets the mode that it is uploaded with, and keeps it without one', async () => {
    const program = '#!/bin/sh\necho it runs\n'
    const first = await session.files.upload('program', program, { mode: 0o755 })
    expect(first.permissions).toBe('rwxr-xr-x')
    expect((await session.run('./program')).stdout).toBe('it runs\n')
    const modes: [mode: number | string | undefined, permissions: string][] = [
      [undefined, 'rwxr-xr-x'],
      ['640', 'rw-r-----'],
      ['0600', 'rw-------'],
      [0, '---------'],
      [0o7, '------rwx'],
    ]
    for (const [mode, permissions] of modes) {
      const written = await session.files.upload('program', program, { overwrite: true, mode })
      expect(written.permissions, String(mode)).toBe(permissions)
      expect((await session.files.stat('program')).permissions).toBe(permissions)
    }
    await session.files.delete('program')
  })

  test('a file or directory that is not there is not found', async () => {
    const error = await thrownBy(() => session.files.download('nowhere'))
    expect(error).toBeInstanceOf(FileNotFoundError)
    expect(error).toMatchObject({ statusCode: 404, errorCode: 'FILE_NOT_FOUND' })
    await expect(session.files.list('nowhere')).rejects.toBeInstanceOf(FileNotFoundError)
  })

  test.each(['../x', '/etc/passwd', 'a/../../x', ''])('the path %j is refused before it is sent', async (path) => {
    await expect(session.files.upload(path, 'x')).rejects.toBeInstanceOf(SandboxValidationError)
    await expect(session.files.download(path)).rejects.toBeInstanceOf(SandboxValidationError)
    await expect(session.files.delete(path)).rejects.toBeInstanceOf(SandboxValidationError)
    await expect(session.files.list(path)).rejects.toBeInstanceOf(SandboxValidationError)
  })

  test.each(['../x', '/etc/passwd', 'a/../../x'])('the path %j is 400 from the server', async (path) => {
    const base = `${inject('apiUrl')}/sessions/${session.sessionId}/files`
    const at = encodeURIComponent(path)
    const headers = { authorization: `Bearer ${inject('bearerToken')}`, 'content-type': 'application/octet-stream' }
    for (const [method, url, body] of [
      ['GET', `${base}?filePath=${at}`],
      ['DELETE', `${base}?filePath=${at}`],
      ['GET', `${base}/list?path=${at}`],
      ['POST', `${base}?path=${at}&overwrite=true`, 'x'],
    ] as const) {
      const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) })
      expect(response.status, `${method} ${url}`).toBe(400)
      expect(await response.json()).toMatchObject({ error: 'INVALID_PARAMETER' })
    }
  })

  test('a planted link that points out leads nowhere', async () => {
    await session.run('ln -s /etc/passwd out; ln -s /etc outdir; ln -s ../../../../tmp up')
    for (const call of [
      () => session.files.download('out'),
      () => session.files.download('outdir/passwd'),
      () => session.files.upload('out', 'x', { overwrite: true }),
      () => session.files.upload('outdir/planted', 'x'),
      () => session.files.upload('up/planted', 'x'),
      () => session.files.list('outdir'),
    ]) {
      const error = await thrownBy(call)
      expect(error).toBeInstanceOf(SandboxOperationError)
      expect(error).toMatchObject({ statusCode: 400, errorCode: 'INVALID_PARAMETER' })
    }
    expect(await session.files.list('.').toArray()).toContainEqual(
      expect.objectContaining({ path: 'out', type: FileType.Symlink }),
    )
    await session.files.delete('out')
    expect((await session.run('test -e /etc/passwd || ls /etc >/dev/null')).ok).toBe(true)
  })

  test('lists by page and over all pages, with and without what is below', async () => {
    await session.run('mkdir -p tree/sub && cd tree && for i in 1 2 3 4 5; do echo $i > f$i; done && echo x > sub/g')
    const page = await session.files.list('tree', { limit: 2, offset: 1 })
    expect(page).toMatchObject({ total: 6, limit: 2, offset: 1 })
    expect(page.files.map((file) => file.path)).toEqual(['tree/f2', 'tree/f3'])
    const all = await session.files.list('tree', { limit: 2, recursive: true }).toArray()
    expect(all.map((file) => file.path)).toEqual([
      'tree/f1',
      'tree/f2',
      'tree/f3',
      'tree/f4',
      'tree/f5',
      'tree/sub',
      'tree/sub/g',
    ])
    expect(all[5]).toMatchObject({ type: FileType.Directory })
    expect(all[0]?.modifiedAt).toBeInstanceOf(Date)
  })

  test('a directory with entries is deleted only recursively', async () => {
    await session.run('mkdir -p full/of && touch full/of/things')
    await expect(session.files.delete('full')).rejects.toMatchObject({
      statusCode: 409,
      errorCode: 'DIRECTORY_NOT_EMPTY',
    })
    await session.files.delete('full', { recursive: true })
    await expect(session.files.list('full')).rejects.toBeInstanceOf(FileNotFoundError)
  })

  test('files of a session that is gone are not found with it', async () => {
    const gone = await client.createSession()
    await gone.delete()
    await expect(gone.files.upload('a', 'b')).rejects.toBeInstanceOf(SessionNotFoundError)
    await expect(gone.files.download('a')).rejects.toBeInstanceOf(SessionNotFoundError)
    await expect(gone.files.list()).rejects.toBeInstanceOf(SessionNotFoundError)
    await expect(gone.files.delete('a')).rejects.toBeInstanceOf(SessionNotFoundError)
  })

  test('a session sees nothing of another one', async () => {
    await using other = await client.createSession()
    await session.files.upload('private', 'mine')
    await expect(other.files.download('private')).rejects.toBeInstanceOf(FileNotFoundError)
  })
})
