import { execFile, spawn } from 'node:child_process'
import {
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { processesWith, markedSleep } from 'sandbox-sessions-testkit/processes'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { BubblewrapEngine } from '../../dist/engines/bubblewrap/engine.js'
import type { Sandbox } from '../../dist/engines/contract/engine.js'
import { LimitNotAvailableError, NoSpaceError } from '../../dist/engines/contract/errors.js'
import { ProcessEngine } from '../../dist/engines/process/engine.js'
import { attachedBelow, mountsBelow } from '../support/loop-devices.js'
import { freshId } from './contract/subject.js'
import { bytes, disksMissing, from, run, temporaryDirectory } from './support.js'

const missing = await disksMissing()
const mib = 1024 ** 2
const programs = promisify(execFile)

describe.skipIf(missing !== undefined)(`disk images${missing === undefined ? '' : ` (${missing})`}`, () => {
  const directory = temporaryDirectory()
  const base = realpathSync(directory.path)
  const sandboxes = join(base, 'bubblewrap', 'sandboxes')
  const engine = new BubblewrapEngine({ dataDir: directory.path, limits: { diskBytes: 1024 * mib } })
  const small = { limits: { diskBytes: 64 * mib } }
  const output = async (sandbox: Sandbox, script: string): Promise<string> => {
    const { stdout, stderr } = await run(sandbox, script)
    return stdout + stderr
  }
  const nothingLeft = (): Promise<void> =>
    eventually(() => attachedBelow(base).length === 0 && mountsBelow(base).length === 0, 'nothing is attached')

  beforeAll(() => engine.probe())
  afterEach(async () => {
    for (const id of await engine.list()) await engine.remove(id)
    await nothingLeft()
  })
  afterAll(async () => {
    await engine.close()
    directory.remove()
  })

  test('bound what programs write, and nobody else', async () => {
    const [sandbox, other] = await Promise.all([engine.create(freshId(), small), engine.create(freshId(), small)])
    expect(sandbox.limits.diskBytes).toBe(64 * mib)
    expect(await output(sandbox, 'dd if=/dev/zero of=filler bs=1M count=100')).toContain('No space left on device')
    const written = Number(await output(sandbox, 'stat -c %s filler'))
    expect(written).toBeGreaterThan(50 * mib)
    expect(written).toBeLessThan(64 * mib)
    expect(await sandbox.diskUsage()).toBeGreaterThanOrEqual(written)
    expect(await sandbox.diskUsage()).toBeLessThanOrEqual(64 * mib)
    expect(await output(other, 'echo fits > file && cat file')).toBe('fits\n')
    expect(readdirSync(join(sandboxes, sandbox.id))).toEqual(['disk.img'])
    expect(statSync(join(sandboxes, sandbox.id, 'disk.img')).blocks * 512).toBeLessThanOrEqual(64 * mib)
  })

  test('give back to the machine what is deleted in them', async () => {
    const sandbox = await engine.create(freshId(), small)
    const taken = (): number => statSync(join(sandboxes, sandbox.id, 'disk.img')).blocks * 512
    await run(sandbox, 'head -c 40M /dev/urandom > filler; sync')
    expect(taken()).toBeGreaterThan(40_000_000)
    await run(sandbox, 'rm filler; sync')
    await eventually(() => taken() < 10_000_000, 'the blocks are free again')
  })

  test('bound uploads, and leave the old file', async () => {
    const sandbox = await engine.create(freshId(), small)
    await sandbox.files.write('file', from('old'), { overwrite: true })
    const large = from(...Array.from({ length: 100 }, () => Buffer.alloc(mib)))
    await expect(sandbox.files.write('file', large, { overwrite: true })).rejects.toThrow(NoSpaceError)
    expect(String(await bytes((await sandbox.files.read('file')).content))).toBe('old')
    await sandbox.files.write('other', from('fits'), { overwrite: true })
    expect(await output(sandbox, 'ls -A')).toBe('file\nother\n')
  })

  test('bound the number of files, which are one file of the machine', async () => {
    const sandbox = await engine.create(freshId(), small)
    const script = [
      'import os',
      'for made in range(1000000):',
      '  try: open(str(made), "x").close()',
      '  except OSError as error: print(made, os.strerror(error.errno)); break',
    ].join('\n')
    const { stdout } = await run(sandbox, '', { argv: ['python3', '-c', script] })
    const made = Number(stdout.split(' ')[0])
    expect(stdout).toContain('No space left on device')
    expect(made).toBeGreaterThan(8000)
    expect(made).toBeLessThan(8192)
    expect(readdirSync(join(sandboxes, sandbox.id))).toEqual(['disk.img'])
  })

  test('show nothing of the machine, and are out of the reach of the guest', async () => {
    const sandbox = await engine.create(freshId(), {})
    const image = statSync(join(sandboxes, sandbox.id, 'disk.img'))
    expect([image.uid, image.mode & 0o777]).toEqual([0, 0o600])
    expect(await output(sandbox, 'cat /proc/self/mountinfo')).not.toContain(sandboxes)
    expect(await output(sandbox, 'ls -d /dev/loop* 2>/dev/null; ls -A; find / -name disk.img 2>/dev/null')).toBe('')
    const mount = (await output(sandbox, 'grep " /workspace " /proc/self/mountinfo')).trim()
    expect(mount).toMatch(/ \/ \/workspace rw,nosuid,nodev,noatime - ext4 /)
    expect(await output(sandbox, 'stat -c %u:%a . && touch file && mkdir a && rmdir a && rm file')).toBe('1000:700\n')
  })

  test('are mounted for their sandbox alone, and detached when it ends', async () => {
    const sandbox = await engine.create(freshId(), {})
    expect(attachedBelow(base)).toEqual([join(sandboxes, sandbox.id, 'disk.img')])
    expect(mountsBelow(base)).toEqual([])
    await sandbox.destroy()
    expect(readdirSync(sandboxes)).toEqual([])
    await nothingLeft()
  })

  test('stay mounted when the directory gets another name, and are found by it', async () => {
    const sandbox = await engine.create(freshId(), small)
    const id = freshId()
    await run(sandbox, 'echo content > kept')
    renameSync(join(sandboxes, sandbox.id), join(sandboxes, id))
    expect(attachedBelow(base)).toEqual([join(sandboxes, id, 'disk.img')])
    expect(await output(sandbox, 'cat kept; echo more >> kept')).toBe('content\n')
    await run(sandbox, 'kill -9 $PPID').catch(() => undefined)
    const again = await engine.recover(id, {})
    expect(await output(again, 'cat kept')).toBe('content\nmore\n')
  })

  test('twenty at once are twenty disks', async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, () => engine.create(freshId(), { limits: { diskBytes: 16 * mib } })),
    )
    await Promise.all(all.map((sandbox) => run(sandbox, `echo ${sandbox.id} > own`)))
    const own = await Promise.all(all.map((sandbox) => output(sandbox, 'cat own')))
    expect(own).toEqual(all.map(({ id }) => `${id}\n`))
    expect(attachedBelow(base).sort()).toEqual(all.map(({ id }) => join(sandboxes, id, 'disk.img')).sort())
    await Promise.all(all.map((sandbox) => sandbox.destroy()))
    await nothingLeft()
  })

  test('are deleted without a walk, whatever is in them', async () => {
    const tools = temporaryDirectory()
    const log = join(tools.path, 'log')
    writeFileSync(join(tools.path, 'rm'), `#!/bin/sh\necho rm >> ${log}\nexec /bin/rm "$@"\n`, { mode: 0o755 })
    writeFileSync(log, '')
    const path = process.env['PATH']
    process.env['PATH'] = `${tools.path}:${path}`
    try {
      const sandbox = await engine.create(freshId(), {})
      const fill = 'for i in $(seq 100); do mkdir $i; (cd $i && seq 1000 | xargs touch); done; find . -type f | wc -l'
      expect(await output(sandbox, fill)).toBe('100000\n')
      await sandbox.destroy()
      expect(readdirSync(sandboxes)).toEqual([])
      expect(readFileSync(log, 'utf8')).toBe('')
      // A plain directory is walked: so the log would tell.
      const plain = new ProcessEngine({ dataDir: tools.path })
      const walked = await plain.create(freshId(), {})
      await walked.files.write('file', from('x'), { overwrite: true })
      await walked.destroy()
      await plain.close()
      expect(readFileSync(log, 'utf8')).toBe('rm\n')
    } finally {
      process.env['PATH'] = path
      tools.remove()
    }
  })

  test('outlive a kill of everything in the sandbox, and of bubblewrap', async () => {
    const sandbox = await engine.create(freshId(), small)
    const sleep = markedSleep()
    await run(sandbox, `echo content > kept; mkdir -p a/b; ln -s kept link; sleep ${sleep} >/dev/null 2>&1 & disown`)
    let [pid = 0] = processesWith(`sleep\0${sleep}`)
    const parentOf = (of: number) => Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${of}/status`, 'utf8'))?.[1])
    while (parentOf(pid) !== process.pid) pid = parentOf(pid)
    process.kill(pid, 'SIGKILL')
    await eventually(() => sandbox.gone, 'the sandbox is gone')
    const again = await engine.recover(sandbox.id, {})
    expect(await output(again, 'cat link; find . | sort')).toBe('content\n.\n./a\n./a/b\n./kept\n./link\n')
    expect(again.limits.diskBytes).toBe(64 * mib)
    expect(attachedBelow(base)).toHaveLength(1)
    await run(again, 'kill -9 $PPID').catch(() => undefined)
    await nothingLeft()
  })

  test('outlive a kill of the server, which leaves nothing but the images', async () => {
    const ids = [freshId(), freshId(), freshId()]
    const program = `
      const sandboxes = await Promise.all(${JSON.stringify(ids)}.map((id) => engine.create(id, {})))
      for (const sandbox of sandboxes) {
        await sandbox.files.write('uploaded', (async function* () { yield Buffer.from(sandbox.id) })(), { overwrite: true })
        const argv = ['sh', '-c', 'mkdir made && seq 100000 > made/numbers; sync; echo late > late']
        await (await sandbox.exec({ argv, env: {}, cwd: '.', timeoutMs: 100000 })).exit
      }
      // Some are being made while it is killed.
      for (let each = 0; each < 5; each++) void engine.create('unfinished-' + each, {})
      console.log('up')
    `
    const child = spawn(process.execPath, engineProgram(directory.path, program), {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    for await (const chunk of child.stdout) if (String(chunk).includes('up')) break
    expect(attachedBelow(base).length).toBeGreaterThanOrEqual(3)
    child.kill('SIGKILL')
    const second = new BubblewrapEngine({ dataDir: directory.path, limits: { diskBytes: 1024 * mib } })
    try {
      // At once, while the kernel may still be taking the first ones away.
      for (const id of ids) {
        const sandbox = await second.recover(id, {})
        const seen = 'cat uploaded; echo; seq 100000 | cmp - made/numbers && cat late'
        expect(await output(sandbox, seen)).toBe(`${id}\nlate\n`)
      }
      await eventually(() => attachedBelow(base).length === 3, 'only those that were recovered are attached')
    } finally {
      await second.close()
    }
    await nothingLeft()
  })

  test('that cannot be had are told as a sentence, and cannot be asked for', async () => {
    const kept = await engine.create(freshId(), {})
    await run(kept, 'kill -9 $PPID').catch(() => undefined)
    await nothingLeft()
    const other = temporaryDirectory()
    const program = `
      await engine.probe()
      const told = (error) => error.name + ': ' + error.message
      const asked = await engine.create('asked', { limits: { diskBytes: ${64 * mib} } }).catch(told)
      const sandbox = await engine.create('plain', {})
      const { rename } = await import('node:fs/promises')
      await rename(${JSON.stringify(join(sandboxes, kept.id))}, ${JSON.stringify(join(other.path, 'bubblewrap', 'sandboxes', kept.id))})
      const imaged = await engine.recover(${JSON.stringify(kept.id)}, {}).catch(told)
      const { notices, capabilities } = engine
      console.log(JSON.stringify({ notices, limits: capabilities.limits, asked, imaged, bound: sandbox.limits }))
      await engine.close()
    `
    const script = 'for each in /dev/loop*; do mount --bind /dev/null "$each" || exit; done; exec "$@"'
    const command = ['/bin/sh', '-c', script, 'sh', process.execPath, ...engineProgram(other.path, program, false)]
    const { stdout } = await programs('unshare', ['--mount', '--propagation', 'private', '--', ...command])
    const told: unknown = JSON.parse(stdout)
    expect(told).toMatchObject({
      limits: ['processes'],
      asked: 'LimitNotAvailableError: The bubblewrap engine cannot limit disk space.',
      bound: { processes: 512 },
    })
    expect(told).not.toHaveProperty('bound.diskBytes')
    const notice = /What programs of a session write to the disk is not bounded.*loop.*e2fsprogs/
    expect(told).toHaveProperty('notices', [expect.stringMatching(notice)])
    expect(told).toHaveProperty(
      'imaged',
      expect.stringMatching(/^EngineError: The files .* in a disk image\. What programs/),
    )
    expect(statSync(join(other.path, 'bubblewrap', 'sandboxes', 'plain')).isDirectory()).toBe(true)
    other.remove()
  })

  test('are repaired when the kernel found an error in them, and refused when nothing can be found', async () => {
    const sandbox = await engine.create(freshId(), small)
    await run(sandbox, 'echo content > kept; kill -9 $PPID').catch(() => undefined)
    await nothingLeft()
    const image = join(sandboxes, sandbox.id, 'disk.img')
    for (const change of ['ssv free_blocks_count 1', 'ssv state 2']) {
      await programs('/usr/sbin/debugfs', ['-w', '-R', change, image])
    }
    const again = await engine.recover(sandbox.id, {})
    expect(await output(again, 'cat kept && dd if=/dev/zero of=filler bs=1M count=40 status=none && ls')).toBe(
      'content\nfiller\nkept\n',
    )
    await run(again, 'kill -9 $PPID').catch(() => undefined)
    await nothingLeft()
    writeFileSync(image, Buffer.alloc(mib))
    await expect(engine.recover(sandbox.id, {})).rejects.toThrow('damaged')
  })

  test('are not what a guest has put into a plain directory of an earlier version', async () => {
    const id = freshId()
    const path = join(sandboxes, id)
    mkdirSync(path, { mode: 0o700 })
    writeFileSync(join(path, 'kept'), 'content\n')
    await programs('/usr/sbin/mkfs.ext4', ['-q', '-F', join(path, 'disk.img'), '16M'])
    for (const each of [path, join(path, 'kept'), join(path, 'disk.img')]) chownSync(each, 23_456, 23_456)
    const sandbox = await engine.recover(id, {})
    expect(await output(sandbox, 'cat kept; echo new >> kept; ls')).toBe('content\ndisk.img\nkept\n')
    expect(attachedBelow(base)).toEqual([])
    expect(sandbox.limits.diskBytes).toBeUndefined()
    expect(await sandbox.diskUsage()).toBeGreaterThan(0)
    await sandbox.destroy()
    expect(readdirSync(sandboxes)).toEqual([])
  })

  test('have the size that was asked for, within bounds', async () => {
    for (const diskBytes of [16 * mib - 1, 1024 * mib + 1, 20.5 * mib + 0.5]) {
      const creating = engine.create(freshId(), { limits: { diskBytes } })
      await expect(creating, String(diskBytes)).rejects.toThrow(LimitNotAvailableError)
    }
    const odd = await engine.create(freshId(), { limits: { diskBytes: 20 * mib + 1 } })
    expect(odd.limits.diskBytes).toBe(20 * mib)
    const [blocks, size] = (await output(odd, 'stat -f -c "%b %S" .')).split(' ').map(Number)
    expect((blocks ?? 0) * (size ?? 0)).toBeLessThan(20 * mib)
    expect(await output(odd, 'ls -A')).toBe('')
  })
})

/** The arguments of a Node that runs a program with an engine over a directory. */
function engineProgram(dataDir: string, program: string, controlGroups = true): string[] {
  const entry = new URL('../../dist/engines/bubblewrap/engine.js', import.meta.url)
  const options = { dataDir, limits: { diskBytes: 1024 * mib }, controlGroups }
  const made = `const engine = new BubblewrapEngine(${JSON.stringify(options)})`
  return ['--input-type=module', '-e', `import { BubblewrapEngine } from ${JSON.stringify(entry)}\n${made}\n${program}`]
}
