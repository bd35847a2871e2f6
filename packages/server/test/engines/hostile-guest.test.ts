import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BubblewrapEngine } from '../../dist/engines/bubblewrap/engine.js'
import type { Sandbox } from '../../dist/engines/contract/engine.js'
import { EngineError, ExecStartError, FileAccessError, SandboxGoneError } from '../../dist/engines/contract/errors.js'
import { freshId } from './contract/subject.js'
import { bubblewrapMissing, finish, from, request, run, text, until } from './support.js'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { markedSleep, processesWith } from 'sandbox-sessions-testkit/processes'

const missing = await bubblewrapMissing()

describe.skipIf(missing !== undefined)(
  `a hostile guest${missing === undefined ? '' : ` (not tested: ${missing})`}`,
  () => {
    // In memory: some tests need more files than a disk makes in a short time.
    const directory = mkdtempSync('/dev/shm/engine-test-')
    chmodSync(directory, 0o755)
    const engine = new BubblewrapEngine({ dataDir: directory })
    const sandboxes = join(directory, 'bubblewrap', 'sandboxes')
    let sandbox: Sandbox
    const create = (): Promise<Sandbox> => engine.create(freshId(), {})
    const inSupervisor = async (): Promise<number> => Number((await run(sandbox, 'ls /proc/$PPID/fd | wc -l')).stdout)

    beforeAll(async () => {
      sandbox = await create()
    })
    afterAll(async () => {
      await engine.close()
      rmSync(directory, { recursive: true, force: true })
    })

    test('can not keep a directory of very many files from being listed', async () => {
      const victim = await create()
      await run(victim, 'mkdir many && cd many && seq 0 149999 | xargs touch')
      const page = await victim.files.list('.', { recursive: true, limit: 2, offset: 149_999 })
      expect(page.total).toBe(150_001)
      expect(page.entries.map(({ path }) => path)).toEqual(['many/99998', 'many/99999'])
      await victim.destroy()
    })

    test('can not make a tree that is too deep to be removed', async () => {
      const deep = 'import os\nfor _ in range(5000):\n os.mkdir("d"); os.chdir("d")'
      const victim = await create()
      await run(victim, '', { argv: ['python3', '-c', deep] })
      await victim.files.remove('d', { recursive: true })
      expect((await run(victim, 'ls -A')).stdout).toBe('')
      await run(victim, '', { argv: ['python3', '-c', deep] })
      await victim.destroy()
      expect(readdirSync(sandboxes)).not.toContain(victim.id)
    })

    test('is not ended by a request that is longer than any that could be carried out', async () => {
      const long = '\u0001'.repeat(3 * 1024 * 1024)
      await expect(run(sandbox, 'true', { cwd: long })).rejects.toThrow(ExecStartError)
      await expect(run(sandbox, 'true', { env: { LONG: long } })).rejects.toThrow(ExecStartError)
      await expect(sandbox.files.read(long)).rejects.toThrow(FileAccessError)
      expect((await run(sandbox, 'echo on')).stdout).toBe('on\n')
    })

    test('can take the pipes away that were made for commands, and they are made again', async () => {
      await run(sandbox, 'rm -f /run/pipes/*')
      expect((await run(sandbox, 'echo on; cat', { stdin: from('and on\n') })).stdout).toBe('on\nand on\n')
      await run(sandbox, 'for pipe in /run/pipes/*; do rm "$pipe"; echo x > "$pipe"; done')
      expect((await run(sandbox, 'echo on; cat', { stdin: from('and on\n') })).stdout).toBe('on\nand on\n')
    })

    test('[C7] can not outlive its grace by forking, leaving or stopping when it is asked to end', async () => {
      const victim = await create()
      const marker = markedSleep()
      const bomb = [
        'import os, signal, subprocess',
        `marker = "${marker}"`,
        'def leave(*_):',
        '  for round in range(3):',
        '    if os.fork() == 0:',
        '      os.setsid()',
        '      if os.fork() == 0: os.execve("/usr/bin/sleep", ["sleep", marker], {})',
        '      os.kill(os.getpid(), signal.SIGSTOP)',
        '  while True:',
        '    try: os.fork()',
        '    except OSError: pass',
        'signal.signal(signal.SIGTERM, leave)',
        'print("up", flush=True)',
        'while True: signal.pause()',
      ].join('\n')
      const execution = await victim.exec(request('', { argv: ['python3', '-c', bomb], graceMs: 500 }))
      await until(execution.stdout, 'up')
      await execution.kill()
      const end: unknown = await execution.exit.catch((error: unknown) => error)
      // A sandbox without a free place for a process may end with it.
      if (!(end instanceof SandboxGoneError)) expect(end).toMatchObject({ exitCode: null, timedOut: false })
      expect(processesWith(marker)).toEqual([])
      await victim.destroy()
      expect((await run(sandbox, 'echo unharmed')).stdout).toBe('unharmed\n')
    })

    test('gets an answer to each of many commands at once', async () => {
      const numbers = Array.from({ length: 120 }, (_, index) => `${index}\n`)
      const results = await Promise.all(numbers.map((number) => run(sandbox, `echo ${number}`)))
      expect(results.map(({ stdout }) => stdout)).toEqual(numbers)
    })

    test('does not keep files open that nobody went on to read', async () => {
      await run(sandbox, 'head -c 5M /dev/zero > large')
      const before = await inSupervisor()
      for (let index = 0; index < 10; index += 1) {
        const unread = await sandbox.files.read('large')
        await unread.content[Symbol.asyncIterator]().return?.()
        const left = await sandbox.files.read('large')
        for await (const chunk of left.content) if (chunk.length > 0) break
      }
      await eventually(async () => (await inSupervisor()) <= before, 'the files were closed')
    })

    test('does not keep inputs open of commands that have ended, read or not', async () => {
      const large = Buffer.alloc(1024 * 1024)
      const before = await inSupervisor()
      for (let index = 0; index < 10; index += 1) {
        await run(sandbox, 'cat >/dev/null', { stdin: from(large) })
        await run(sandbox, 'true', { stdin: from(large) })
        await run(sandbox, 'true', { stdin: 'open' })
        await expect(run(sandbox, '', { argv: ['no-such-program'], stdin: from(large) })).rejects.toThrow(
          ExecStartError,
        )
      }
      await eventually(async () => (await inSupervisor()) <= before, 'the inputs were closed')
    })

    test('can not lead file operations out by changing directories for links meanwhile', async () => {
      const swap = [
        'mkdir -p real outside-of-it /tmp/out; echo inside > real/file; echo secret > /tmp/out/file',
        'ln -s /tmp/out link; echo up',
        'while :; do mv -T real d; mv -T d real; mv -T link d; mv -T d link; done 2>/dev/null',
      ].join('\n')
      const swapping = await sandbox.exec(request(swap))
      await until(swapping.stdout, 'up')
      const operations = [
        () => sandbox.files.write('d/new', from('x'), { overwrite: true }),
        () => sandbox.files.write('d/deep/new', from('x'), { overwrite: false }),
        async () => expect(await text((await sandbox.files.read('d/file')).content)).toBe('inside\n'),
        async () => {
          const { entries } = await sandbox.files.list('d', { recursive: true, limit: 100, offset: 0 })
          expect(entries.filter(({ path }) => path.includes('out'))).toEqual([])
        },
        () => sandbox.files.remove('d/file2', { recursive: true }),
        () => sandbox.files.remove('d/deep', { recursive: true }),
      ]
      const failures = new Set<unknown>()
      for (let round = 0; round < 40; round += 1) {
        const settled = await Promise.allSettled(operations.map((operation) => operation()))
        for (const each of settled) if (each.status === 'rejected') failures.add(each.reason)
      }
      await swapping.kill()
      expect([...failures].filter((failure) => !(failure instanceof EngineError))).toEqual([])
      expect((await run(sandbox, 'ls -A /tmp/out; cat /tmp/out/file')).stdout).toBe('file\nsecret\n')
      expect(sandbox.gone).toBe(false)
    })

    test('leaves no process, descriptor or file, and lets no call hang, when it is destroyed in the middle of everything', async () => {
      const descriptors = (): number => readdirSync('/proc/self/fd').length
      const before = descriptors()
      for (let round = 0; round < 3; round += 1) {
        const victim = await create()
        const sleep = markedSleep()
        await run(victim, `head -c 8M /dev/zero > large; (setsid sleep ${sleep} >/dev/null 2>&1 &)`)
        async function* endless(): AsyncGenerator<Uint8Array> {
          for (;;) {
            await new Promise((resolve) => setImmediate(resolve))
            yield Buffer.alloc(50_000)
          }
        }
        const flood = await victim.exec(request('yes & yes >&2 & wait'))
        const calls: Promise<unknown>[] = [
          finish(flood),
          run(victim, `sleep ${sleep}`, { timeoutMs: 1 }),
          run(victim, `sleep ${sleep}`),
          victim.files.write('endless', endless(), { overwrite: true }),
          victim.files.read('large').then(({ content }) => text(content)),
          victim.files.list('.', { recursive: true, limit: 10, offset: 0 }),
          victim.pause().then(() => victim.resume()),
          flood.kill(),
        ]
        const settled = Promise.allSettled(calls)
        await (round === 0 ? undefined : new Promise((resolve) => setImmediate(resolve)))
        await Promise.all([victim.destroy(), victim.destroy(), engine.remove(victim.id)])
        for (const call of await settled) {
          if (call.status === 'rejected') expect(call.reason).toBeInstanceOf(EngineError)
        }
        expect(processesWith(sleep)).toEqual([])
        expect(readdirSync(sandboxes)).not.toContain(victim.id)
      }
      await eventually(() => descriptors() <= before, 'the descriptors were closed')
    })
  },
)
