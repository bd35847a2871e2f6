import { readFileSync } from 'node:fs'
import { markedSleep, processesWith } from 'sandbox-sessions-testkit/processes'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BubblewrapEngine } from '../../../dist/engines/bubblewrap/engine.js'
import type { Sandbox } from '../../../dist/engines/contract/engine.js'
import { freshId } from '../contract/subject.js'
import { bubblewrapMissing, from, request, run, temporaryDirectory, until } from '../support.js'

const missing = await bubblewrapMissing()
const hasResourceRight = /^CapEff:\s*\w*[13579bdf]\w{6}$/m.test(readFileSync('/proc/self/status', 'latin1'))
const because = missing === undefined ? '' : ` (${missing})`

describe.skipIf(missing !== undefined)(`which process the kernel kills first${because}`, () => {
  const directory = temporaryDirectory()
  const engine = new BubblewrapEngine({ dataDir: directory.path })
  let sandbox: Sandbox
  const output = async (script: string): Promise<string> => (await run(sandbox, script)).stdout
  beforeAll(async () => {
    sandbox = await engine.create(freshId(), {})
  })
  afterAll(async () => {
    await engine.close()
    directory.remove()
  })

  test('[H2] is a command, then its supervisor, and the server last', async () => {
    // The supervisor takes its own score back as soon as it has started the command.
    const wait = 'until [ "$(cat /proc/$PPID/oom_score_adj)" = 500 ]; do sleep 0.01; done'
    const scores = await output(`${wait}; cat /proc/self/oom_score_adj /proc/$PPID/oom_score_adj /proc/1/oom_score_adj`)
    const [command = 0, supervisor = 0, init = 0] = scores.split('\n').map(Number)
    expect(command).toBeGreaterThanOrEqual(900)
    expect(supervisor).toBe(500)
    expect(init).toBe(500)
    expect(Number(readFileSync('/proc/self/oom_score_adj', 'latin1'))).toBeLessThan(500)
    // What a command starts has the same, wherever it goes.
    expect(await output('setsid env -i cat /proc/self/oom_score_adj')).toMatch(/^9\d\d\n$/)
  })

  test('[H2] cannot be changed by a guest to come after the server, nor after another sandbox where that can be had', async () => {
    const own = Number(readFileSync('/proc/self/oom_score_adj', 'latin1'))
    const least = hasResourceRight ? 500 : own
    const lower = `for n in -1000 ${own - 1} ${own} 499; do echo $n > /proc/self/oom_score_adj; done; cat /proc/self/oom_score_adj`
    expect(Number(await output(lower))).toBeGreaterThanOrEqual(least)
    const lowerAll = `for f in /proc/[0-9]*/oom_score_adj; do echo ${own} > $f; done; cat /proc/[0-9]*/oom_score_adj`
    const scores = (await output(lowerAll)).trim().split('\n').map(Number)
    expect(scores.length).toBeGreaterThan(2)
    expect(Math.min(...scores)).toBeGreaterThanOrEqual(least)
  })

  test('[M5] what left its tree, its session and its environment ends with its command while another one runs', async () => {
    const sleep = markedSleep()
    const other = await sandbox.exec(request('echo up; read line; echo "$line"', { stdin: 'open' }))
    const otherOutput = until(other.stdout, 'done')
    const leave = `(setsid env -i setsid bash -c '(exec sleep ${sleep}) >/dev/null 2>&1 & disown' &)`
    const leaver = await sandbox.exec(request(`${leave}; echo left; sleep 1000`))
    await until(leaver.stdout, 'left')
    await eventually(() => processesWith(sleep).length === 1, 'it has left')
    await leaver.kill()
    expect(processesWith(sleep)).toEqual([])
    await other.writeInput(from('done\n'))
    expect(await otherOutput).toContain('done')
  })

  test('[M5] a background process of a command that ended stays, however many commands come and are killed later', async () => {
    const sleep = markedSleep()
    await run(sandbox, `(setsid env -i setsid bash -c '(exec sleep ${sleep}) >/dev/null 2>&1 & disown' &)`)
    await eventually(() => processesWith(sleep).length === 1, 'it runs')
    for (let round = 0; round < 110; round += 1) {
      const execution = await sandbox.exec(request('sleep 1000', { graceMs: 0 }))
      // Another one runs beside it.
      const beside = await sandbox.exec(request('sleep 1000', { graceMs: 0 }))
      await Promise.all([execution.kill(), beside.kill()])
    }
    expect(processesWith(sleep)).toHaveLength(1)
  })
})
