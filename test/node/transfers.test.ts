/** Files and directories between the disk and a real session. */
import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  ConflictError,
  FileNotFoundError,
  type Progress,
  SandboxConnectionError,
  type Session,
  SessionsClient,
} from '../../src/index.js'
import { downloadToPath, uploadFromPath } from '../../src/node/index.js'
import { thrownBy } from '../support/client.js'
import { cuttingProxy } from 'sandbox-sessions-testkit/cutting-proxy'
import { httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { type IsolatedServer, isolatedServer } from 'sandbox-sessions-testkit/isolated-server'
import { seeded } from 'sandbox-sessions-testkit/random'
import { wireSession } from '../support/wire.js'

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

describe('transfers', () => {
  let server: IsolatedServer
  let client: SessionsClient
  let session: Session
  let folder: string

  beforeAll(async () => {
    server = await isolatedServer()
    client = new SessionsClient({ apiUrl: server.url, bearerToken: server.token })
    session = await client.createSession()
  })

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sandbox-transfers-'))
    return () => rm(folder, { recursive: true, force: true })
  })

  afterAll(async () => {
    client.close()
    await server[Symbol.asyncDispose]()
  })

  test.each([0, 1, 300_000, 20_000_000])('a file of %i bytes goes up and comes down the same', async (size) => {
    const source = path.join(folder, 'source')
    const target = path.join(folder, 'target')
    await writeFile(source, randomBytes(size))
    const up: Progress[] = []
    const down: Progress[] = []
    const written = await uploadFromPath(session, source, 'up/file', {
      overwrite: true,
      verify: true,
      onProgress: (progress) => up.push(progress),
    })
    expect(written).toMatchObject([{ path: 'up/file', size }])
    await downloadToPath(session, 'up/file', target, { verify: true, onProgress: (progress) => down.push(progress) })
    expect(await sha256(target)).toBe(await sha256(source))
    expect((await readdir(folder)).sort()).toEqual(['source', 'target'])
    if (size > 0)
      expect([up.at(-1), down.at(-1)]).toEqual([
        { loaded: size, total: size },
        { loaded: size, total: size },
      ])
  })

  test('a directory goes up and comes down the same', async () => {
    const files: Record<string, string> = { a: 'A', 'sub/b c': 'B', 'sub/deep/ü': 'Ü', 'sub/empty': '' }
    for (const [name, content] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(folder, 'source', name)), { recursive: true })
      await writeFile(path.join(folder, 'source', name), content)
    }
    await symlink('a', path.join(folder, 'source', 'link'))
    await symlink('nowhere', path.join(folder, 'source', 'broken'))
    const progress: Progress[] = []
    const written = await uploadFromPath(session, path.join(folder, 'source'), 'tree', {
      concurrency: 2,
      onProgress: (each) => progress.push(each),
    })
    expect(written.map((file) => file.path)).toEqual(['tree/a', 'tree/sub/b c', 'tree/sub/deep/ü', 'tree/sub/empty'])
    expect(progress.at(-1)).toEqual({ loaded: 4, total: 4 })
    await session.run('mkdir tree/hollow && ln -s /etc/passwd tree/out')
    await downloadToPath(session, 'tree', path.join(folder, 'target'))
    const found = await readdir(path.join(folder, 'target'), { recursive: true, withFileTypes: true })
    expect(found.filter((entry) => entry.isFile())).toHaveLength(4)
    expect(found.map((entry) => entry.name)).toContain('hollow')
    expect(found.map((entry) => entry.name)).not.toContain('out')
    for (const [name, content] of Object.entries(files)) {
      expect(await readFile(path.join(folder, 'target', name), 'utf8')).toBe(content)
    }
  })

  test('what is there is replaced only with overwrite', async () => {
    const local = path.join(folder, 'file')
    await writeFile(local, 'old')
    await session.files.upload('taken', 'new')
    expect(await thrownBy(() => uploadFromPath(session, local, 'taken'))).toBeInstanceOf(ConflictError)
    expect(await thrownBy(() => downloadToPath(session, 'taken', local))).toMatchObject({ code: 'EEXIST' })
    expect(await readFile(local, 'utf8')).toBe('old')
    await downloadToPath(session, 'taken', local, { overwrite: true })
    expect(await readFile(local, 'utf8')).toBe('new')
    expect(await readdir(folder)).toEqual(['file'])
  })

  test('what is not there is told', async () => {
    const nowhere = path.join(folder, 'nowhere')
    expect(await thrownBy(() => uploadFromPath(session, nowhere, 'a'))).toMatchObject({ code: 'ENOENT' })
    expect(await thrownBy(() => downloadToPath(session, 'nowhere', nowhere))).toBeInstanceOf(FileNotFoundError)
    expect(await readdir(folder)).toEqual([])
  })

  test('the caller’s signal ends a transfer of many files, with its reason', async () => {
    for (let index = 0; index < 20; index += 1) await writeFile(path.join(folder, String(index)), randomBytes(200_000))
    const controller = new AbortController()
    const reason = new Error('enough')
    const call = uploadFromPath(session, folder, 'aborted', {
      signal: controller.signal,
      onProgress: ({ loaded }) => {
        if (loaded > 300_000) controller.abort(reason)
      },
    })
    expect(await thrownBy(() => call)).toBe(reason)
    const arrived = await session.files.list('.', { recursive: true }).toArray()
    expect(arrived.filter((file) => file.path.startsWith('aborted/')).length).toBeLessThan(20)
  })

  test('a server that lists paths outside of the directory writes nothing there', async () => {
    const entry = { name: 'x', type: 'file', size: 1 }
    await using hostile = await httpFixture((request, response) => {
      if (request.url?.includes('/stat') === true) respond(response, 200, { ...entry, path: 'd', type: 'directory' })
      else if (request.url?.includes('/list') === true) {
        respond(response, 200, { files: [{ ...entry, path: 'd/../../x' }], total: 1, limit: 200, offset: 0 })
      } else respond(response, 200, wireSession())
    })
    const bad = await new SessionsClient({ apiUrl: hostile.url }).getSession(wireSession().sessionId)
    const error = await thrownBy(() => downloadToPath(bad, 'd', path.join(folder, 'in')))
    expect(error).toBeInstanceOf(SandboxConnectionError)
    expect(String(error)).toContain('outside')
    expect(await readdir(folder, { recursive: true })).toEqual(['in'])
  })

  test('a download of 200 MB that is cut at ten places is whole and correct', { timeout: 180_000 }, async () => {
    const size = 200_000_000
    await session.run(`head -c ${size} /dev/urandom > large`)
    const sum = (await session.run('sha256sum large')).stdout.split(' ')[0]
    const random = seeded(20261122)
    // Each cut counts the bytes of its own connection; together they fall all over the file.
    const cuts = Array.from({ length: 10 }, () => random.below(size / 6))
    await using proxy = await cuttingProxy(server.url, cuts)
    const cut = new SessionsClient({
      apiUrl: proxy.url,
      bearerToken: server.token,
      maxRetryDelayMs: 20,
      maxRetries: 12,
    })
    const own = await cut.getSession(session.sessionId)
    const target = path.join(folder, 'large')
    await downloadToPath(own, 'large', target)
    expect(await sha256(target)).toBe(sum)
    expect(proxy.count).toBeGreaterThan(10)
    cut.close()
  })

  test('a download that can not go on leaves no short file', async () => {
    await session.files.upload('small', randomBytes(2_000_000), { overwrite: true })
    await using proxy = await cuttingProxy(
      server.url,
      Array.from({ length: 40 }, (_, index) => (index === 0 ? 5000 : 500_000)),
    )
    const cut = new SessionsClient({ apiUrl: proxy.url, bearerToken: server.token, maxRetries: 0 })
    const error = await thrownBy(async () => {
      const own = await cut.getSession(session.sessionId)
      await downloadToPath(own, 'small', path.join(folder, 'small'))
    })
    expect(error).toBeInstanceOf(SandboxConnectionError)
    expect(await readdir(folder)).toEqual([])
    cut.close()
  })
})
