/** Downloads from a server, and out of a session, that mean harm: nothing is written outside of the target. */
import {
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  readdir,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import * as fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { SandboxConnectionError, type Session, SessionsClient } from '../../src/index.js'
import { type DownloadReport, downloadToPath } from '../../src/node/index.js'
import { linkFault } from '../../src/node/link-policy.js'
import { thrownBy } from '../support/client.js'
import { type Fixture, httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { treeOf } from 'sandbox-sessions-testkit/tree'
import { wireSession } from '../support/wire.js'

interface Told {
  readonly path: string
  readonly type: string
  readonly permissions?: string
  /** Where a link leads, or so the session says. */
  readonly target?: string
}

/** A session whose files are what the test says, each with the content "evil". */
async function lyingServer(files: readonly Told[]): Promise<Fixture> {
  const entries = files.map(({ target: _, ...file }) => ({ name: path.posix.basename(file.path), size: 4, ...file }))
  return await httpFixture((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost')
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      if (url.pathname.endsWith('/stat')) respond(response, 200, { name: 'd', path: 'd', type: 'directory', size: 0 })
      else if (url.pathname.endsWith('/list')) {
        respond(response, 200, { files: entries, total: entries.length, limit: 1000, offset: 0 })
      } else if (url.pathname.endsWith('/files')) response.end('evil')
      else if (url.pathname.endsWith('/commands')) respond(response, 200, answer(body))
      else respond(response, 200, wireSession())
    })
  })
  function answer(body: string): unknown {
    const links = files.filter(({ type }) => type === 'symlink')
    const stdout = body.includes('readlink') ? links.map(({ target = '' }) => `${target}0\0`).join('') : ''
    return { status: 'completed', exitCode: 0, stdout, stderr: '' }
  }
}

