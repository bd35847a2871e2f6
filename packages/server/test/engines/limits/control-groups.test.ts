import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { markedSleep, processesWith } from 'sandbox-sessions-testkit/processes'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LimitNotAvailableError } from '../../../dist/engines/contract/errors.js'
import { freshId } from '../contract/subject.js'
import { request, run, until } from '../support.js'
import { limitedEngine, limitsMissing, type LimitedEngine } from './support.js'

const missing = await limitsMissing()
const because = missing === undefined ? '' : ` (${missing})`
const mib = 1024 ** 2

/** The groups of all sandboxes of an engine, one in each hierarchy. */
function basesOf(dataDir: string): string[] {
  const paths: unknown = JSON.parse(readFileSync(join(dataDir, 'bubblewrap', 'control-groups.json'), 'utf8'))
  if (!Array.isArray(paths)) throw new Error('a list of paths was expected')
  return paths.map(String)
}

/** The groups of one sandbox. */
function groupsOf(dataDir: string, id: string): string[] {
  return basesOf(dataDir).flatMap((base) =>
    readdirSync(base)
      .filter((name) => name.startsWith(`${id}.`))
      .map((name) => join(base, name)),
  )
}

function valueOf(directories: readonly string[], ...names: string[]): string {
  for (const directory of directories) {
    for (const name of names) {
      if (existsSync(join(directory, name))) return readFileSync(join(directory, name), 'utf8').trim()
    }
  }
  throw new Error(`no group has ${names.join(' or ')}`)
}

