import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Sandbox } from '../../../dist/engines/contract/engine.js'
import { ExecStartError, PathEscapesError } from '../../../dist/engines/contract/errors.js'
import type { Subject } from './subject.js'
import { bytes, finish, heldBytes, from, request, run, text, until } from '../support.js'
import { eventually, longestWaitMs } from 'sandbox-sessions-testkit/waiting'
import { markedSleep } from 'sandbox-sessions-testkit/processes'

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** Reads until each of the lines has come, in any order. */
async function untilAll(stream: AsyncIterable<Uint8Array>, wanted: readonly string[]): Promise<void> {
  const iterator = stream[Symbol.asyncIterator]()
  for (let seen = ''; !wanted.every((line) => seen.split('\n').includes(line));) {
    const next = await iterator.next()
    if (next.done === true) throw new Error(`the stream ended with ${JSON.stringify(seen)}`)
    seen += Buffer.from(next.value).toString('utf8')
  }
}

export function commandConformance(subject: Subject): void {
  const { processesWith, stateOf } = subject

  describe('commands', () => {
    let sandbox: Sandbox
    beforeAll(async () => {
      sandbox = await subject.sandbox()
    })
    afterAll(() => sandbox.destroy())

    test('gives both outputs apart, byte for byte, and the exit code', async () => {
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

    test('runs python3, node and bash', async () => {
      expect((await run(sandbox, '', { argv: ['python3', '-c', 'print(6 * 7)'] })).stdout).toBe('42\n')
      expect((await run(sandbox, '', { argv: ['node', '-e', 'console.log(6 * 7)'] })).stdout).toBe('42\n')
      expect((await run(sandbox, '', { argv: ['bash', '-c', 'echo $((6 * 7))'] })).stdout).toBe('42\n')
      expect((await run(sandbox, '', { argv: ['python', '-c', 'print(6 * 7)'] })).stdout).toBe('42\n')
    })

    test('gives commands outputs and an input that programs can open again by name', async () => {
      const script = 'echo out > /dev/stdout; echo err > /dev/stderr; cat /dev/stdin'
      expect(await run(sandbox, script, { stdin: from('in\n') })).toMatchObject({
        stdout: 'out\nin\n',
        stderr: 'err\n',
      })
    })

    test('tells a death by signal as 128 + n', async () => {
      expect(await run(sandbox, 'kill -TERM $$')).toMatchObject({ exitCode: 143, signal: 'SIGTERM', timedOut: false })
      expect(await run(sandbox, 'kill -KILL $$')).toMatchObject({ exitCode: 137, signal: 'SIGKILL', timedOut: false })
      expect((await run(sandbox, 'exit 143')).signal).toBeUndefined()
    })

    test('adds the environment that was asked for to a clean one', async () => {
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

    test('starts in the directory that was asked for', async () => {
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

    test('refuses what can not be started', async () => {
      await expect(run(sandbox, '', { argv: ['no-such-program'] })).rejects.toThrow(ExecStartError)
      await expect(run(sandbox, '', { argv: ['/usr'] })).rejects.toThrow(ExecStartError)
      await expect(run(sandbox, '', { argv: ['echo', 'a\0b'] })).rejects.toThrow(ExecStartError)
      await expect(run(sandbox, '', { argv: ['echo', 'x'.repeat(3_000_000)] })).rejects.toThrow(ExecStartError)
      expect((await run(sandbox, 'echo still works')).stdout).toBe('still works\n')
    })

    test('gives the whole input and then its end', async () => {
      const input = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => index % 256))
      const execution = await sandbox.exec(request('', { argv: ['cat'], stdin: from(input) }))
      const [output] = await Promise.all([bytes(execution.stdout), bytes(execution.stderr)])
      expect(output.equals(input)).toBe(true)
      expect((await run(sandbox, 'cat')).stdout).toBe('')
      expect(await run(sandbox, 'exit 3', { stdin: from(input) })).toMatchObject({ exitCode: 3 })
      expect((await run(sandbox, 'head -c 3', { stdin: from(input) })).stdout.length).toBe(3)
    })

    test('loses nothing of a long output that is read slowly, and holds little of it', async () => {
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

    test('makes a command wait while nobody reads', async () => {
      const execution = await sandbox.exec(request('yes | head -c 4000000; touch written-all'))
      await run(sandbox, 'sleep 0.3')
      expect((await run(sandbox, 'ls written-all')).exitCode).not.toBe(0)
      expect((await bytes(execution.stdout)).length).toBe(4_000_000)
      await text(execution.stderr)
      expect((await execution.exit).exitCode).toBe(0)
      expect((await run(sandbox, 'ls written-all')).exitCode).toBe(0)
    })

    test('does not hold up a command whose reader left', async () => {
      const execution = await sandbox.exec(request('yes | head -c 4000000'))
      for await (const chunk of execution.stdout) if (chunk.length > 0) break
      expect((await execution.exit).exitCode).toBe(0)
      await text(execution.stderr)
    })

    test('ends a stream that the command closed early, and goes on with the other', async () => {
      const execution = await sandbox.exec(request('exec >&-; read; echo later >&2', { stdin: from('\n') }))
      expect(await text(execution.stdout)).toBe('')
      expect(await text(execution.stderr)).toBe('later\n')
      expect((await execution.exit).exitCode).toBe(0)
    })

    test('kills a command that runs too long with all its descendants, and keeps the output so far', async () => {
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

    test('kills on request, with all descendants, whether or not somebody reads', async () => {
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

    /** No test waits this long: what ends by itself, or is killed at once, does not use its grace up. */
    const longMs = 100 * longestWaitMs
    const forever = 'while :; do sleep 0.05; done'

    test('[C7] lets a command that runs too long act on SIGTERM, and keeps what it says then', async () => {
      const busy = {
        'it waits for a background process': 'sleep 1000 & wait',
        'it waits for a program': 'sleep 1000',
        'it is busy itself': forever,
        'it has stopped itself': 'kill -STOP $$',
      }
      const trap = "trap 'echo trapped; echo too >&2; exit 0' TERM; echo up"
      const limits = { timeoutMs: 3000, graceMs: longMs }
      const ends = Object.entries(busy).map(async ([what, script]) => {
        const { stderr, ...end } = await run(sandbox, `${trap}; ${script}`, limits)
        expect(end, what).toMatchObject({ stdout: 'up\ntrapped\n', exitCode: null, timedOut: true })
        expect(stderr, what).toContain('too\n')
      })
      await Promise.all(ends)
    })

    test('[C7] lets every process of a command that is killed act on SIGTERM, wherever it has gone', async () => {
      const child = `trap 'echo bye > bye-$0; exit' TERM; echo $0 >&3; ${forever}`
      const script = [
        `exec 3>&1; child=${quoted(child)}`,
        'bash -c "$child" 1 & setsid bash -c "$child" 2 & (setsid nohup bash -c "$child" 3 >/dev/null 2>&1 &)',
        "trap 'echo bye > bye-0; exit' TERM; echo 0; wait",
      ].join('\n')
      const execution = await sandbox.exec(request(script, { graceMs: longMs }))
      await untilAll(execution.stdout, ['0', '1', '2', '3'])
      await execution.kill()
      expect(await execution.exit).toMatchObject({ exitCode: null, timedOut: false })
      expect((await run(sandbox, 'cat bye-0 bye-1 bye-2 bye-3')).stdout).toBe('bye\n'.repeat(4))
    })

    test.each([0, 300])(
      '[C7] kills what does not end within a grace of %d ms, and what it started meanwhile',
      async (graceMs) => {
        const sleep = markedSleep()
        const script = [
          `ignore() { trap '' TERM; sleep ${sleep} & setsid sleep ${sleep} & (setsid nohup sleep ${sleep} &) & wait; }`,
          `ignore >/dev/null 2>&1 & trap 'setsid sleep ${sleep} & sleep ${sleep} &' TERM; echo up; ${forever}`,
        ].join('\n')
        const started = await Promise.all([
          sandbox.exec(request(script, { graceMs, timeoutMs: 3000 })),
          sandbox.exec(request(script, { graceMs })),
        ])
        await Promise.all(started.map(({ stdout }) => until(stdout, 'up')))
        await started[1].kill()
        expect(await started[1].exit).toMatchObject({ exitCode: null, timedOut: false })
        expect(await started[0].exit).toMatchObject({ exitCode: null, timedOut: true })
        expect(processesWith(sleep)).toEqual([])
      },
    )

    test('[C7] ends a command that runs too long before its grace is over, when its caller leaves while it is paused', async () => {
      const execution = await sandbox.exec(
        request(`trap 'echo caught; ${forever}' TERM; echo up; ${forever}`, { timeoutMs: 3000, graceMs: longMs }),
      )
      await until(execution.stdout, 'caught')
      await sandbox.pause()
      await execution.kill()
      expect(await execution.exit).toMatchObject({ exitCode: null, timedOut: true })
      await sandbox.resume()
    })

    test(
      '[C7] stops the grace while it is paused',
      async () => {
        const caught = 'echo caught; until [ -e go-on ]; do sleep 0.05; done; echo through; exit'
        const execution = await sandbox.exec(
          request(`trap '${caught}' TERM; echo up; ${forever}`, { timeoutMs: 3000, graceMs: 5000 }),
        )
        await until(execution.stdout, 'caught')
        await sandbox.pause()
        await new Promise((resolve) => setTimeout(resolve, 5500))
        await sandbox.files.write('go-on', from(''), { overwrite: true })
        await sandbox.resume()
        expect(await finish(execution)).toMatchObject({ stdout: 'through\n', exitCode: null, timedOut: true })
      },
      2 * longestWaitMs,
    )

    test('[C7] is destroyed at once, whatever grace its commands have', async () => {
      const other = await subject.sandbox()
      const sleep = markedSleep()
      const script = `trap '' TERM; sleep ${sleep} & echo up; ${forever}`
      const [killed, running] = await Promise.all([0, 1].map(() => other.exec(request(script, { graceMs: longMs }))))
      if (killed === undefined || running === undefined) throw new Error('two commands were started')
      await Promise.all([until(killed.stdout, 'up'), until(running.stdout, 'up')])
      const killing = killed.kill()
      await other.destroy()
      await killing
      expect(processesWith(sleep)).toEqual([])
    })

    test('lets a background process of a finished command live on, until the sandbox ends', async () => {
      const other = await subject.sandbox()
      const sleep = markedSleep()
      const first = await run(other, `sleep ${sleep} & echo started`)
      expect(first).toMatchObject({ stdout: 'started\n', exitCode: 0 })
      expect(await run(other, 'sleep 30', { timeoutMs: 200 })).toMatchObject({ timedOut: true })
      expect(processesWith(sleep)).toHaveLength(1)
      await other.destroy()
      expect(processesWith(sleep)).toEqual([])
    })

    test('does not wait for a background process that holds the output, and does not kill it when it writes', async () => {
      const script = '(sleep 0.5; echo late; echo late >&2; touch survived; sleep 60) & echo early'
      expect(await run(sandbox, script)).toMatchObject({ stdout: 'early\n', stderr: '', exitCode: 0 })
      await eventually(async () => (await run(sandbox, 'ls survived')).exitCode === 0, 'the background process went on')
    })

    test('runs commands at the same time', async () => {
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

    test(
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
      longestWaitMs,
    )

    test('kills a paused command', async () => {
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
