/** What `sandbox-sessions-sdk/node` and the command line promise, for runtimes that have Node's modules. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, lstat, mkdir, mkdtemp, readFile, readdir, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { ConflictError } from 'sandbox-sessions-sdk'
import { downloadToPath, uploadFromPath } from 'sandbox-sessions-sdk/node'
import type { Case, Context, Settings } from '../case.js'
import { equal, equalBytes, fails, holds, holdsInSession, someBytes, thrownBy } from '../expect.js'
import { property } from '../untyped.js'

const execute = promisify(execFile)

export function nodeCases(settings: Settings): readonly Case[] {
  return [
    ...[0, 1, 70_000, 5 * 1024 * 1024].map((size) =>
      onDisk(`[A2] a file of ${size} bytes from the disk and back`, async (context, folder) => {
        const [source, target, remote] = [path.join(folder, 'source'), path.join(folder, 'target'), context.newPath()]
        const bytes = someBytes(size)
        await writeFile(source, bytes)
        let told: unknown
        const onProgress = (progress: unknown): void => void (told = progress)
        await uploadFromPath(context.session, source, remote, { verify: true, onProgress })
        if (size > 0) equal(told, { loaded: size, total: size }, 'what was told in the end of the upload')
        await holdsInSession(context.session, remote, bytes)
        await downloadToPath(context.session, remote, target, { verify: true })
        await equalBytes(await readFile(target), bytes, 'the file that came back')
        equal((await readdir(folder)).sort(), ['source', 'target'], 'what is in the folder')
      }),
    ),
    onDisk('[A3] a file of /proc, which says that it is empty', async ({ session, newPath }) => {
      const remote = newPath()
      const expected = new Uint8Array(await readFile('/proc/version'))
      await uploadFromPath(session, '/proc/version', remote, { verify: true })
      await holdsInSession(session, remote, expected)
    }),
    onDisk('[A3] a pipe', async ({ session, newPath }, folder) => {
      const [pipe, remote, bytes] = [path.join(folder, 'pipe'), newPath(), someBytes(300_000)]
      await writeFile(path.join(folder, 'source'), bytes)
      await execute('mkfifo', [pipe])
      const writer = spawn('sh', ['-c', 'cat source > pipe'], { cwd: folder, stdio: 'ignore' })
      const ended = once(writer, 'exit')
      try {
        await uploadFromPath(session, pipe, remote, { verify: true })
      } finally {
        writer.kill()
        await ended
      }
      await holdsInSession(session, remote, bytes)
    }),
    onDisk('[A3] a device without an end is refused', async ({ session, newPath }) => {
      const controller = new AbortController()
      const endless = new Error('It was read without an end.')
      const onProgress = ({ loaded }: { loaded: number }): void => {
        if (loaded > 64 * 1024 * 1024) controller.abort(endless)
      }
      const upload = () => uploadFromPath(session, '/dev/zero', newPath(), { signal: controller.signal, onProgress })
      const error = await thrownBy(upload, 'an upload of /dev/zero')
      holds(error !== endless, String(endless))
    }),
    onDisk('[A4] modes, links and empty directories go up', async ({ session, newPath }, folder) => {
      const remote = newPath()
      await makeTree(path.join(folder, 'tree'))
      await uploadFromPath(session, path.join(folder, 'tree'), remote)
      const { stdout } = await session.run(
        'stat -c "%a %n" bin/tool data && readlink link .bin/up && find . -type d -empty && .bin/up && link',
        { cwd: remote, env: { PATH: '.:/usr/bin:/bin' } },
      )
      equal(
        stdout,
        '755 bin/tool\n640 data\nbin/tool\n../bin/tool\n./a/empty\nworks\nworks\n',
        'what is in the session',
      )
    }),
    onDisk('[A4] modes, links and empty directories come down', async ({ session, newPath }, folder) => {
      const [remote, target] = [newPath(), path.join(folder, 'target')]
      await session.run(
        `mkdir -p ${remote}/bin ${remote}/.bin ${remote}/a/empty && cd ${remote} &&
         printf '#!/bin/sh\\necho works\\n' > bin/tool && chmod 755 bin/tool && echo data > data && chmod 640 data &&
         ln -s bin/tool link && ln -s ../bin/tool .bin/up`,
        { check: true },
      )
      await downloadToPath(session, remote, target)
      await isTree(target)
    }),
    onDisk('[A4] a directory there and back is the same', async ({ session, newPath }, folder) => {
      const [remote, target] = [newPath(), path.join(folder, 'target')]
      await makeTree(path.join(folder, 'tree'))
      await uploadFromPath(session, path.join(folder, 'tree'), remote, { verify: true, concurrency: 16 })
      await downloadToPath(session, remote, target, { verify: true, concurrency: 16 })
      await isTree(target)
    }),
    onDisk('[A4] what can’t be carried is told', async ({ session, newPath }, folder) => {
      const tree = path.join(folder, 'tree')
      await mkdir(tree)
      await writeFile(path.join(tree, 'file'), 'text')
      await symlink('/etc/hostname', path.join(tree, 'outside'))
      await execute('mkfifo', [path.join(tree, 'pipe')])
      const up = (await uploadFromPath(session, tree, newPath())).skipped
      equal(up.map((entry) => path.basename(entry.path)).sort(), ['outside', 'pipe'], 'what did not go up')
      const remote = newPath()
      await session.run(`mkdir ${remote} && cd ${remote} && ln -s /etc/hostname outside`, { check: true })
      const down = (await downloadToPath(session, remote, path.join(folder, 'target'))).skipped
      equal(
        down.map((entry) => path.posix.basename(entry.path)),
        ['outside'],
        'what did not come down',
      )
      equal(await readdir(path.join(folder, 'target')), [], 'what came down')
    }),
    onDisk('what is there is replaced only with overwrite', async ({ session, newPath }, folder) => {
      const [local, remote] = [path.join(folder, 'file'), newPath()]
      await writeFile(local, 'old')
      await session.files.upload(remote, 'new')
      await fails(() => uploadFromPath(session, local, remote), ConflictError, 'the upload')
      const error = await thrownBy(() => downloadToPath(session, remote, local), 'the download')
      equal(property(error, 'code'), 'EEXIST', 'the code of the error')
      equal(await readFile(local, 'utf8'), 'old', 'the file')
      await downloadToPath(session, remote, local, { overwrite: true })
      equal(await readFile(local, 'utf8'), 'new', 'the file')
      equal(await readdir(folder), ['file'], 'what is in the folder')
    }),
    onDisk('[A2] the command line’s put and get', async ({ session, newPath }, folder) => {
      const [remote, bytes] = [newPath(), someBytes(300_000)]
      await writeFile(path.join(folder, 'source'), bytes)
      const place = `${session.sessionId}:${remote}`
      await commandLine(settings, folder, 'put', 'source', place)
      await holdsInSession(session, remote, bytes)
      await commandLine(settings, folder, 'get', place, 'target')
      await equalBytes(await readFile(path.join(folder, 'target')), bytes, 'the file that came back')
    }),
    onDisk('[A5] the command line’s exec is a pipe both ways', async ({ session }, folder) => {
      const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 256)
      await writeFile(path.join(folder, 'in'), bytes)
      const words = ['exec', '--stdin', session.sessionId, '--', 'cat'].map((word) => `'${word}'`).join(' ')
      const environment = { ...process.env, SANDBOX_API_URL: settings.apiUrl, SANDBOX_API_TOKEN: settings.token }
      const program = [...ownProgram(), settings.commandLine].map((word) => `'${word}'`).join(' ')
      await execute('sh', ['-c', `${program} ${words} < in > out`], { cwd: folder, env: environment })
      await equalBytes(await readFile(path.join(folder, 'out')), bytes, 'the output')
    }),
  ]
}

/** A case with a folder of its own on the disk. */
function onDisk(name: string, run: (context: Context, folder: string) => Promise<void>): Case {
  return {
    name,
    run: async (context) => {
      const folder = await mkdtemp(path.join(tmpdir(), 'sandbox-runtimes-'))
      try {
        await run(context, folder)
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
  }
}

async function makeTree(tree: string): Promise<void> {
  for (const name of ['bin', '.bin', 'a/empty']) await mkdir(path.join(tree, name), { recursive: true })
  await writeFile(path.join(tree, 'bin/tool'), '#!/bin/sh\necho works\n')
  await chmod(path.join(tree, 'bin/tool'), 0o755)
  await writeFile(path.join(tree, 'data'), 'data\n')
  await chmod(path.join(tree, 'data'), 0o640)
  await symlink('bin/tool', path.join(tree, 'link'))
  await symlink('../bin/tool', path.join(tree, '.bin/up'))
}

async function isTree(tree: string): Promise<void> {
  const found = (await readdir(tree, { recursive: true })).sort()
  equal(found, ['.bin', '.bin/up', 'a', 'a/empty', 'bin', 'bin/tool', 'data', 'link'], 'what is in the directory')
  for (const [name, mode] of [
    ['bin/tool', 0o755],
    ['data', 0o640],
  ] as const) {
    equal(((await lstat(path.join(tree, name))).mode & 0o777).toString(8), mode.toString(8), `the mode of ${name}`)
  }
  equal(await readlink(path.join(tree, 'link')), 'bin/tool', 'where link leads')
  equal(await readlink(path.join(tree, '.bin/up')), '../bin/tool', 'where .bin/up leads')
  equal((await execute(path.join(tree, '.bin/up'))).stdout, 'works\n', 'the output of the program')
}

/** Runs the command line with the runtime that runs this. @throws when it fails. */
async function commandLine({ apiUrl, token, commandLine }: Settings, cwd: string, ...words: string[]): Promise<void> {
  const [program = '', ...flags] = ownProgram()
  const env = { ...process.env, SANDBOX_API_URL: apiUrl, SANDBOX_API_TOKEN: token }
  await execute(program, [...flags, commandLine, ...words], { cwd, env })
}

/** The program that runs this, with what it needs before the name of a file. */
function ownProgram(): string[] {
  return 'Deno' in globalThis ? [process.execPath, 'run', '--quiet', '--no-lock', '--allow-all'] : [process.execPath]
}
