import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Sandbox } from '../../dist/engines/engine.js'
import { ExecStartError, PathEscapesError } from '../../dist/engines/errors.js'
import type { Subject } from './conformance.js'
import {
  bytes,
  ENDS_MS,
  eventually,
  finish,
  heldBytes,
  from,
  markedSleep,
  processesWith,
  request,
  run,
  stateOf,
  text,
  until,
} from './support.js'

export function commandConformance(subject: Subject): void {
  describe('commands', () => {
    let sandbox: Sandbox
    beforeAll(async () => {
      sandbox = await subject.sandbox()
    })
    afterAll(() => sandbox.destroy())

    it('gives both outputs apart, byte for byte, and the exit code', async () => {
      const result = await run(sandbox, 'echo out; echo err >&2; exit 7')
      expect(result).toMatchObject({ stdout: 'out\n', stderr: 'err\n', exitCode: 7, timedOut: false })
      expect(result.durationMs).toBeGreaterThan(0)
      expect((await run(sandbox, 'true')).exitCode).toBe(0)
      const every = await sandbox.exec(
        request('', { argv: ['python3', '-c', 'import sys; sys.stdout.buffer.write(bytes(range(256)))'] }),
      )
      const [output] = await Promise.all([bytes(every.stdout), bytes(every.stderr), every.exit])
      expect([...output]).toEqual(Array.from({ length: 256 }, (_, index) => index))
    })

    it('runs python3, node and bash', async () => {
      expect((await run(sandbox, '', { argv: ['python3', '-c', 'print(6 * 7)'] })).stdout).toBe('42\n')
      expect((await run(sandbox, '', { argv: ['node', '-e', 'console.log(6 * 7)'] })).stdout).toBe('42\n')
      expect((await run(sandbox, '', { argv: ['bash', '-c', 'echo $((6 * 7))'] })).stdout).toBe('42\n')
      expect((await run(sandbox, '', { argv: ['python', '-c', 'print(6 * 7)'] })).stdout).toBe('42\n')
    })

    it('gives commands outputs and an input that programs can open again by name', async () => {
      const script = 'echo out > /dev/stdout; echo err > /dev/stderr; cat /dev/stdin'
      expect(await run(sandbox, script, { stdin: Buffer.from('in\n') })).toMatchObject({
        stdout: 'out\nin\n',
        stderr: 'err\n',
      })
    })

    it('tells a death by signal as 128 + n', async () => {
      expect(await run(sandbox, 'kill -TERM $$')).toMatchObject({ exitCode: 143, timedOut: false })
      expect(await run(sandbox, 'kill -KILL $$')).toMatchObject({ exitCode: 137, timedOut: false })
    })

    it('adds the environment that was asked for to a clean one', async () => {
      process.env['SECRET_OF_THE_SERVER'] = 'secret'
      const env = { GREETING: 'good day', EMPTY: '', UML: 'größe\nzwei' }
      const { stdout } = await run(sandbox, 'env -0', { env }).finally(() => delete process.env['SECRET_OF_THE_SERVER'])
      const variables = new Map(
        stdout.split('\0').map((line) => [line.split('=')[0], line.slice(line.indexOf('=') + 1)]),
      )
      expect(Object.fromEntries(variables)).toMatchObject(env)
      expect(variables.get('HOME')).toBe((await run(sandbox, 'pwd -P')).stdout.trim())
      expect(variables.has('SECRET_OF_THE_SERVER')).toBe(false)
    })

    it('starts in the directory that was asked for', async () => {
      await run(sandbox, 'mkdir -p "deep/er dir" && ln -s deep inside && ln -s /usr outside')
      const home = (await run(sandbox, 'pwd -P')).stdout.trim()
      expect((await run(sandbox, 'pwd -P', { cwd: 'deep/er dir' })).stdout).toBe(`${home}/deep/er dir\n`)
      expect((await run(sandbox, 'pwd -P', { cwd: 'inside/../deep' })).stdout).toBe(`${home}/deep\n`)
      expect((await run(sandbox, 'pwd -P', { cwd: 'inside' })).stdout).toBe(`${home}/deep\n`)
      for (const cwd of ['..', '/usr', 'deep/../../x', 'outside', 'outside/bin', 'x\0y']) {
        await expect(run(sandbox, 'true', { cwd }), cwd).rejects.toThrow(PathEscapesError)
      }
      await expect(run(sandbox, 'true', { cwd: 'missing' })).rejects.toThrow(ExecStartError)
    })

    it('refuses what can not be started', async () => {
      await expect(run(sandbox, '', { argv: ['no-such-program'] })).rejects.toThrow(ExecStartError)
      await expect(run(sandbox, '', { argv: ['/usr'] })).rejects.toThrow(ExecStartError)
      await expect(run(sandbox, '', { argv: ['echo', 'a\0b'] })).rejects.toThrow(ExecStartError)
      await expect(run(sandbox, '', { argv: ['echo', 'x'.repeat(3_000_000)] })).rejects.toThrow(ExecStartError)
      expect((await run(sandbox, 'echo still works')).stdout).toBe('still works\n')
    })

    it('gives the whole input and then its end', async () => {
      const input = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => index % 256))
      const execution = await sandbox.exec(request('', { argv: ['cat'], stdin: input }))
      const [output] = await Promise.all([bytes(execution.stdout), bytes(execution.stderr)])
      expect(output.equals(input)).toBe(true)
      expect((await run(sandbox, 'cat')).stdout).toBe('')
      expect(await run(sandbox, 'exit 3', { stdin: input })).toMatchObject({ exitCode: 3 })
      expect((await run(sandbox, 'head -c 3', { stdin: input })).stdout.length).toBe(3)
    })

    it('loses nothing of a long output that is read slowly, and holds little of it', async () => {
      const size = 48 * 1024 * 1024
      const execution = await sandbox.exec(request(`head -c ${size} /dev/zero | tr '\\0' x; echo end >&2`))
      const before = heldBytes()
      let seen = 0
      let most = 0
      let measuredAt = 0
      const reader = execution.stdout[Symbol.asyncIterator]()
      for (let next = await reader.next(); next.done !== true; next = await reader.next()) {
        seen += next.value.length
        if (seen % 8 === 0) await turn()
        if (seen - measuredAt < 4 * 1024 * 1024) continue
        measuredAt = seen
        most = Math.max(most, heldBytes() - before)
      }
      expect(seen).toBe(size)
      expect(most).toBeLessThan(16 * 1024 * 1024)
      expect(await text(execution.stderr)).toBe('end\n')
    })

    it('makes a command wait while nobody reads', async () => {
      const execution = await sandbox.exec(request('yes | head -c 4000000; touch written-all'))
      await run(sandbox, 'sleep 0.3')
      expect((await run(sandbox, 'ls written-all')).exitCode).not.toBe(0)
      expect((await bytes(execution.stdout)).length).toBe(4_000_000)
      await text(execution.stderr)
      expect((await execution.exit).exitCode).toBe(0)
      expect((await run(sandbox, 'ls written-all')).exitCode).toBe(0)
    })

    it('does not hold up a command whose reader left', async () => {
      const execution = await sandbox.exec(request('yes | head -c 4000000'))
      for await (const chunk of execution.stdout) if (chunk.length > 0) break
      expect((await execution.exit).exitCode).toBe(0)
      await text(execution.stderr)
    })

    it('ends a stream that the command closed early, and goes on with the other', async () => {
      const execution = await sandbox.exec(request('exec >&-; read; echo later >&2', { stdin: Buffer.from('\n') }))
      expect(await text(execution.stdout)).toBe('')
      expect(await text(execution.stderr)).toBe('later\n')
      expect((await execution.exit).exitCode).toBe(0)
    })

    it('kills a command that runs too long with all its descendants, and keeps the output so far', async () => {
      const sleep = markedSleep()
      const script = [
        'echo so far',
        `sleep ${sleep} &`,
        `setsid sleep ${sleep} &`,
        `(setsid bash -c "sleep ${sleep} & disown" & ) &`,
        `(setsid setsid nohup sleep ${sleep} >/dev/null 2>&1 &)`,
        'sleep 0.2',
        `echo all up`,
        `exec sleep ${sleep}`,
      ].join('\n')
      const execution = await sandbox.exec(request(script, { timeoutMs: 5000 }))
      const both = Promise.all([text(execution.stdout), text(execution.stderr)])
      expect(await execution.exit).toMatchObject({ exitCode: null, timedOut: true })
      expect((await both)[0]).toBe('so far\nall up\n')
      expect(processesWith(sleep)).toEqual([])
    })

    it('kills on request, with all descendants, whether or not somebody reads', async () => {
      const sleep = markedSleep()
      const read = await sandbox.exec(request(`sleep ${sleep} & setsid sleep ${sleep} & echo up; wait`))
      await until(read.stdout, 'up')
      await read.kill()
      expect(processesWith(sleep)).toEqual([])
      expect(await read.exit).toMatchObject({ exitCode: null, timedOut: false })
      await read.kill()
      const unread = await sandbox.exec(request(`yes ${sleep}`))
      await unread.kill()
      expect(await unread.exit).toMatchObject({ exitCode: null, timedOut: false })
      expect(processesWith(sleep)).toEqual([])
    })

    it('lets a background process of a finished command live on, until the sandbox ends', async () => {
      const other = await subject.sandbox()
      const sleep = markedSleep()
      const first = await run(other, `sleep ${sleep} & echo started`)
      expect(first).toMatchObject({ stdout: 'started\n', exitCode: 0 })
      expect(await run(other, 'sleep 30', { timeoutMs: 200 })).toMatchObject({ timedOut: true })
      expect(processesWith(sleep)).toHaveLength(1)
      await other.destroy()
      expect(processesWith(sleep)).toEqual([])
    })

    it('does not wait for a background process that holds the output, and does not kill it when it writes', async () => {
      const script = '(sleep 0.5; echo late; echo late >&2; touch survived; sleep 60) & echo early'
      expect(await run(sandbox, script)).toMatchObject({ stdout: 'early\n', stderr: '', exitCode: 0 })
      await eventually(async () => (await run(sandbox, 'ls survived')).exitCode === 0, 'the background process went on')
    })

    it('runs commands at the same time', async () => {
      const results = await Promise.all(
        Array.from({ length: 12 }, (_, index) => run(sandbox, `sleep 0.1; echo ${index}; exit ${index}`)),
      )
      expect(results.map(({ stdout, exitCode }) => [stdout, exitCode])).toEqual(
        Array.from({ length: 12 }, (_, index) => [`${index}\n`, index]),
      )
      const sleeping = await sandbox.exec(request('sleep 60'))
      const killed = await sandbox.exec(request('sleep 60', { timeoutMs: 100 }))
      expect(await finish(killed)).toMatchObject({ timedOut: true })
      expect(await run(sandbox, 'pgrep -x sleep | wc -l')).not.toMatchObject({ stdout: '0\n' })
      await sleeping.kill()
    })

    it(
      'stands still while it is paused, clocks and all',
      async () => {
        const sleep = markedSleep()
        // Written while it is paused, so that nothing of this can be over before.
        const afterwards = 'until [ -e while-paused ]; do sleep 0.05; done'
        const execution = await sandbox.exec(
          request(`setsid sleep ${sleep} & echo up; ${afterwards}; kill %1 || kill $!; echo over`, {
            timeoutMs: 20_000,
          }),
        )
        await until(execution.stdout, 'up')
        const short = await sandbox.exec(request(`${afterwards}; echo in time`, { timeoutMs: 4000 }))
        await sandbox.pause()
        const [pid] = processesWith(sleep)
        expect(pid).toBeDefined()
        await eventually(() => pid !== undefined && stateOf(pid) === 'T', 'the process stopped')
        await expect(run(sandbox, 'true')).rejects.toThrow(ExecStartError)
        await sandbox.files.write('while-paused', from('x'), { overwrite: true })
        await new Promise((resolve) => setTimeout(resolve, 4500))
        await sandbox.resume()
        expect(await finish(short)).toMatchObject({ stdout: 'in time\n', exitCode: 0, timedOut: false })
        expect(await text(execution.stdout)).toBe('over\n')
        expect((await execution.exit).exitCode).toBe(0)
        expect((await run(sandbox, 'echo again')).stdout).toBe('again\n')
      },
      ENDS_MS,
    )

    it('kills a paused command', async () => {
      const sleep = markedSleep()
      const execution = await sandbox.exec(request(`echo up; sleep ${sleep}`))
      await until(execution.stdout, 'up')
      await sandbox.pause()
      await execution.kill()
      expect(processesWith(sleep)).toEqual([])
      await sandbox.resume()
    })
  })
}
