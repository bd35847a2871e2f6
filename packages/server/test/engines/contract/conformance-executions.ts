import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sandbox } from '../../../dist/engines/contract/engine.js'
import {
  ExecStartError,
  ExecutionEndedError,
  ExecutionNotFoundError,
  OutputPositionError,
  SandboxGoneError,
  SandboxPausedError,
} from '../../../dist/engines/contract/errors.js'
import type { Execution, ExecutionHandle } from '../../../dist/engines/contract/execution.js'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { markedSleep } from 'sandbox-sessions-testkit/processes'
import type { Subject } from './subject.js'
import { bytes, finish, from, request, run, text, until } from '../support.js'

const kib = 1024

/** Reads neither output, and holds nothing up. */
async function leave({ stdout, stderr }: Execution): Promise<void> {
  for (const stream of [stdout, stderr]) await stream[Symbol.asyncIterator]().return?.()
}

async function rest(handle: ExecutionHandle, position: number): Promise<{ start: number; text: string }> {
  const { start, content } = await handle.follow('stdout', position)
  return { start, text: await text(content) }
}

export function executionConformance(subject: Subject): void {
  const { processesWith } = subject

  describe('executions', () => {
    let sandbox: Sandbox
    beforeAll(async () => {
      sandbox = await subject.sandbox()
    })
    afterAll(() => sandbox.destroy())

    test('have ids by which they are found while they run, and no longer when nothing of them is kept', async () => {
      const first = await sandbox.exec(request('until [ -e ready ]; do sleep 0.02; done; exit 3'))
      const second = await sandbox.exec(request('until [ -e ready ]; do sleep 0.02; done; exit 4'))
      expect(first.id).not.toBe(second.id)
      expect(await sandbox.executions()).toEqual([first.id, second.id])
      const found = await sandbox.execution(second.id)
      expect(found.id).toBe(second.id)
      await sandbox.files.write('ready', from(''), { overwrite: true })
      expect(await finish(first)).toMatchObject({ exitCode: 3 })
      expect(await finish(second)).toMatchObject({ exitCode: 4 })
      expect(await found.exit).toMatchObject({ exitCode: 4, timedOut: false })
      await eventually(async () => (await sandbox.executions()).length === 0, 'they are forgotten')
      await expect(sandbox.execution(first.id)).rejects.toThrow(ExecutionNotFoundError)
      await expect(first.follow('stdout', 0)).rejects.toThrow(ExecutionNotFoundError)
      await expect(sandbox.execution('no such id')).rejects.toThrow(ExecutionNotFoundError)
    })

    test('that are kept can be read again from any position, also when they have ended', async () => {
      const script = 'printf 0123456789; printf abc >&2; exit 5'
      const execution = await sandbox.exec(request(script, { keepOutputBytes: kib }))
      await finish(execution)
      const found = await sandbox.execution(execution.id)
      expect(await found.exit).toMatchObject({ exitCode: 5 })
      for (const position of [0, 1, 7, 10]) {
        expect(await rest(found, position)).toEqual({ start: position, text: '0123456789'.slice(position) })
      }
      expect(await text((await found.follow('stderr', 1)).content)).toBe('bc')
      for (const nowhere of [11, -1, 0.5, NaN, Infinity]) {
        await expect(found.follow('stdout', nowhere), String(nowhere)).rejects.toThrow(OutputPositionError)
      }
      for (const keepOutputBytes of [-1, 0.5, NaN, Infinity]) {
        await expect(sandbox.exec(request('true', { keepOutputBytes }))).rejects.toThrow(ExecStartError)
      }
      await found.forget()
      await found.forget()
      await expect(sandbox.execution(execution.id)).rejects.toThrow(ExecutionNotFoundError)
      await expect(found.follow('stdout', 0)).rejects.toThrow(ExecutionNotFoundError)
    })

    test('are followed by several readers, each at its own place, to the byte', async () => {
      const script = 'for i in $(seq 20000); do echo "line $i"; done'
      const whole = Array.from({ length: 20_000 }, (_, index) => `line ${index + 1}\n`).join('')
      const execution = await sandbox.exec(request(script, { keepOutputBytes: 1024 * kib }))
      const stderr = text(execution.stderr)
      const begun = await until(execution.stdout, '\n')
      const positions = [0, 3, begun.length]
      const followed = await Promise.all(positions.map((position) => rest(execution, position)))
      expect(begun + (await text(execution.stdout)) === whole).toBe(true)
      for (const [index, position] of positions.entries()) {
        expect(followed[index]?.start).toBe(position)
        expect(followed[index]?.text === whole.slice(position)).toBe(true)
      }
      expect(await stderr).toBe('')
    })

    test('keep the latest bytes, never wait while nobody follows, and tell what is gone', async () => {
      const size = 6_000_000
      const keep = 100 * kib
      const program = `import sys\nfor n in range(${size} // 8): sys.stdout.write("%07d\\n" % n)`
      const execution = await sandbox.exec(request('', { argv: ['python3', '-c', program], keepOutputBytes: keep }))
      await leave(execution)
      expect((await execution.exit).exitCode).toBe(0)
      const late = await eventuallyWhole(execution, size)
      expect(late.start).toBeGreaterThan(0)
      expect(late.start).toBeLessThanOrEqual(size - keep)
      // Little more than was asked for.
      expect(late.start).toBeGreaterThan(size - keep - 128 * kib)
      const lines = Array.from({ length: size / 8 }, (_, index) => `${String(index).padStart(7, '0')}\n`).join('')
      expect(late.text === lines.slice(late.start)).toBe(true)
      await execution.forget()
    })

    test('of which nothing is kept can be followed from now on', async () => {
      const execution = await sandbox.exec(
        request('echo early; read -r line; echo "$line"', { stdin: 'open', keepOutputBytes: 0 }),
      )
      await until(execution.stdout, 'early\n')
      const { start, content } = await execution.follow('stdout', 0)
      expect(start).toBe(6)
      await execution.writeInput(from('late\n'))
      const [own, other] = await Promise.all([text(execution.stdout), text(content), text(execution.stderr)])
      expect([own, other]).toEqual(['late\n', 'late\n'])
    })

    test('wait for a slow follower, and go on when it leaves', async () => {
      const script = 'yes | head -c 8000000; touch all-written'
      const execution = await sandbox.exec(request(script, { keepOutputBytes: 64 * kib }))
      const slow = await execution.follow('stdout', 0)
      const reader = slow.content[Symbol.asyncIterator]()
      await reader.next()
      await leave(execution)
      await run(sandbox, 'sleep 0.3')
      expect((await run(sandbox, 'ls all-written')).exitCode).not.toBe(0)
      await reader.return?.()
      expect((await execution.exit).exitCode).toBe(0)
      expect((await run(sandbox, 'ls all-written')).exitCode).toBe(0)
    })

    test('lose nothing for a follower, however slow, when they are killed', async () => {
      const execution = await sandbox.exec(
        request('yes | head -c 2000000; echo end; sleep 1000', { keepOutputBytes: 4096 * kib }),
      )
      await leave(execution)
      const { content } = await execution.follow('stdout', 0)
      await eventually(async () => {
        const { content: latest } = await execution.follow('stdout', 2_000_000).catch(() => ({ content: undefined }))
        await latest?.[Symbol.asyncIterator]().return?.()
        return latest !== undefined
      }, 'all was written')
      await execution.kill()
      expect((await bytes(content)).length).toBe(2_000_004)
      await execution.forget()
    })

    test('that have ended are kept only as long as there is room, the latest longest', async () => {
      const other = await subject.sandbox()
      const ids: string[] = []
      for (let index = 0; index < 6; index += 1) {
        const execution = await other.exec(
          request(`head -c 8M /dev/zero | tr '\\0' ${index}`, { keepOutputBytes: 8192 * kib }),
        )
        ids.push(execution.id)
        await Promise.all([bytes(execution.stdout), bytes(execution.stderr), execution.exit])
      }
      await eventually(async () => (await other.executions()).length < 6, 'there is no room for all')
      const kept = await other.executions()
      expect(kept.length).toBeGreaterThanOrEqual(3)
      expect(kept).toEqual(ids.slice(-kept.length))
      const [last] = ids.slice(-1)
      if (last === undefined) throw new Error('six were started')
      const { start, content } = await (await other.execution(last)).follow('stdout', 8192 * kib - 3)
      expect([start, await text(content)]).toEqual([8192 * kib - 3, '555'])
      await other.destroy()
    })

    test('get signals, with what runs in their group, and nothing beside it does', async () => {
      const script = [
        "(trap 'echo child; exit' USR1; echo up; while :; do sleep 0.05; done) &",
        'setsid bash -c \'trap "echo other" USR1; echo up; while :; do sleep 0.05; done\' &',
        "trap 'echo parent; wait %1; exit 7' USR1; echo up; while :; do sleep 0.05; done",
      ].join('\n')
      const execution = await sandbox.exec(request(script))
      let seen = ''
      while (seen.split('up').length < 4) seen += await until(execution.stdout, '\n')
      await execution.signal('SIGUSR1')
      const output = await text(execution.stdout)
      expect(output.split('\n').filter(Boolean).sort()).toEqual(['child', 'parent'])
      expect(await execution.exit).toMatchObject({ exitCode: 7, signal: undefined })
      await expect(execution.signal('SIGTERM')).rejects.toThrow(ExecutionNotFoundError)
      await text(execution.stderr)
    })

    test('stop and go on, and die of signals, as they are told', async () => {
      const marker = markedSleep()
      const execution = await sandbox.exec(request(`exec sleep ${marker}`, { keepOutputBytes: kib }))
      const handle = await sandbox.execution(execution.id)
      const state = () => processesWith(marker).map(subject.stateOf)
      await handle.signal('SIGSTOP')
      await eventually(() => state().includes('T'), 'it stopped')
      await handle.signal('SIGCONT')
      await eventually(() => !state().includes('T'), 'it went on')
      await sandbox.pause()
      await expect(handle.signal('SIGCONT')).rejects.toThrow(SandboxPausedError)
      expect(state()).toEqual(['T'])
      await sandbox.resume()
      await handle.signal('SIGINT')
      expect(await finish(execution)).toMatchObject({ exitCode: 130, signal: 'SIGINT', timedOut: false })
      await expect(handle.signal('SIGINT')).rejects.toThrow(ExecutionEndedError)
      await handle.kill()
    })

    test('are killed by whoever finds them', async () => {
      const marker = markedSleep()
      const execution = await sandbox.exec(request(`setsid sleep ${marker} & echo up; wait`))
      await until(execution.stdout, 'up')
      await (await sandbox.execution(execution.id)).kill()
      expect(processesWith(marker)).toEqual([])
      expect(await execution.exit).toMatchObject({ exitCode: null, signal: undefined, timedOut: false })
    })

    test('are gone with their sandbox, for followers, too', async () => {
      const other = await subject.sandbox()
      const execution = await other.exec(request('echo up; sleep 1000', { keepOutputBytes: kib }))
      await until(execution.stdout, 'up')
      const { content } = await execution.follow('stdout', 0)
      const handle = await other.execution(execution.id)
      const ends = Promise.allSettled([text(content), handle.exit, execution.exit])
      await other.destroy()
      for (const end of await ends) expect(end.status === 'rejected' && end.reason).toBeInstanceOf(SandboxGoneError)
      await expect(handle.follow('stdout', 0)).rejects.toThrow(SandboxGoneError)
      await expect(other.executions()).rejects.toThrow(SandboxGoneError)
    })
  })
}

/** The output ends a moment after the process. */
async function eventuallyWhole(execution: Execution, size: number): Promise<{ start: number; text: string }> {
  let seen = { start: 0, text: '' }
  await eventually(async () => {
    seen = await rest(execution, 0)
    return seen.start + seen.text.length === size
  }, 'the output is whole')
  return seen
}
