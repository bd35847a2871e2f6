import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BubblewrapEngine } from '../dist/engines/bubblewrap/engine.js'
import { disksMissing, temporaryDirectory } from './engines/support.js'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { TestServer } from 'sandbox-sessions-testkit/test-server'

const disks = await disksMissing()
const maxDiskBytes = 4_000_000
const maxFileBytes = 3_000_000

/** So many times 100 kB. */
function chunks(count: number): ReadableStream<Uint8Array> {
  let left = count
  return new ReadableStream({
    pull: (controller) => {
      if (left === 0) controller.close()
      else controller.enqueue(randomBytes(100_000))
      left -= 1
    },
  })
}

function leftOf(details: unknown): number {
  return typeof details === 'object' && details !== null && 'left' in details ? Number(details.left) : Number.NaN
}

describe.each(['process', 'bubblewrap'] as const)('uploads that do not fit, on %s', (engine) => {
  let server: TestServer
  let id: string
  beforeAll(async () => {
    server = await TestServer.start({ engine, limits: { maxDiskBytes, maxFileBytes } })
    id = await server.session()
    await server.upload(id, 'path=kept', 'old')
  })
  afterAll(() => server.close())

  const everything = async () => String((await server.command(id, { command: 'find . | sort' })).json['stdout'])
  const expectUntouched = async () => {
    expect((await server.download(id, 'kept')).text).toBe('old')
    await eventually(async () => (await everything()) === '.\n./kept\n', 'nothing is left')
  }

  /** Sends without a Content-Length. */
  const stream = async (path: string, count: number) => {
    const init = {
      method: 'POST',
      headers: { authorization: `Bearer ${server.server.token ?? ''}`, 'content-type': 'application/octet-stream' },
      body: chunks(count),
      duplex: 'half',
    }
    const response = await fetch(`${server.server.url}/sessions/${id}/files?path=${path}&overwrite=true`, init)
    const error: unknown = await response.json()
    return { status: response.status, error }
  }

  test.each(['kept', 'new/er'])('too long for a file, without a Content-Length, at %s', async (path) => {
    expect(await stream(path, 31)).toMatchObject({
      status: 413,
      error: { error: 'FILE_TOO_LARGE', details: { limit: maxFileBytes } },
    })
    await expectUntouched()
  })

  test('too much for the session: by its own word, as it comes, and as a part of a form', async () => {
    const filler = await server.session()
    await server.command(filler, { command: 'head -c 2000000 /dev/urandom > filler' })
    const refusal = { error: 'QUOTA_EXCEEDED', details: { limit: maxDiskBytes } }
    const form = new FormData()
    form.append('file', new Blob([randomBytes(2_500_000)]), 'x')
    for (const body of [randomBytes(2_500_000), form]) {
      const { status, json } = await server.upload(filler, 'path=x', body)
      expect(status).toBe(413)
      expect(json).toMatchObject(refusal)
      const left = leftOf(json['details'])
      expect(left).toBeGreaterThan(1_500_000)
      expect(left).toBeLessThan(2_000_000)
    }
    const { json } = await server.call('GET', `/sessions/${filler}/files/list?recursive=true`)
    expect(json).toMatchObject({ total: 1 })
    expect((await server.upload(filler, 'path=x', randomBytes(1_500_000))).status).toBe(201)
    await server.call('DELETE', `/sessions/${filler}`)
  })

  test('what is uploaded counts at once, and what is deleted no more', async () => {
    const other = await server.session()
    const upload = (name: string) => server.upload(other, `path=${name}`, randomBytes(1_500_000))
    expect([(await upload('a')).status, (await upload('b')).status, (await upload('c')).status]).toEqual([
      201, 201, 413,
    ])
    await server.call('DELETE', `/sessions/${other}/files?filePath=a`)
    await eventually(async () => (await upload('c')).status === 201, 'there is room again')
    await server.command(other, { command: 'rm b' })
    await eventually(async () => (await upload('d')).status === 201, 'and again')
    await server.call('DELETE', `/sessions/${other}`)
  })

  test('uploads under way count together', async () => {
    const other = await server.session()
    const answers = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) => server.upload(other, `path=${name}`, randomBytes(1_500_000))),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(2)
    expect(answers.filter(({ json }) => json['error'] === 'QUOTA_EXCEEDED')).toHaveLength(2)
    await server.call('DELETE', `/sessions/${other}`)
  })

  test('what breaks off leaves the old file, nothing beside it, and its room', async () => {
    for (const type of ['application/octet-stream', 'multipart/form-data; boundary=b']) {
      for (const path of ['kept', 'new/er']) {
        const upload = httpRequest(`${server.server.url}/sessions/${id}/files?path=${path}&overwrite=true`, {
          method: 'POST',
          agent: false,
          headers: {
            authorization: `Bearer ${server.server.token ?? ''}`,
            'content-type': type,
            'content-length': 2_900_000,
          },
        })
        upload.on('error', () => undefined)
        await once(upload, 'socket')
        upload.write('--b\r\ncontent-disposition: form-data; name="file"; filename="f"\r\n\r\n')
        await new Promise((resolve) => upload.write(randomBytes(2_000_000), resolve))
        await eventually(async () => (await everything()).includes('.sandbox-upload-'), 'the upload is under way')
        upload.destroy()
        await expectUntouched()
      }
    }
    expect((await server.upload(id, 'path=kept&overwrite=true', randomBytes(2_900_000))).status).toBe(201)
    // The old file stays until the new one is whole, so there has to be room for both.
    expect((await server.upload(id, 'path=kept&overwrite=true', randomBytes(2_000_000))).status).toBe(413)
    await server.call('DELETE', `/sessions/${id}/files?filePath=kept`)
    await eventually(async () => (await server.upload(id, 'path=kept', 'old')).status === 201, 'there is room')
  })
})

test.skipIf(disks !== undefined)(
  `programs are bounded as uploads are${disks === undefined ? '' : ` (${disks})`}`,
  async () => {
    const server = await TestServer.start({ engine: 'bubblewrap', limits: { maxDiskBytes: 32_000_000 } })
    const id = await server.session()
    const other = await server.session()
    const { json } = await server.command(id, { command: 'head -c 100M /dev/zero > filler' })
    expect(json['stderr']).toContain('No space left on device')
    const upload = (session: string) => server.upload(session, 'path=file', randomBytes(1_000_000))
    const refused = await upload(id)
    expect([refused.status, refused.json['error']]).toEqual([413, 'QUOTA_EXCEEDED'])
    expect((await upload(other)).status).toBe(201)
    await server.command(id, { command: 'rm filler' })
    await eventually(async () => (await upload(id)).status === 201, 'there is room again')
    const before = (await server.download(id, 'file')).text
    const again = await server.restart()
    expect((await again.download(id, 'file')).text).toBe(before)
    expect((await again.command(id, { command: 'df -B1 --output=size . | tail -1' })).json['stdout']).toMatch(
      /^ *2\d{7}\n$/,
    )
    await again.close()
  },
)

test('no file is longer than the sandbox lets one be', async () => {
  const directory = temporaryDirectory()
  const engine = new BubblewrapEngine({ dataDir: directory.path, limits: { fileBytes: 1_000_000 } })
  const server = await TestServer.start({ engine })
  const id = await server.session()
  const { status, json } = await server.upload(id, 'path=x', randomBytes(1_500_000))
  expect([status, json['error']]).toEqual([413, 'FILE_TOO_LARGE'])
  expect((await server.call('GET', `/sessions/${id}/files/list`)).json['total']).toBe(0)
  await server.close()
  directory.remove()
})
