import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import type { Sandbox } from '../../../dist/engines/contract/engine.js'
import { freshId } from '../contract/subject.js'
import { request, until } from '../support.js'
import { limitedEngine, limitsMissing, type LimitedEngine } from './support.js'

const missing = await limitsMissing()
const because = missing === undefined ? '' : ` (${missing})`

/** Keeps processes of their own sessions busy, since the kernel shares processors among sessions if nobody says otherwise. */
function spinners(count: number): readonly ['bash', ...string[]] {
  const script = `for i in $(seq ${count}); do setsid bash -c 'while :; do :; done' & done; echo up; wait`
  return ['bash', '-c', script]
}

describe.skipIf(missing !== undefined)(`processor time${because}`, () => {
  let limited: LimitedEngine
  beforeAll(async () => {
    limited = await limitedEngine({})
  })
  afterAll(async () => {
    await limited.remove()
  })

  test('[H3] is shared between sandboxes, not between their processes', async () => {
    const busy = async (count: number): Promise<Sandbox> => {
      const sandbox = await limited.engine.create(freshId(), {})
      const execution = await sandbox.exec(request('', { argv: spinners(count) }))
      await until(execution.stdout, 'up')
      return sandbox
    }
    // As many as there are processors can take their whole share.
    const [many, few] = [await busy(50), await busy(2)]
    const used = async (): Promise<[number, number]> => {
      const all = await Promise.all([many.metrics(), few.metrics()])
      return [all[0].cpuSeconds, all[1].cpuSeconds]
    }
    const [manyBefore, fewBefore] = await used()
    let last: [number, number] = [manyBefore, fewBefore]
    await eventually(async () => {
      last = await used()
      return last[0] - manyBefore + last[1] - fewBefore > 2
    }, 'they have used two seconds together')
    // Without weights it would be a twenty-fifth.
    expect((last[1] - fewBefore) / (last[0] - manyBefore)).toBeGreaterThan(0.3)
    await Promise.all([many.destroy(), few.destroy()])
  })

  test('of one sandbox is no more than it asked for', async () => {
    const sandbox = await limited.engine.create(freshId(), { limits: { cpus: 0.2 } })
    const execution = await sandbox.exec(request('', { argv: spinners(4) }))
    await until(execution.stdout, 'up')
    const [before, startedAt] = [await sandbox.metrics(), performance.now()]
    await eventually(async () => (await sandbox.metrics()).cpuSeconds - before.cpuSeconds > 0.5, 'it has used a half')
    const cpus = ((await sandbox.metrics()).cpuSeconds - before.cpuSeconds) / ((performance.now() - startedAt) / 1000)
    // A slow machine makes it less, and never more.
    expect(cpus).toBeLessThan(0.4)
    await sandbox.destroy()
  })
})
