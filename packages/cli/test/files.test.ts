/** Files in both directions. */
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  type Ended,
  newSession,
  program,
  sandbox,
  sandboxJson,
  shell,
  start,
  temporaryDirectory,
} from './support/sandbox.js'

describe('put and get', () => {
  test('move a file there and back', async () => {
    const session = await newSession()
    const directory = await temporaryDirectory()
    const bytes = randomBytes(3_000_000)
    await writeFile(path.join(directory, 'data.bin'), bytes)
    const put = await sandbox(['put', 'data.bin', `${session.sessionId}:`], { cwd: directory })
    expect(put).toMatchObject({ code: 0, stdout: '' })
    expect(put.stderr).toMatch(/^data\.bin: 3\.0 MB in \S+\n$/)
    const get = await sandbox(['get', `${session.sessionId.slice(0, 13)}:data.bin`, 'back/'], { cwd: directory })
    expect([get.code, get.stderr]).toEqual([1, expect.stringContaining('ENOENT')])
    await mkdir(path.join(directory, 'back'))
    expect((await sandbox(['get', `${session.sessionId}:data.bin`, 'back'], { cwd: directory })).code).toBe(0)
    // toEqual looks at every byte on its own.
    expect(bytes.equals(await readFile(path.join(directory, 'back/data.bin')))).toBe(true)
  })

  test('replace only with --overwrite', async () => {
    const session = await newSession()
    const directory = await temporaryDirectory()
    await writeFile(path.join(directory, 'f'), 'new')
    await session.files.upload('f', 'old')
    const remote = `${session.sessionId}:f`
    expect((await sandbox(['put', 'f', remote], { cwd: directory })).code).toBe(5)
    expect(await sandbox(['get', remote], { cwd: directory })).toEqual({
      code: 5,
      stdout: '',
      stderr: 'sandbox-sessions: f exists. Use --overwrite to replace it.\n',
    })
    expect((await sandbox(['get', '--overwrite', remote], { cwd: directory })).code).toBe(0)
    expect(await readFile(path.join(directory, 'f'), 'utf8')).toBe('old')
    await writeFile(path.join(directory, 'f'), 'new')
    expect((await sandbox(['put', '--overwrite', 'f', remote], { cwd: directory })).code).toBe(0)
    expect(await (await session.files.download('f')).text()).toBe('new')
  })

  test('move whole directories', async () => {
    const session = await newSession()
    const directory = await temporaryDirectory()
    await mkdir(path.join(directory, 'tree/inner'), { recursive: true })
    await writeFile(path.join(directory, 'tree/a'), 'a')
    await writeFile(path.join(directory, 'tree/inner/b'), 'bb')
    const tree = path.join(directory, 'tree')
    expect(await sandboxJson('put', tree, `${session.sessionId}:to/`)).toMatchObject([
      { path: 'to/tree/a', size: 1 },
      { path: 'to/tree/inner/b', size: 2 },
    ])
    const back = path.join(directory, 'back')
    expect(await sandboxJson('get', `${session.sessionId}:to/tree`, back)).toEqual({
      path: 'to/tree',
      local: back,
      size: 3,
    })
    expect((await readdir(back, { recursive: true })).sort()).toEqual(['a', 'inner', 'inner/b'])
  })

  test('stream standard input and output, of any bytes', async () => {
    const session = await newSession()
    const bytes = randomBytes(2_000_000)
    const put = await sandbox(['put', '-', `${session.sessionId}:piped`], { input: bytes })
    expect(put.code, put.stderr).toBe(0)
    const sum = createHash('sha256').update(bytes).digest('hex')
    expect((await session.run('sha256sum piped')).stdout).toBe(`${sum}  piped\n`)
    await session.files.upload('text', 'grüße\n')
    expect(await sandbox(['get', `${session.sessionId}:text`, '-'])).toEqual({ code: 0, stdout: 'grüße\n', stderr: '' })
    expect((await sandbox(['put', '-', `${session.sessionId}:`])).code).toBe(2)
  })

  test('[C4] take absolute paths below the workspace for the relative ones that they mean', async () => {
    const { sessionId, files } = await newSession()
    const directory = await temporaryDirectory()
    await writeFile(path.join(directory, 'f'), 'content')
    const at = { cwd: directory }
    for (const remote of ['/workspace/a', '/workspace', '/workspace/', '/workspace/dir/', '.']) {
      expect(await sandbox(['put', 'f', `${sessionId}:${remote}`, '--overwrite'], at)).toMatchObject({ code: 0 })
    }
    const names = (await files.list(undefined, { recursive: true }).toArray()).map((file) => file.path)
    expect(names).toEqual(['a', 'dir', 'dir/f', 'f'])
    expect((await sandbox(['get', `${sessionId}:/workspace/a`], at)).code).toBe(0)
    expect(await readFile(path.join(directory, 'a'), 'utf8')).toBe('content')
    expect((await sandbox(['get', `${sessionId}:/workspace/dir/f`, '-'])).stdout).toBe('content')
    expect((await sandbox(['get', `${sessionId}:/workspace`, 'all'], at)).code).toBe(0)
    expect((await readdir(path.join(directory, 'all'), { recursive: true })).sort()).toEqual(['a', 'dir', 'dir/f', 'f'])
    expect((await sandbox(['files', '-q', `${sessionId}:/workspace/dir`])).stdout).toBe('dir/f\n')
    expect((await sandbox(['files', '-q', `${sessionId}:/workspace`])).stdout).toBe('a\ndir\nf\n')
    expect((await sandbox(['files', 'rm', `${sessionId}:/workspace/a`])).code).toBe(0)
    expect((await sandbox(['files', '-q', sessionId])).stdout).toBe('dir\nf\n')
  })

  test.each([
    ['put', 'f', 'SESSION:/etc/passwd'],
    ['get', 'SESSION:/etc/passwd'],
    ['files', 'SESSION:/'],
    ['files', 'rm', 'SESSION:/workspaces'],
  ])('[C4] say what an absolute path elsewhere should be: %s %s', async (...args) => {
    const { sessionId } = await newSession()
    const ended = await sandbox(args.map((each) => each.replace('SESSION', sessionId)))
    expect(ended.code).toBe(2)
    expect(ended.stderr).toMatch(
      /^sandbox-sessions: "\/\S*" is outside of \/workspace\. Give a path below it, or one relative to it\.\n$/,
    )
  })

  test('[C4] name the options of the command in what a server says', async () => {
    const session = await newSession()
    const directory = await temporaryDirectory()
    await writeFile(path.join(directory, 'f'), 'x')
    await session.files.upload('dir/f', 'x')
    const there = await sandbox(['put', 'f', `${session.sessionId}:dir/f`], { cwd: directory })
    expect(there.stderr).toMatch(/^sandbox-sessions: dir\/f exists\. Use --overwrite to replace it\. \(request id/)
    const full = await sandbox(['files', 'rm', `${session.sessionId}:dir`])
    expect(full.stderr).toMatch(/^sandbox-sessions: dir is not empty\. Use --recursive to delete everything in it\. \(/)
  })

  test('[A3] put reads pipes and standard input, whatever they are, to their end', async () => {
    const session = await newSession()
    const id = session.sessionId
    const bash = (line: string, input = ''): Promise<Ended> =>
      shell(line.replaceAll('SANDBOX', `'${process.execPath}' '${program}'`).replaceAll('ID', id), input)
    expect(await bash('SANDBOX -q put <(echo hello) ID:substituted')).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(await bash('echo hello | SANDBOX -q put /dev/stdin ID:piped')).toMatchObject({ code: 0, stderr: '' })
    // What Node gives its children is a socket.
    expect(await bash('SANDBOX -q put /dev/stdin ID:socket', 'hello\n')).toMatchObject({ code: 0, stderr: '' })
    expect(await bash('SANDBOX -q put /dev/fd/0 ID:here <<< hello')).toMatchObject({ code: 0, stderr: '' })
    expect(await bash('SANDBOX -q put /proc/cpuinfo ID:cpuinfo')).toMatchObject({ code: 0, stderr: '' })
    const { stdout } = await session.run('cat substituted piped socket here; test -s cpuinfo && echo full')
    expect(stdout).toBe('hello\nhello\nhello\nhello\nfull\n')
  })

  test('[A3] put refuses what has no end, and a pipe that nobody writes to can be interrupted', async () => {
    const { sessionId } = await newSession()
    const refused = await sandbox(['put', '/dev/zero', `${sessionId}:zero`])
    expect(refused.code).toBe(2)
    expect(refused.stderr).toMatch(/^sandbox-sessions: \/dev\/zero is a device that may never end[^\n]*\n$/)
    const directory = await temporaryDirectory()
    expect(await shell(`mkfifo '${directory}/pipe'`)).toMatchObject({ code: 0 })
    const { child, ended } = start(['put', path.join(directory, 'pipe'), `${sessionId}:pipe`])
    // The pipe can be written to without waiting as soon as somebody has opened it to read.
    await shell(`exec 3>'${directory}/pipe'; kill -INT ${child.pid ?? 0}; tail --pid=${child.pid ?? 0} -f /dev/null`)
    expect((await ended).code).toBe(130)
  })

  test('[A4] put and get keep modes, links and empty directories, and tell what they leave out', async () => {
    const session = await newSession()
    const id = session.sessionId
    const directory = await temporaryDirectory()
    const made = await shell(
      [
        `cd '${directory}' && mkdir -p tree/.bin tree/hollow && printf '#!/bin/sh\\necho ran\\n' > tree/program`,
        'chmod 755 tree/program && ln -s ../program tree/.bin/run && ln -s /etc/passwd "tree/$(printf "out\\033")"',
      ].join('\n'),
    )
    expect(made).toEqual({ code: 0, stdout: '', stderr: '' })
    const put = await sandbox(['put', '--quiet', 'tree', `${id}:`], { cwd: directory })
    expect([put.code, put.stdout]).toEqual([0, ''])
    expect(put.stderr).toMatch(/^sandbox-sessions: tree\/out\\u001b: left out: The link is absolute [^\n]*\n$/)
    expect((await session.run('tree/.bin/run && ls -d tree/hollow')).stdout).toBe('ran\ntree/hollow\n')
    await session.run('ln -s ../../etc tree/escape')
    const get = await sandbox(['--json', 'get', `${id}:tree`, 'back'], { cwd: directory })
    expect([get.code, JSON.parse(get.stdout)]).toEqual([
      0,
      { path: 'tree', local: path.join(directory, 'back'), size: 19 },
    ])
    const reason = 'The link leads out of the directory (../../etc).'
    expect(JSON.parse(get.stderr)).toEqual({ skipped: { path: 'tree/escape', part: 'entry', reason } })
    expect((await shell(`cd '${directory}/back' && .bin/run && ls -A`)).stdout).toBe('ran\n.bin\nhollow\nprogram\n')
  })

  test('[A4] put and get keep the mode of a single file, and standard input has none', async () => {
    const session = await newSession()
    const id = session.sessionId
    const directory = await temporaryDirectory()
    await writeFile(path.join(directory, 'program'), '#!/bin/sh\necho ran\n', { mode: 0o750 })
    expect((await sandbox(['put', 'program', `${id}:`], { cwd: directory })).code).toBe(0)
    expect((await session.files.stat('program')).permissions).toBe('rwxr-x---')
    expect((await sandbox(['put', '--overwrite', '-', `${id}:program`], { input: 'other' })).code).toBe(0)
    expect((await session.files.stat('program')).permissions).toBe('rwxr-x---')
    expect((await sandbox(['get', `${id}:program`, 'back'], { cwd: directory })).code).toBe(0)
    expect((await stat(path.join(directory, 'back'))).mode & 0o777).toBe(0o750)
  })

  test.each([
    [['put', 'x', 'nocolon'], 2],
    [['get', 'abcd:'], 2],
    [['put', '/nowhere', 'SESSION:x'], 1],
    [['get', 'SESSION:nothing'], 3],
    [['get', 'SESSION:../outside'], 2],
  ])('%j ends with %d', async (args, code) => {
    const { sessionId } = await newSession()
    const directory = await temporaryDirectory()
    const ended = await sandbox(
      args.map((each) => each.replace('SESSION', sessionId)),
      { cwd: directory },
    )
    expect(ended.code, ended.stderr).toBe(code)
    expect(ended.stderr.split('\n')).toHaveLength(2)
    expect(await readdir(directory)).toEqual([])
  })
})

describe('files', () => {
  test('lists, with and without what lies in directories', async () => {
    const session = await newSession()
    expect(await sandbox(['files', session.sessionId])).toEqual({ code: 0, stdout: '', stderr: 'no files\n' })
    await session.files.upload('dir/inner/deep', 'x')
    await session.files.upload('\u001b]0;title\u0007', 'xyz')
    const { stdout } = await sandbox(['files', session.sessionId])
    const [heading = '', ...lines] = stdout.trimEnd().split('\n')
    expect(heading).toMatch(/^TYPE {2,}PERMISSIONS {2,}SIZE {2,}MODIFIED {2,}PATH$/)
    expect(lines.map((line) => line.slice(heading.indexOf('PATH'))).sort()).toEqual(
      [String.raw`\u001b]0;title\u0007`, 'dir'].sort(),
    )
    expect((await sandbox(['files', '-q', '-r', `${session.sessionId}:dir`])).stdout).toBe(
      'dir/inner\ndir/inner/deep\n',
    )
    expect(await sandboxJson('files', 'ls', session.sessionId)).toHaveLength(2)
  })

  test('rm deletes', async () => {
    const session = await newSession()
    await session.files.upload('dir/f', 'x')
    await session.files.upload('g', 'x')
    const id = session.sessionId
    expect((await sandbox(['files', 'rm', `${id}:dir`])).code).toBe(5)
    expect(await sandboxJson('files', 'rm', '-r', `${id}:dir`, `${id}:g`)).toEqual([
      { sessionId: id, path: 'dir', deleted: true },
      { sessionId: id, path: 'g', deleted: true },
    ])
    expect((await sandbox(['files', 'rm', `${id}:g`])).code).toBe(3)
    expect((await sandbox(['files', 'rm', id])).code).toBe(2)
    expect(await session.files.list().toArray()).toEqual([])
  })
})