describe.skipIf(missing !== undefined)(`control groups${because}`, () => {
  let limited: LimitedEngine
  beforeAll(async () => {
    limited = await limitedEngine({ together: { memoryBytes: 2048 * mib, processes: 2000 } })
  })
  afterAll(async () => {
    await limited.remove()
  })

  test('bound memory, processor time and processes, each by what was asked for and all together', async () => {
    const { engine, dataDir } = limited
    expect(engine.capabilities.limits).toEqual(expect.arrayContaining(['cpus', 'memoryBytes', 'processes']))
    expect(engine.notices).toEqual([])
    const asked = { memoryBytes: 256 * mib, cpus: 0.5, processes: 100 }
    const sandbox = await engine.create(freshId(), { limits: asked })
    expect(sandbox.limits).toMatchObject(asked)
    const groups = groupsOf(dataDir, sandbox.id)
    expect(valueOf(groups, 'memory.max', 'memory.limit_in_bytes')).toBe(String(256 * mib))
    expect(['50000 100000', '50000']).toContain(valueOf(groups, 'cpu.max', 'cpu.cfs_quota_us'))
    expect(valueOf(groups, 'pids.max')).toBe('100')
    const bases = basesOf(dataDir)
    expect(valueOf(bases, 'memory.max', 'memory.limit_in_bytes')).toBe(String(2048 * mib))
    expect(valueOf(bases, 'pids.max')).toBe('2000')
    await sandbox.destroy()
  })

  test('[H3] weigh all sandboxes less than the server, and each as much as another', async () => {
    const { engine, dataDir } = limited
    const sandboxes = [await engine.create(freshId(), {}), await engine.create(freshId(), {})]
    const weights = sandboxes.map(({ id }) => valueOf(groupsOf(dataDir, id), 'cpu.weight', 'cpu.shares'))
    expect(weights[0]).toBe(weights[1])
    // A new group has 100; in version 1, one thread of the server has 1024.
    expect(['50', '1024']).toContain(valueOf(basesOf(dataDir), 'cpu.weight', 'cpu.shares'))
    await Promise.all(sandboxes.map((sandbox) => sandbox.destroy()))
  })

  test('refuse limits in which nothing could run, and more than there is', async () => {
    const { engine } = limited
    for (const limits of [{ memoryBytes: mib }, { memoryBytes: 4096 * mib }, { cpus: 0.001 }, { cpus: 100_000 }]) {
      await expect(engine.create(freshId(), { limits })).rejects.toThrow(LimitNotAvailableError)
    }
  })

  test('hold every process of a sandbox, wherever it goes, and are removed with it', async () => {
    const { engine, dataDir } = limited
    const sandbox = await engine.create(freshId(), {})
    const sleep = markedSleep()
    await run(sandbox, `(setsid env -i setsid bash -c '(exec sleep ${sleep}) >/dev/null 2>&1 & disown' &)`)
    await eventually(() => processesWith(sleep).length === 1, 'it runs')
    const groups = groupsOf(dataDir, sandbox.id)
    expect(groups.length).toBeGreaterThan(0)
    for (const group of groups) {
      expect(readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n')).toContain(String(processesWith(sleep)[0]))
    }
    await sandbox.destroy()
    for (const group of groups) expect(existsSync(group)).toBe(false)
    expect(processesWith(sleep)).toEqual([])
  })

  test('are not seen by a guest', async () => {
    const sandbox = await limited.engine.create(freshId(), {})
    const { stdout } = await run(sandbox, 'cat /proc/self/cgroup; ls /sys/fs/cgroup 2>/dev/null')
    expect(stdout).not.toMatch(/sandbox-sessions|memory\.max/)
    await sandbox.destroy()
  })

  test('leave no more of a program that takes all memory than its result, and the sandbox works on', async () => {
    const sandbox = await limited.engine.create(freshId(), { limits: { memoryBytes: 192 * mib } })
    const hog = ['python3', '-c', 'x = []\nwhile True: x.append(bytearray(1 << 20))'] as const
    expect(await run(sandbox, '', { argv: hog })).toMatchObject({ exitCode: 137, outOfMemory: true })
    const after = await run(sandbox, 'echo unharmed; exit 3')
    expect(after).toMatchObject({ stdout: 'unharmed\n', exitCode: 3, outOfMemory: false })
    // A command is told also when it was only a program of its own that was killed, and whoever asks for it later is told too.
    const execution = await sandbox.exec(
      request('"$@"; exit 0', { argv: ['bash', '-c', '"$@"; exit 0', 'bash', ...hog], keepOutputBytes: 10 }),
    )
    expect(await execution.exit).toMatchObject({ exitCode: 0, outOfMemory: true })
    expect(await (await sandbox.execution(execution.id)).exit).toMatchObject({ exitCode: 0, outOfMemory: true })
    await sandbox.destroy()
  })

  test('[M1] bound what the kernel holds for a guest, as for empty files in memory', async () => {
    const sandbox = await limited.engine.create(freshId(), { limits: { memoryBytes: 160 * mib } })
    const make = 'import os\nfor i in range(10**7):\n os.close(os.open(f"/tmp/{i}", os.O_CREAT))'
    const execution = await sandbox.exec(request('', { argv: ['python3', '-c', make] }))
    const ended = await execution.exit.catch(() => undefined)
    // 10 million of them would take 10 GiB. The sandbox may end with it: there is nothing in it that could be given back.
    expect(ended?.exitCode).not.toBe(0)
    await sandbox.destroy()
    expect(groupsOf(limited.dataDir, sandbox.id)).toEqual([])
  })

  test('count what a sandbox uses', async () => {
    const sandbox = await limited.engine.create(freshId(), {})
    const before = await sandbox.metrics()
    expect(before.processes).toBeGreaterThanOrEqual(3)
    const use = [
      'import os, time',
      'held = bytearray(64 << 20)',
      'for i in range(0, len(held), 4096): held[i] = 1',
      'while time.process_time() < 0.5: pass',
      'for _ in range(5):',
      '  if os.fork() == 0: time.sleep(1000)',
      'print("done", flush=True)',
      'time.sleep(1000)',
    ].join('\n')
    const execution = await sandbox.exec(request('', { argv: ['python3', '-c', use] }))
    await until(execution.stdout, 'done')
    const after = await sandbox.metrics()
    expect(after.cpuSeconds - before.cpuSeconds).toBeGreaterThanOrEqual(0.45)
    expect(after.memoryBytes - before.memoryBytes).toBeGreaterThanOrEqual(60 * mib)
    expect(after.memoryBytes).toBeLessThan(1024 * mib)
    // One that prepares the supervisor may have been counted before.
    expect(after.processes - before.processes).toBeGreaterThanOrEqual(5)
    await execution.kill()
    const freed = await sandbox.metrics()
    expect(freed.cpuSeconds).toBeGreaterThanOrEqual(after.cpuSeconds)
    expect(freed.memoryBytes).toBeLessThan(after.memoryBytes)
    expect(freed.processes).toBeLessThan(after.processes)
    await sandbox.destroy()
  })
})
