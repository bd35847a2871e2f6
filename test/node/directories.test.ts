/** Directories between the disk and a real session: what survives, and what is told of the rest. */
import { execFileSync } from 'node:child_process'
import { createServer } from 'node:net'
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ConflictError, SandboxValidationError, type Session, SessionsClient } from '../../src/index.js'
import { type SkippedEntry, downloadToPath, uploadFromPath } from '../../src/node/index.js'
import { thrownBy } from '../support/client.js'
import { type IsolatedServer, isolatedServer } from 'sandbox-sessions-testkit/isolated-server'
import { treeOf } from 'sandbox-sessions-testkit/tree'

const git = (cwd: string, ...args: string[]): string =>
  execFileSync(
    'git',
    ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'init.defaultBranch=main', ...args],
    {
      cwd,
      encoding: 'utf8',
    },
  )

/** In few words, by the end of the path. */
const inShort = (base: string, skipped: readonly SkippedEntry[]): [path: string, part: string, reason: string][] =>
  skipped.map((each) => [path.relative(base, each.path), each.part, each.reason])

describe('directories', () => {
  let server: IsolatedServer
  let client: SessionsClient
  let session: Session
  let folder: string
  let source: string
  let target: string

  beforeAll(async () => {
    server = await isolatedServer()
    client = new SessionsClient({ apiUrl: server.url, bearerToken: server.token })
  })

  beforeEach(async () => {
    session = await client.createSession()
    folder = await mkdtemp(path.join(tmpdir(), 'sandbox-directories-'))
    source = path.join(folder, 'source')
    target = path.join(folder, 'target')
    await mkdir(source)
    return async () => {
      await session.delete()
      execFileSync('chmod', ['-R', 'u+rwX', folder])
      await rm(folder, { recursive: true, force: true })
    }
  })

  afterAll(async () => {
    client.close()
    await server[Symbol.asyncDispose]()
  })

  async function write(name: string, content = '', mode = 0o644): Promise<void> {
    await mkdir(path.dirname(path.join(source, name)), { recursive: true })
    await writeFile(path.join(source, name), content)
    await chmod(path.join(source, name), mode)
  }

  test('[A4] a copied node_modules runs its programs, and comes back the same', async () => {
    await write(
      'node_modules/tool/cli.js',
      '#!/usr/bin/env node\nconsole.log("the tool runs", require("lib"))\n',
      0o755,
    )
    await write('node_modules/tool/package.json', '{"name":"tool","bin":"cli.js"}')
    await write('node_modules/lib/index.js', 'module.exports = "with its library"\n')
    await mkdir(path.join(source, 'node_modules/.bin'))
    await symlink('../tool/cli.js', path.join(source, 'node_modules/.bin/tool'))
    await mkdir(path.join(source, 'node_modules/@scope'))
    await symlink('../lib', path.join(source, 'node_modules/@scope/lib'))
    const written = await uploadFromPath(session, source, 'project')
    expect(written.skipped).toEqual([])
    const run = await session.run('node_modules/.bin/tool', { cwd: 'project' })
    expect(run).toMatchObject({ stdout: 'the tool runs with its library\n', exitCode: 0 })
    expect(await downloadToPath(session, 'project', target)).toEqual({ skipped: [] })
    expect(await treeOf(target)).toEqual(await treeOf(source))
  })

  test('[A4] a copied git repository is one, and comes back the same', async () => {
    git(source, 'init', '-q')
    await write('run.sh', '#!/bin/sh\necho ran\n', 0o755)
    await write('docs/größe.md', 'x\n')
    await symlink('docs/größe.md', path.join(source, 'README.md'))
    git(source, 'add', '-A')
    git(source, 'commit', '-qm', 'first')
    git(source, 'pack-refs', '--all')
    git(source, 'branch', 'other')
    expect(await readdir(path.join(source, '.git/refs/tags'))).toEqual([])
    expect((await uploadFromPath(session, source, 'repository')).skipped).toEqual([])
    const { stdout, stderr, exitCode } = await session.run(
      'git status --porcelain --branch && git fsck --strict && git log --oneline | wc -l && ./run.sh && cat README.md',
      { cwd: 'repository' },
    )
    expect([stdout, exitCode], stderr).toEqual(['## main\n1\nran\nx\n', 0])
    // The index has the times of the files in it, and git would write it anew.
    expect(await downloadToPath(session, 'repository', target)).toEqual({ skipped: [] })
    const { '.git/index': ours, ...rest } = await treeOf(source)
    const { '.git/index': theirs, ...others } = await treeOf(target)
    expect(others).toEqual(rest)
    expect([ours, theirs]).toEqual([expect.any(String), expect.any(String)])
    expect(git(target, 'status', '--porcelain')).toBe('')
    git(target, 'fsck', '--strict')
  })

  test('[A4] modes, empty directories and links survive, whatever they are', async () => {
    for (const mode of [0o600, 0o755, 0o444, 0o666, 0o777, 0o640, 0o711])
      await write(`files/${mode.toString(8)}`, 'x', mode)
    await mkdir(path.join(source, 'empty/deep/deeper'), { recursive: true })
    await write('closed/inner/file', 'x', 0o400)
    await mkdir(path.join(source, 'closed/none'))
    await symlink('inner/file', path.join(source, 'closed/link'))
    await mkdir(path.join(source, 'links'))
    const links = {
      up: '../files/600',
      top: '..',
      self: 'self',
      nowhere: 'no such name',
      through: 'top/files',
      dot: '././..//files',
    }
    for (const [name, to] of Object.entries(links)) await symlink(to, path.join(source, 'links', name))
    for (const [name, mode] of [
      ['empty/deep', 0o700],
      ['closed/none', 0o500],
      ['closed/inner', 0o555],
      ['closed', 0o511],
    ] as const) {
      await chmod(path.join(source, name), mode)
    }
    await chmod(source, 0o750)
    expect((await uploadFromPath(session, source, 'a/tree')).skipped).toEqual([])
    expect((await downloadToPath(session, 'a/tree', target)).skipped).toEqual([])
    expect(await treeOf(target)).toEqual(await treeOf(source))
    expect((await stat(target)).mode & 0o777).toBe(0o750)
  })

  test('[A4] an empty directory, the root of the session, and a directory that is there', async () => {
    expect([...(await uploadFromPath(session, source, 'nothing/in/it'))]).toEqual([])
    expect((await session.files.stat('nothing/in/it')).type).toBe('directory')
    await write('sub/x', 'x', 0o755)
    await mkdir(path.join(source, 'hollow'))
    await chmod(source, 0o700)
    const before = (await session.files.stat('.')).permissions
    for (const root of ['', '.', './']) {
      const written = await uploadFromPath(session, source, root, { overwrite: true })
      expect([written.map((each) => each.path), written.skipped]).toEqual([['sub/x'], []])
    }
    expect((await session.files.stat('.')).permissions).toBe(before)
    await mkdir(target, { mode: 0o711 })
    await downloadToPath(session, '.', target)
    expect((await stat(target)).mode & 0o777).toBe(0o711)
    expect(Object.keys(await treeOf(target))).toEqual([
      'hollow',
      'nothing',
      'nothing/in',
      'nothing/in/it',
      'sub',
      'sub/x',
    ])
    expect(await thrownBy(() => uploadFromPath(session, source, '../outside'))).toBeInstanceOf(SandboxValidationError)
  })

  test('[A4] what is uploaded is still an array of files, equal to one without more', async () => {
    await write('b', 'B')
    await write('a', 'A')
    const written = await uploadFromPath(session, source, 'files')
    expect(written.map(({ path: each }) => each)).toEqual(['files/a', 'files/b'])
    expect(written).toEqual([...written])
    expect(JSON.stringify(written)).toBe(JSON.stringify([...written]))
    expect(written.skipped).toEqual([])
  })

  test('[A4] an upload tells what it leaves out, and takes the rest', async () => {
    await write('kept', 'x')
    const links = { absolute: '/etc/passwd', out: '../../secret', sly: 'in/../..', turn: 'kept/../..' }
    await mkdir(path.join(source, 'in'))
    for (const [name, to] of Object.entries(links)) await symlink(to, path.join(source, name))
    execFileSync('mkfifo', [path.join(source, 'pipe')])
    execFileSync('bash', ['-c', `printf x > $'${source}/not-\\xff-utf8'`])
    const listening = createServer().listen(path.join(source, 'socket'))
    const written = await uploadFromPath(session, source, 'part')
    listening.close()
    expect(written.map((each) => each.path)).toEqual(['part/kept'])
    expect(inShort(source, written.skipped)).toEqual([
      ['absolute', 'entry', expect.stringContaining('is absolute (/etc/passwd)')],
      ['not-\ufffd-utf8', 'entry', 'Its name is not UTF-8.'],
      ['out', 'entry', expect.stringContaining('out of the directory (../../secret)')],
      ['pipe', 'entry', expect.stringContaining('special file')],
      ['sly', 'entry', expect.stringContaining('out of the directory (in/../..)')],
      ['socket', 'entry', expect.stringContaining('special file')],
      ['turn', 'entry', expect.stringContaining('out of the directory (kept/../..)')],
    ])
    expect((await session.run('ls -A part')).stdout).toBe('in\nkept\n')
  })

  test('[A4] a download tells what it leaves out, and takes the rest', async () => {
    const script = [
      'mkdir -p d/sub d/ü d/locked && cd d && echo x > kept && echo x > ü/ß && ln -s /etc/passwd absolute && ln -s ../../secret sub/out',
      'ln -s sub/../../.. sly && mkfifo pipe && printf x > "$(printf "not-\\\\377-utf8")" && mkdir "$(printf "dir-\\\\377")"',
      'ln -s "$(printf "\\\\377")" vague && echo x > locked/in && chmod 0 locked',
      `python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'`,
    ].join('\n')
    expect(await session.run(script)).toMatchObject({ exitCode: 0, stderr: '' })
    const { skipped } = await downloadToPath(session, 'd', target)
    expect(inShort('d', skipped)).toEqual([
      ['absolute', 'entry', expect.stringContaining('is absolute (/etc/passwd)')],
      ['dir-\ufffd', 'entry', 'Its name is not UTF-8.'],
      ['locked', 'content', expect.stringContaining('may not read')],
      ['not-\ufffd-utf8', 'entry', 'Its name is not UTF-8.'],
      ['pipe', 'entry', expect.stringContaining('special file')],
      ['sly', 'entry', expect.stringContaining('out of the directory (sub/../../..)')],
      ['socket', 'entry', expect.stringContaining('special file')],
      ['sub/out', 'entry', expect.stringContaining('out of the directory (../../secret)')],
      ['vague', 'entry', expect.stringContaining('not UTF-8')],
    ])
    expect(Object.keys(await treeOf(target))).toEqual(['kept', 'locked', 'sub', 'ü', 'ü/ß'])
  })

  test('[A4] where no command can be run, files come through, and the rest is told', async () => {
    await write('bin/program', 'x', 0o755)
    await mkdir(path.join(source, 'hollow/in'), { recursive: true })
    await symlink('bin/program', path.join(source, 'link'))
    await chmod(path.join(source, 'bin'), 0o700)
    await session.pause()
    const written = await uploadFromPath(session, source, 'up')
    expect(written).toMatchObject([{ path: 'up/bin/program', permissions: 'rwxr-xr-x' }])
    expect(inShort(source, written.skipped)).toEqual([
      ['bin', 'permissions', expect.stringMatching(/rwx------.*No command can be run in the session: .*paused/)],
      ['hollow/in', 'entry', expect.stringContaining('paused')],
      ['link', 'entry', expect.stringContaining('paused')],
    ])
    await session.resume()
    expect((await uploadFromPath(session, source, 'up', { overwrite: true })).skipped).toEqual([])
    await session.pause()
    const { skipped } = await downloadToPath(session, 'up', target)
    expect(inShort('up', skipped)).toEqual([['link', 'entry', expect.stringContaining('paused')]])
    const { link: _, ...rest } = await treeOf(source)
    expect(await treeOf(target)).toEqual(rest)
  })

  test('[A4] a server that ignores the mode is helped by a command', async () => {
    await write('program', '#!/bin/sh\necho ran\n', 0o755)
    await write('-rf', 'x', 0o600)
    await write('plain', 'x', 0o644)
    // As one of version 1.1.0 does.
    const fetch = (input: string, init: RequestInit): Promise<Response> => {
      const url = new URL(input)
      url.searchParams.delete('mode')
      return globalThis.fetch(url.href, init)
    }
    await using older = new SessionsClient({ apiUrl: server.url, bearerToken: server.token, fetch })
    const own = await older.getSession(session.sessionId)
    expect((await uploadFromPath(own, path.join(source, 'program'), './single')).skipped).toEqual([])
    expect((await session.run('./single')).stdout).toBe('ran\n')
    expect((await uploadFromPath(own, source, 'up')).skipped).toEqual([])
    expect((await session.run('stat -c "%a %n" -- *', { cwd: 'up' })).stdout).toBe('600 -rf\n644 plain\n755 program\n')
    await session.pause()
    const written = await uploadFromPath(own, path.join(source, 'program'), 'paused')
    expect(written).toMatchObject([{ path: 'paused', size: 19 }])
    expect(inShort(source, written.skipped)).toEqual([
      ['program', 'permissions', expect.stringMatching(/should have rwxr-xr-x.*paused/)],
    ])
  })

  test('[A4] what is in the way of a link or a directory is replaced only with overwrite, and a directory never', async () => {
    await symlink('there', path.join(source, 'link'))
    await symlink('there', path.join(source, 'solid'))
    await mkdir(path.join(source, 'hollow'))
    await session.run('mkdir -p up/solid up/other && ln -s other up/link && echo x > up/hollow')
    const first = await uploadFromPath(session, source, 'up')
    expect(inShort(source, first.skipped)).toEqual([
      ['hollow', 'entry', expect.stringContaining('File exists')],
      ['link', 'entry', 'Something is there already.'],
      ['solid', 'entry', 'Something is there already.'],
    ])
    const second = await uploadFromPath(session, source, 'up', { overwrite: true })
    expect(inShort(source, second.skipped).map(([name]) => name)).toEqual(['hollow', 'solid'])
    expect((await session.run('readlink up/link; ls -A up/other up/solid')).stdout).toBe(
      'there\nup/other:\n\nup/solid:\n',
    )
    await write('file')
    await session.files.upload('up/file', 'x')
    expect(await thrownBy(() => uploadFromPath(session, source, 'up'))).toBeInstanceOf(ConflictError)
    await mkdir(target)
    await writeFile(path.join(target, 'link'), 'old')
    await session.files.delete('up/file')
    await session.files.delete('up/hollow')
    expect(await thrownBy(() => downloadToPath(session, 'up', target))).toMatchObject({ code: 'EEXIST' })
    expect(await readFile(path.join(target, 'link'), 'utf8')).toBe('old')
    await downloadToPath(session, 'up', target, { overwrite: true })
    expect((await treeOf(target))['link']).toBe('link to there')
  })

  test('[A4] names as long as they can be', async () => {
    const long = 'n'.repeat(255)
    await write(`${long}/${long}`, 'x')
    await symlink(long, path.join(source, 'l'.repeat(255)))
    await uploadFromPath(session, source, 'long')
    expect(await downloadToPath(session, 'long', target)).toEqual({ skipped: [] })
    expect(await treeOf(target)).toEqual(await treeOf(source))
  })

  test('[A4] hundreds of links, and of directories, take several commands', { timeout: 300_000 }, async () => {
    for (let index = 0; index < 600; index += 1) {
      await mkdir(path.join(source, 'directories', `${index}`.padStart(60, 'd')), { recursive: true })
      await mkdir(path.join(source, 'links'), { recursive: true })
      await symlink(`../directories/${index}`, path.join(source, 'links', `${index}`.padStart(60, 'l')))
    }
    expect((await uploadFromPath(session, source, 'many')).skipped).toEqual([])
    expect((await downloadToPath(session, 'many', target)).skipped).toEqual([])
    expect(await treeOf(target)).toEqual(await treeOf(source))
  })

  test('[A4] any name that a file can have goes up and comes down', { timeout: 300_000 }, async () => {
    const part = fc
      .oneof(
        fc.constantFrom(
          '-',
          '--',
          '-rf',
          '-n',
          "'",
          '"',
          '\\',
          '$(id)',
          '`id`',
          '*',
          '?',
          '[a]',
          '~',
          '\n',
          '\n\n',
          ' ',
          '\t',
          '%s',
          '%00',
          '#',
          '&',
          ';',
          '\u2028',
          'é',
          '大',
          '😀',
          '\u0001',
          '\u007f',
          '{}',
          '..x',
          'x//y',
        ),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
      )
      .map((text) => text.replaceAll(/[/\0]/g, '_'))
    const name = fc
      .array(part, { minLength: 1, maxLength: 3 })
      .map((parts) => parts.join(''))
      .filter((text) => text !== '.' && text !== '..' && !text.includes('\ufffd') && Buffer.byteLength(text) <= 200)
    let round = 0
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(name, { minLength: 4, maxLength: 8 }), async (names) => {
        round += 1
        const [from, to] = [path.join(folder, `from${round}`), path.join(folder, `to${round}`)]
        const [top = '', file = '', hollow = '', link = '', ...more] = names
        await mkdir(path.join(from, top), { recursive: true })
        await writeFile(path.join(from, top, file), 'content', { mode: 0o754 })
        await mkdir(path.join(from, top, hollow))
        await symlink(file, path.join(from, top, link))
        for (const each of more) await symlink(`${top}/${hollow}`, path.join(from, each))
        const written = await uploadFromPath(session, from, `round ${round}`)
        expect(written.skipped).toEqual([])
        expect(await downloadToPath(session, `round ${round}`, to)).toEqual({ skipped: [] })
        expect(await treeOf(to)).toEqual(await treeOf(from))
      }),
      { numRuns: 25 },
    )
  })
})
