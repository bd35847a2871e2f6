import { createHash } from 'node:crypto'
import { FileType } from 'sandbox-sessions-sdk'
import { isObject } from 'sandbox-sessions-openapi'
import { expectEqual, expectThat } from '../expect.js'
import { type Check, hasParameter, hasStatus } from './check.js'

/** Every byte value, more than once, in a length that is a multiple of nothing. */
const bytes = Uint8Array.from({ length: 4_099 }, (_, index) => index % 256)
const text = 'name,age\nalice,30\n'

/** Places outside of the sandbox. */
const outside = ['../escape', '/etc/passwd', 'a/../../escape']

export const fileChecks: readonly Check[] = [
  {
    operation: 'uploadFile',
    name: 'keeps every byte, and makes directories',
    async run(bench) {
      const session = await bench.session()
      const path = bench.newPath('a/b/bytes.bin')
      const info = await session.files.upload(path, bytes)
      expectEqual(
        'name, path, type, size',
        [info.name, info.path, info.type, info.size],
        ['bytes.bin', path, FileType.File, bytes.length],
      )
      if (info.checksum !== undefined) expectEqual('checksum', info.checksum, md5(bytes))
      const { stdout } = await session.run(`md5sum < ${path}`)
      expectEqual('the MD5 of what arrived', stdout.split(' ')[0], md5(bytes))
    },
  },
  {
    operation: 'uploadFile',
    name: 'takes a form',
    async run(bench) {
      const session = await bench.session()
      const path = bench.newPath('form.bin')
      const body = new FormData()
      body.append('file', new Blob([bytes]), 'name-of-the-part')
      const { status, json } = await bench.send(`/sessions/${session.sessionId}/files?path=${path}`, {
        method: 'POST',
        body,
      })
      expectEqual('the status', status, 201)
      expectEqual('path and size', isObject(json) ? [json['path'], json['size']] : json, [path, bytes.length])
      expectEqual('the bytes', await (await session.files.download(path)).bytes(), bytes)
    },
  },
  {
    operation: 'uploadFile',
    name: 'replaces a file only with overwrite',
    async run(bench) {
      const session = await bench.session()
      const path = bench.newPath('file')
      await session.files.upload(path, 'one')
      await bench.expectFailure(() => session.files.upload(path, 'two'), 409, 'FILE_EXISTS')
      expectEqual('the file', await (await session.files.download(path)).text(), 'one')
      await session.files.upload(path, 'three', { overwrite: true })
      expectEqual('the file', await (await session.files.download(path)).text(), 'three')
    },
  },
  {
    operation: 'uploadFile',
    name: 'gives a file the mode that is asked for, and lets it keep its own without one',
    appliesTo: hasParameter('uploadFile', 'mode'),
    async run(bench) {
      const session = await bench.session()
      const path = bench.newPath('program')
      const program = '#!/bin/sh\necho it runs\n'
      const seen = [
        (await session.files.upload(path, program, { mode: 0o755 })).permissions,
        (await session.files.upload(path, program, { overwrite: true })).permissions,
      ]
      expectEqual('permissions with a mode, and without one', seen, ['rwxr-xr-x', 'rwxr-xr-x'])
      expectEqual('what the program prints', (await session.run(`./${path}`)).stdout, 'it runs\n')
      const narrowed = await session.files.upload(path, program, { overwrite: true, mode: 0o600 })
      expectEqual('permissions with another mode', narrowed.permissions, 'rw-------')
      const target = `/sessions/${session.sessionId}/files?path=${path}&overwrite=true&mode=`
      for (const mode of ['rwx', '99', '4755']) {
        const request = { method: 'POST', body: 'x', headers: { 'content-type': 'application/octet-stream' } }
        await bench.expectRefusal(target + mode, request, 400, 'INVALID_PARAMETER')
      }
    },
  },
  {
    operation: 'uploadFile',
    name: 'stays in the sandbox, also behind symbolic links',
    async run(bench) {
      const session = await bench.session()
      const link = bench.newPath('link')
      await session.run(`mkdir -p ${link.split('/')[0] ?? ''} && ln -s /tmp ${link}`, { check: true })
      for (const path of [...outside, `${link}/escape`]) {
        const request = { method: 'POST', body: 'x', headers: { 'content-type': 'application/octet-stream' } }
        const target = `/sessions/${session.sessionId}/files?path=${encodeURIComponent(path)}`
        await bench.expectRefusal(target, request, 400, 'INVALID_PARAMETER')
      }
    },
  },
  {
    operation: 'downloadFile',
    name: 'answers every byte, with name and length',
    async run(bench) {
      const { sessionId } = await bench.session()
      const path = bench.newPath('bytes.bin')
      await bench.client.uploadFile(sessionId, { path }, bytes)
      const { status, headers, bytes: got } = await bench.send(`/sessions/${sessionId}/files?filePath=${path}`)
      expectEqual('the status', status, 200)
      expectThat(Buffer.from(got).equals(bytes), `other bytes came: ${got.length} of them`)
      expectEqual('Content-Length', headers.get('content-length'), String(bytes.length))
      const disposition = headers.get('content-disposition') ?? ''
      expectThat(disposition.includes('bytes.bin'), `Content-Disposition is ${disposition}`)
    },
  },
  {
    operation: 'downloadFile',
    name: 'answers a range, all of it when the file changed, and none behind the end',
    appliesTo: hasParameter('downloadFile', 'Range'),
    async run(bench) {
      const { sessionId } = await bench.session()
      const path = bench.newPath('file')
      await bench.client.uploadFile(sessionId, { path }, text)
      const target = `/sessions/${sessionId}/files?filePath=${path}`
      const part = await bench.send(target, { headers: { range: 'bytes=5-' } })
      expectEqual('status and text of a range', [part.status, decode(part.bytes)], [206, text.slice(5)])
      expectEqual('Content-Range', part.headers.get('content-range'), `bytes 5-${text.length - 1}/${text.length}`)
      const etag = part.headers.get('etag') ?? ''
      const same = await bench.send(target, { headers: { range: 'bytes=-3', 'if-range': etag } })
      expectEqual('status and text with the same ETag', [same.status, decode(same.bytes)], [206, text.slice(-3)])
      const other = await bench.send(target, { headers: { range: 'bytes=5-', 'if-range': '"another"' } })
      expectEqual('status and text with another ETag', [other.status, decode(other.bytes)], [200, text])
      await bench.expectRefusal(target, { headers: { range: 'bytes=1000-' } }, 416, 'RANGE_NOT_SATISFIABLE')
    },
  },
  {
    operation: 'downloadFile',
    name: 'knows no missing file',
    async run(bench) {
      const session = await bench.session()
      await bench.expectFailure(() => session.files.download('no-such-file'), 404, 'FILE_NOT_FOUND')
    },
  },
  ...(['downloadFile', 'statFile', 'deleteFile'] as const).map((operation): Check => ({
    operation,
    name: 'stays in the sandbox',
    appliesTo: hasStatus(operation, 400),
    async run(bench) {
      const { sessionId } = await bench.session()
      const place = operation === 'statFile' ? 'files/stat' : 'files'
      for (const path of outside) {
        const request = { method: operation === 'deleteFile' ? 'DELETE' : 'GET' }
        const target = `/sessions/${sessionId}/${place}?filePath=${encodeURIComponent(path)}`
        await bench.expectRefusal(target, request, 400, 'INVALID_PARAMETER')
      }
    },
  })),
  {
    operation: 'listFiles',
    name: 'lists a directory, and below it with recursive',
    async run(bench) {
      const { session, path } = await tree(bench)
      const flat = await session.files.list(path).toArray()
      expectEqual('the entries', flat.map(entry), [
        [`${path}/one`, FileType.File],
        [`${path}/sub`, FileType.Directory],
      ])
      const deep = await session.files.list(path, { recursive: true }).toArray()
      expectEqual('the entries with recursive', deep.map(entry), [
        ...flat.map(entry),
        [`${path}/sub/link`, FileType.Symlink],
        [`${path}/sub/two`, FileType.File],
      ])
    },
  },
  {
    operation: 'listFiles',
    name: 'keeps to limit and offset, and knows no missing directory',
    async run(bench) {
      const { session, path } = await tree(bench)
      const page = await session.files.list(path, { recursive: true, limit: 1, offset: 2 })
      expectEqual('total, limit, offset', [page.total, page.limit, page.offset], [4, 1, 2])
      expectEqual('the entry', page.files.map(entry), [[`${path}/sub/link`, FileType.Symlink]])
      await bench.expectFailure(() => session.files.list(`${path}/none`), 404, 'FILE_NOT_FOUND')
      const target = `/sessions/${session.sessionId}/files/list?path=`
      for (const place of outside) {
        await bench.expectRefusal(target + encodeURIComponent(place), {}, 400, 'INVALID_PARAMETER')
      }
    },
  },
  {
    operation: 'statFile',
    name: 'describes files, directories and links themselves',
    async run(bench) {
      const { session, path } = await tree(bench)
      const { checksum, ...file } = await session.files.stat(`${path}/one`, { checksum: true })
      expectEqual('name, type, size', [file.name, file.type, file.size], ['one', FileType.File, text.length])
      expectEqual('checksum', checksum, md5(text))
      const types = [(await session.files.stat(path)).type, (await session.files.stat(`${path}/sub/link`)).type]
      expectEqual('the types', types, [FileType.Directory, FileType.Symlink])
      await bench.expectFailure(() => session.files.stat(`${path}/none`), 404, 'FILE_NOT_FOUND')
    },
  },
  {
    operation: 'deleteFile',
    name: 'deletes files, and directories that are not empty only with recursive',
    async run(bench) {
      const { session, path } = await tree(bench)
      const { sessionId } = session
      const { status, bytes: body } = await bench.send(`/sessions/${sessionId}/files?filePath=${path}/one`, {
        method: 'DELETE',
      })
      expectEqual('status and length of the body', [status, body.length], [204, 0])
      await bench.expectFailure(() => session.files.stat(`${path}/one`), 404, 'FILE_NOT_FOUND')
      await bench.expectFailure(() => session.files.delete(`${path}/one`), 404, 'FILE_NOT_FOUND')
      await bench.expectFailure(() => session.files.delete(path), 409, 'DIRECTORY_NOT_EMPTY')
      await session.files.delete(path, { recursive: true })
      await bench.expectFailure(() => session.files.stat(path), 404, 'FILE_NOT_FOUND')
    },
  },
]

/** A directory with a file, and a directory with a file and a link. */
async function tree(bench: Parameters<Check['run']>[0]) {
  const session = await bench.session()
  const path = bench.newPath('tree')
  await session.files.upload(`${path}/one`, text)
  await session.files.upload(`${path}/sub/two`, text)
  await session.run(`ln -s two ${path}/sub/link`, { check: true })
  return { session, path }
}

function entry({ path, type }: { readonly path: string; readonly type: string }): readonly [string, string] {
  return [path, type]
}

function md5(content: string | Uint8Array): string {
  return createHash('md5').update(content).digest('hex')
}

function decode(content: Uint8Array): string {
  return new TextDecoder().decode(content)
}
