import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { BubblewrapEngine } from '../../dist/engines/bubblewrap/engine.js'
import { freshId } from './contract/subject.js'
import { bubblewrapMissing, run, temporaryDirectory } from './support.js'

const missing = await bubblewrapMissing()
const because = missing === undefined ? '' : ` (${missing})`

/** The directories of sandboxes that nobody has asked for yet. */
const warmIn = (dataDir: string): string[] => {
  const sandboxes = join(dataDir, 'bubblewrap', 'sandboxes')
  return readdirSync(sandboxes)
    .filter((name) => name.startsWith('warm-'))
    .map((name) => join(sandboxes, name))
}

describe.skipIf(missing !== undefined)(`sandboxes that are started ahead of need${because}`, () => {
  const directory = temporaryDirectory()
  const engine = new BubblewrapEngine({ dataDir: directory.path, warm: 1 })
  afterAll(async () => {
    await engine.close()
    directory.remove()
  })

  test('become the sandboxes that are asked for, each of them once', async () => {
    await engine.probe()
    const seen = new Set<number>()
    const workspaces: number[] = []
    await eventually(async () => {
      for (const path of warmIn(directory.path)) seen.add(statSync(path).ino)
      const id = freshId()
      const sandbox = await engine.create(id, { image: 'python:3.12' })
      // What it was asked to be, and not what it was when it waited.
      expect([sandbox.id, sandbox.image, sandbox.gone]).toEqual([id, 'host/python', false])
      const { ino } = statSync(join(directory.path, 'bubblewrap', 'sandboxes', id))
      workspaces.push(ino)
      expect((await run(sandbox, 'touch file; ls -A /workspace')).stdout).toBe('file\n')
      expect(await sandbox.diskUsage()).toBeGreaterThanOrEqual(0)
      expect(await engine.list()).toContain(id)
      await sandbox.destroy()
      expect(await engine.list()).toEqual([])
      return seen.has(ino)
    }, 'a sandbox was ready')
    expect(new Set(workspaces).size).toBe(workspaces.length)
  })

  test('are not given to those who ask for other limits', async () => {
    await eventually(() => warmIn(directory.path).length === 1)
    const sandbox = await engine.create(freshId(), { limits: { processes: 64 } })
    const { stdout } = await run(sandbox, 'ulimit -u')
    expect([sandbox.limits.processes, stdout]).toEqual([64, '64\n'])
    await sandbox.destroy()
  })

  test('serve many who ask at once', async () => {
    const sandboxes = await Promise.all(Array.from({ length: 6 }, () => engine.create(freshId(), {})))
    const told = await Promise.all(
      sandboxes.map(async (sandbox, index) => (await run(sandbox, `echo ${index} > own; cat own; ls`)).stdout),
    )
    expect(told).toEqual(sandboxes.map((_, index) => `${index}\nown\n`))
    await Promise.all(sandboxes.map((sandbox) => sandbox.destroy()))
  })

  test('take nothing along when the engine is closed', async () => {
    const own = temporaryDirectory()
    const other = new BubblewrapEngine({ dataDir: own.path, warm: 1 })
    await other.probe()
    await eventually(() => warmIn(own.path).length === 1)
    expect(await other.list()).toEqual([])
    await other.close()
    expect(warmIn(own.path)).toEqual([])
    own.remove()
  })

  test('are removed at the next start when the server was killed', async () => {
    const own = temporaryDirectory()
    const entry = new URL('../../dist/engines/bubblewrap/engine.js', import.meta.url)
    const program = `
      import { BubblewrapEngine } from ${JSON.stringify(entry)}
      await new BubblewrapEngine({ dataDir: ${JSON.stringify(own.path)}, warm: 1 }).probe()
      console.log('probed')
      setInterval(() => undefined, 1000)
    `
    const stdio = ['ignore', 'pipe', 'inherit'] as const
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: [...stdio] })
    const sandboxes = (): string[] => warmIn(own.path)
    await once(child.stdout, 'data')
    await eventually(() => sandboxes().length === 1)
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(sandboxes()).toHaveLength(1)
    const next = new BubblewrapEngine({ dataDir: own.path })
    expect(await next.list()).toEqual([])
    expect(sandboxes()).toEqual([])
    await next.close()
    own.remove()
  })
})
