import { describe, expect, test } from 'vitest'
import { EngineError, SandboxGoneError } from '../../../dist/engines/contract/errors.js'
import { freshId, type Subject } from './subject.js'
import { finish, from, request, run, text, until } from '../support.js'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { markedSleep } from 'sandbox-sessions-testkit/processes'

export function lifeConformance(subject: Subject): void {
  const { processesWith } = subject

  describe('life and death', () => {
    test('probes itself and leaves nothing', async () => {
      const before = await subject.engine().list()
      await subject.engine().probe()
      expect(await subject.engine().list()).toEqual(before)
    })

    test('refuses ids that are no plain names, and a second sandbox of the same id', async () => {
      const engine = subject.engine()
      for (const id of ['../x', '', '.', 'a/b', 'x'.repeat(200)]) {
        await expect(engine.create(id, {}), id).rejects.toThrow(EngineError)
        await expect(engine.remove(id), id).rejects.toThrow(EngineError)
      }
      const sandbox = await subject.sandbox()
      await expect(engine.create(sandbox.id, {})).rejects.toThrow(EngineError)
      expect((await run(sandbox, 'echo unharmed')).stdout).toBe('unharmed\n')
      await sandbox.destroy()
    })

    test('tells what its processes use', async () => {
      const sandbox = await subject.sandbox()
      const use = [
        'import time',
        'held = bytearray(32 << 20)',
        'for at in range(0, len(held), 4096): held[at] = 1',
        'while time.process_time() < 0.3: pass',
        'print("done", flush=True)',
        'time.sleep(1000)',
      ].join('\n')
      const before = await sandbox.metrics()
      const execution = await sandbox.exec(request('', { argv: ['python3', '-c', use] }))
      await until(execution.stdout, 'done')
      const after = await sandbox.metrics()
      expect(after.cpuSeconds - before.cpuSeconds).toBeGreaterThan(0.25)
      expect(after.memoryBytes - before.memoryBytes).toBeGreaterThan(24 * 1024 ** 2)
      expect(after.processes).toBeGreaterThanOrEqual(2)
      await execution.kill()
      // What has ended still counts.
      expect((await sandbox.metrics()).cpuSeconds).toBeGreaterThanOrEqual(after.cpuSeconds - 0.02)
      await sandbox.destroy()
      await expect(sandbox.metrics()).rejects.toThrow(SandboxGoneError)
    })

    test('starts empty', async () => {
      const sandbox = await subject.sandbox()
      expect((await run(sandbox, 'ls -A')).stdout).toBe('')
      await sandbox.destroy()
    })

    test('destroys processes and files, whatever the guest did to them', async () => {
      const engine = subject.engine()
      const sandbox = await subject.sandbox()
      const sleep = markedSleep()
      await run(
        sandbox,
        [
          `sleep ${sleep} & setsid nohup sleep ${sleep} >/dev/null 2>&1 &`,
          'mkdir -p locked/inside && touch locked/inside/f && chmod 0 locked/inside locked',
          'python3 -c \'import os\nfor i in range(300):\n os.mkdir("d" * 40); os.chdir("d" * 40)\'',
          "ln -s / everything; touch $'bad\\xffname'",
        ].join('\n'),
      )
      const running = await sandbox.exec(request(`sleep ${sleep}`))
      const ended = Promise.allSettled([finish(running), running.exit])
      expect(sandbox.gone).toBe(false)
      expect(await engine.list()).toContain(sandbox.id)
      await sandbox.destroy()
      expect(processesWith(sleep)).toEqual([])
      expect(await engine.list()).not.toContain(sandbox.id)
      for (const one of await ended) {
        expect(one.status === 'rejected' && one.reason).toBeInstanceOf(SandboxGoneError)
      }
      await sandbox.destroy()
      expect(sandbox.gone).toBe(true)
      await expect(run(sandbox, 'true')).rejects.toThrow(SandboxGoneError)
      await expect(sandbox.files.read('x')).rejects.toThrow(SandboxGoneError)
      await expect(sandbox.files.write('x', from('x'), { overwrite: true })).rejects.toThrow(SandboxGoneError)
      await expect(sandbox.pause()).rejects.toThrow(SandboxGoneError)
      await expect(engine.recover(sandbox.id, {})).rejects.toThrow(SandboxGoneError)
      await engine.remove(sandbox.id)
    })

    test('keeps files when it closes, and processes only if sandboxes outlive the server, and gives them to the next run', async () => {
      const first = await subject.again()
      const id = freshId()
      const sandbox = await first.create(id, {})
      const sleep = markedSleep()
      await run(sandbox, `echo kept > file; touch .sandbox-upload-0123456789abcdef; sleep ${sleep} &`)
      expect(processesWith(sleep)).toHaveLength(1)
      await first.close()
      expect(processesWith(sleep)).toHaveLength(first.capabilities.outlivesServer ? 1 : 0)
      await expect(run(sandbox, 'true')).rejects.toThrow(SandboxGoneError)
      await expect(first.create(freshId(), {})).rejects.toThrow(EngineError)

      const second = await subject.again()
      expect(await second.list()).toContain(id)
      const recovered = await second.recover(id, {})
      expect(await second.recover(id, {})).toBe(recovered)
      expect(await text((await recovered.files.read('file')).content)).toBe('kept\n')
      expect((await run(recovered, 'ls -A')).stdout).toBe('file\n')
      expect((await run(recovered, 'echo more >> file && cat file')).stdout).toBe('kept\nmore\n')
      await second.close()

      const third = await subject.again()
      await third.remove(id)
      expect(await third.list()).not.toContain(id)
      await third.remove(id)
    })

    test('removes a running sandbox by id', async () => {
      const sandbox = await subject.sandbox()
      const sleep = markedSleep()
      await run(sandbox, `sleep ${sleep} &`)
      await subject.engine().remove(sandbox.id)
      expect(processesWith(sleep)).toEqual([])
      await expect(run(sandbox, 'true')).rejects.toThrow(SandboxGoneError)
    })

    test('is gone, and takes everything with it, when the guest kills its supervisor; its files can be recovered', async () => {
      const sandbox = await subject.sandbox()
      const sleep = markedSleep()
      await run(sandbox, `echo kept > file; setsid sleep ${sleep} &`)
      await expect(run(sandbox, 'kill -9 $PPID; sleep 60')).rejects.toThrow(SandboxGoneError)
      expect(sandbox.gone).toBe(true)
      await eventually(() => processesWith(sleep).length === 0, 'its processes ended')
      await expect(run(sandbox, 'true')).rejects.toThrow(SandboxGoneError)
      const recovered = await subject.engine().recover(sandbox.id, {})
      expect(recovered.gone).toBe(false)
      expect((await run(recovered, 'cat file')).stdout).toBe('kept\n')
      await recovered.destroy()
    })

    test('makes and destroys many at a time', async () => {
      const sandboxes = await Promise.all(Array.from({ length: 6 }, () => subject.sandbox()))
      const outputs = await Promise.all(sandboxes.map((sandbox) => run(sandbox, 'pwd; ls -A; echo $HOME > mine')))
      expect(outputs.every(({ exitCode }) => exitCode === 0)).toBe(true)
      await Promise.all(sandboxes.map((sandbox) => sandbox.destroy()))
      const left = await subject.engine().list()
      expect(sandboxes.filter(({ id }) => left.includes(id))).toEqual([])
    })
  })
}