describe('a download', () => {
  let folder: string
  let target: string

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sandbox-hostile-'))
    target = path.join(folder, 'target')
    await mkdir(path.join(folder, 'precious'))
    await writeFile(path.join(folder, 'precious/file'), 'mine')
    return () => rm(folder, { recursive: true, force: true })
  })

  async function download(files: readonly Told[], overwrite = false): Promise<DownloadReport> {
    await using server = await lyingServer(files)
    await using client = new SessionsClient({ apiUrl: server.url })
    const session: Session = await client.getSession(wireSession().sessionId)
    return await downloadToPath(session, 'd', target, { overwrite })
  }

  async function expectUntouched(): Promise<void> {
    expect(await readdir(folder)).toEqual(expect.arrayContaining(['precious']))
    expect((await readdir(folder)).filter((name) => name !== 'precious' && name !== 'target')).toEqual([])
    expect(await readdir(path.join(folder, 'precious'))).toEqual(['file'])
    expect((await lstat(path.join(folder, 'precious/file'))).isFile()).toBe(true)
    expect(await readFile(path.join(folder, 'precious/file'), 'utf8')).toBe('mine')
  }

  test.each(['../x', 'd/../../x', '/etc/x', '..', 'd', 'd/..', 'd/\0', 'd/\ud800'])(
    '[A4] is refused the place %j',
    async (place) => {
      for (const type of ['file', 'directory', 'symlink']) {
        const call = (): Promise<unknown> => download([{ path: place, type, target: 'x' }], true)
        expect(await thrownBy(call), type).toBeInstanceOf(SandboxConnectionError)
      }
      await expectUntouched()
    },
  )

  test.each(['/etc', '../precious', '..', 'd/../..', './../x', 'dir/../../precious', 'link/..', 'link/../..', ''])(
    '[A4] makes no link to %j',
    async (to) => {
      const { skipped } = await download([
        { path: 'd/dir', type: 'directory' },
        { path: 'd/link', type: 'symlink', target: to },
      ])
      expect(skipped.map((each) => [each.path, each.part])).toEqual([['d/link', 'entry']])
      expect(await readdir(target)).toEqual(['dir'])
      await expectUntouched()
    },
  )

  test.each([false, true])(
    '[A4] writes nothing through a link that comes with it (overwrite %s)',
    async (overwrite) => {
      const call = (): Promise<unknown> =>
        download(
          [
            { path: 'd/l', type: 'symlink', target: 'inside' },
            { path: 'd/l/file', type: 'file' },
            { path: 'd/inside', type: 'directory' },
          ],
          overwrite,
        )
      // A name can't be both: the link is what is refused.
      expect(String(await thrownBy(call))).toMatch(/EEXIST|EISDIR|ENOTEMPTY/)
      expect((await lstat(path.join(target, 'l'))).isDirectory()).toBe(true)
      expect(await readdir(path.join(target, 'inside'))).toEqual([])
      await expectUntouched()
    },
  )

  test.each([false, true])('[A4] writes nothing through a link that stands there (overwrite %s)', async (overwrite) => {
    await mkdir(target)
    await symlink('../precious', path.join(target, 'dir'))
    for (const files of [
      [{ path: 'd/dir', type: 'directory' }],
      [{ path: 'd/dir/file', type: 'file' }],
      [{ path: 'd/dir/link', type: 'symlink', target: 'x' }],
      [{ path: 'd/dir/more', type: 'directory' }],
    ]) {
      expect(await thrownBy(() => download(files, overwrite))).toMatchObject({ code: 'EEXIST' })
      await expectUntouched()
    }
  })

  test('[A4] replaces a link at its own place, and not what it leads to', async () => {
    await mkdir(target)
    await symlink('../precious/file', path.join(target, 'file'))
    expect(await thrownBy(() => download([{ path: 'd/file', type: 'file' }]))).toMatchObject({ code: 'EEXIST' })
    await download([{ path: 'd/file', type: 'file' }], true)
    expect((await lstat(path.join(target, 'file'))).isFile()).toBe(true)
    await symlink('../precious', path.join(target, 'dir'))
    await download([{ path: 'd/dir', type: 'symlink', target: 'file' }], true)
    expect(await readlink(path.join(target, 'dir'))).toBe('file')
    await expectUntouched()
  })

  test('[A4] may go into a directory that the caller’s own link leads to', async () => {
    await mkdir(path.join(folder, 'target-of-link'))
    await symlink('target-of-link', target)
    await download([{ path: 'd/file', type: 'file' }])
    expect(await readdir(path.join(folder, 'target-of-link'))).toEqual(['file'])
    await rm(path.join(folder, 'target-of-link'), { recursive: true })
  })

  test('[A4] gives nothing setuid, setgid or sticky, and no mode that is none', async () => {
    const permissions = ['rwsr-sr-t', 'rwxrwxrwx', 'rws------', '4755', '', 'rwxrwxrwxrwx', 'rw-r-----']
    await download([
      ...permissions.map((each, index) => ({ path: `d/${index}`, type: 'file', permissions: each })),
      { path: 'd/dir', type: 'directory', permissions: 'rwxrwsrwt' },
    ])
    const modes = await Promise.all(
      permissions.map(async (_, index) => (await stat(path.join(target, `${index}`))).mode & 0o7777),
    )
    await writeFile(path.join(folder, 'usual'), '')
    const usual = (await stat(path.join(folder, 'usual'))).mode & 0o7777
    expect(modes).toEqual([usual, 0o777, usual, usual, usual, usual, 0o640])
    expect((await stat(path.join(target, 'dir'))).mode & 0o7000).toBe(0)
  })

  test('[A4] lists what is of no type that it knows', async () => {
    const { skipped } = await download([{ path: 'd/x', type: 'wormhole' }])
    const told = skipped.map((each) => [each.path, each.part, each.reason])
    expect(told).toEqual([['d/x', 'entry', expect.stringContaining('wormhole')]])
  })

  test('[A4] believes no more links than it asked for, and none that was left out', async () => {
    await using server = await httpFixture((request, response) => {
      const file = { name: 'l', path: 'd/l', type: 'symlink', size: 1 }
      if (request.url?.includes('/stat') === true) respond(response, 200, { ...file, path: 'd', type: 'directory' })
      else if (request.url?.includes('/list') === true) {
        respond(response, 200, { files: [file, { ...file, path: 'd/m' }], total: 2, limit: 1000, offset: 0 })
      } else if (request.url?.endsWith('/commands') === true) {
        request.resume()
        const stdout = commands.shift() ?? ''
        respond(response, 200, { status: 'completed', exitCode: 0, stdout, stderr: '' })
      } else respond(response, 200, wireSession())
    })
    const commands = ['first0\0', 'second0\0third0\0fourth0\0']
    await using client = new SessionsClient({ apiUrl: server.url })
    const session = await client.getSession(wireSession().sessionId)
    expect(await downloadToPath(session, 'd', target)).toEqual({ skipped: [] })
    expect(await treeOf(target)).toEqual({ l: 'link to first', m: 'link to second' })
    commands.push('cut off')
    const { skipped } = await downloadToPath(session, 'd', path.join(folder, 'again'))
    expect(skipped.map((each) => each.path)).toEqual(['d/l', 'd/m'])
    expect(await readdir(path.join(folder, 'again'))).toEqual([])
    await rm(path.join(folder, 'again'), { recursive: true })
  })
})

test('[A4] whatever links a tree has, those that are carried stay in it', async () => {
  const part = fc.constantFrom('a', 'b', 'c', '.', '..', '', 'l', 'm')
  const place = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 })
  const link = fc.record({
    place,
    name: fc.constantFrom('l', 'm'),
    target: fc.array(part, { minLength: 1, maxLength: 6 }),
  })
  const folder = await realpath(await mkdtemp(path.join(tmpdir(), 'sandbox-links-')))
  let round = 0
  let carried = 0
  await fc.assert(
    fc.asyncProperty(fc.array(link, { minLength: 1, maxLength: 6 }), async (links) => {
      round += 1
      const top = path.join(folder, `${round}`, 'above', 'top')
      const directories = new Set<string>([''])
      for (const { place: parts } of links)
        parts.forEach((_, index) => directories.add(parts.slice(0, index + 1).join('/')))
      for (const directory of directories) await mkdir(path.join(top, directory), { recursive: true })
      const made: string[] = []
      for (const { place: parts, name, target } of links) {
        const at = [...parts, name].join('/')
        if (made.includes(at) || linkFault(at, target.join('/'), (each) => directories.has(each)) !== undefined)
          continue
        await symlink(target.join('/'), path.join(top, at))
        made.push(at)
      }
      for (const at of made) {
        // It leads nowhere, in a circle, or into the tree.
        const end = await realpath(path.join(top, at)).catch(() => top)
        expect(end === top || end.startsWith(`${top}/`), `${at} leads to ${end}`).toBe(true)
        carried += 1
      }
    }),
    { numRuns: 300 },
  )
  expect(carried).toBeGreaterThan(100)
  await rm(folder, { recursive: true, force: true })
})
