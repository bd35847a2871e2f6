import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { SandboxMetrics } from '../contract/engine.js'
import { inspect } from '../guest/processes/census.js'
import type { Bounds, SandboxGroup } from './control-groups.js'
import { codeOf, lineOf, makeGroup, processesOf, put, removeGroup, textOf } from './group-files.js'
import type { Purpose } from './places.js'

/** The period in which the kernel counts processor time for a quota, in microseconds. */
const periodUs = 100_000

/** How long it may take until all processes stand still, in milliseconds. */
const freezeTimeoutMs = 10_000

/** The group below a sandbox's that is stopped while it is paused. */
const pausedName = 'paused'

/** A directory for each purpose that can be had. In version 2, it is one directory for all. */
export type GroupDirectories = ReadonlyMap<Purpose, { readonly version: 1 | 2; readonly path: string }>

/** Bounds all processes of a group together. @throws {Error} when the kernel refuses. */
export async function bound(directories: GroupDirectories, bounds: Bounds): Promise<void> {
  const memory = directories.get('memory')
  if (memory !== undefined && bounds.memoryBytes !== undefined) {
    const { path } = memory
    if (memory.version === 2) {
      await put(path, 'memory.max', bounds.memoryBytes)
      await ifThere(put(path, 'memory.swap.max', 0))
    } else {
      const set = (): Promise<void> => put(path, 'memory.limit_in_bytes', bounds.memoryBytes ?? 0)
      // The one with swap may never be the smaller one, also while both change.
      const isSet = await set().then(
        () => true,
        () => false,
      )
      await ifThere(put(path, 'memory.memsw.limit_in_bytes', bounds.memoryBytes))
      if (!isSet) await set()
    }
  }
  const cpu = directories.get('cpu')
  if (cpu !== undefined && bounds.cpus !== undefined) {
    const quotaUs = Math.round(bounds.cpus * periodUs)
    if (cpu.version === 2) await put(cpu.path, 'cpu.max', `${quotaUs} ${periodUs}`)
    else {
      await put(cpu.path, 'cpu.cfs_period_us', periodUs)
      await put(cpu.path, 'cpu.cfs_quota_us', quotaUs)
    }
  }
  const pids = directories.get('pids')
  if (pids !== undefined && bounds.processes !== undefined) await put(pids.path, 'pids.max', bounds.processes)
}

/** A sandbox's group, with a directory in each hierarchy. */
export class Group implements SandboxGroup {
  readonly canFreeze: boolean
  readonly #directories: GroupDirectories
  readonly #paths: readonly string[]
  readonly #spared = new Set<string>()
  readonly #onRemoval: (removal: Promise<void>) => void
  #removal: Promise<void> | undefined

  private constructor(directories: GroupDirectories, onRemoval: (removal: Promise<void>) => void) {
    this.#onRemoval = onRemoval
    this.canFreeze = directories.has('freezer')
    this.#directories = directories
    this.#paths = [...new Set([...directories.values()].map(({ path }) => path))]
  }

  /**
   * @param onRemoval - called with the removal when it begins.
   * @throws {Error} and leaves nothing.
   */
  static async make(
    directories: GroupDirectories,
    bounds: Bounds,
    onRemoval: (removal: Promise<void>) => void,
  ): Promise<Group> {
    const group = new Group(directories, onRemoval)
    try {
      await Promise.all(group.#paths.map(makeGroup))
      await bound(directories, bounds)
      const freezer = directories.get('freezer')
      if (freezer !== undefined) await makeGroup(join(freezer.path, pausedName))
      return group
    } catch (error) {
      await group.remove()
      throw error
    }
  }

  async add(pid: number): Promise<void> {
    for (const path of this.#paths) await unlessEnded(put(path, 'cgroup.procs', pid))
  }

  async outOfMemoryKills(): Promise<number> {
    const memory = this.#directories.get('memory')
    if (memory === undefined) return 0
    return lineOf(memory.path, memory.version === 2 ? 'memory.events' : 'memory.oom_control', 'oom_kill')
  }

  async usage(): Promise<Partial<SandboxMetrics>> {
    const [cpuSeconds, memoryBytes, processes] = await Promise.all([this.#cpuSeconds(), this.#memory(), this.#pids()])
    return {
      ...(cpuSeconds !== undefined && { cpuSeconds }),
      ...(memoryBytes !== undefined && { memoryBytes }),
      ...(processes !== undefined && { processes }),
    }
  }

  async spare(): Promise<void> {
    const freezer = this.#directories.get('freezer')
    if (freezer === undefined) return
    for (const pid of await processesOf(freezer.path)) {
      const key = inspect(pid)?.key
      if (key !== undefined) this.#spared.add(key)
    }
  }

  async freeze(): Promise<void> {
    const freezer = this.#directories.get('freezer')
    if (freezer === undefined) return
    const paused = join(freezer.path, pausedName)
    await put(paused, 'cgroup.freeze', 1)
    const deadline = performance.now() + freezeTimeoutMs
    // One that has been moved stands still, so that it can't start another: in the end none is left.
    for (;;) {
      const others = (await processesOf(freezer.path)).filter((pid) => !this.#isSpared(pid))
      for (const pid of others) {
        await unlessEnded(put(paused, 'cgroup.procs', pid))
      }
      if (others.length === 0 && (await lineOf(paused, 'cgroup.events', 'frozen')) === 1) return
      if (performance.now() > deadline) throw new Error('The processes of the sandbox did not stand still.')
      if (others.length === 0) await delay(2)
    }
  }

  async thaw(): Promise<void> {
    const freezer = this.#directories.get('freezer')
    if (freezer !== undefined) await put(join(freezer.path, pausedName), 'cgroup.freeze', 0)
  }

  remove(): Promise<void> {
    if (this.#removal === undefined) {
      this.#removal = Promise.all(this.#paths.map((path) => removeGroup(path))).then(() => undefined)
      this.#onRemoval(this.#removal)
    }
    return this.#removal
  }

  /** A zombie can't be moved, and does nothing. */
  #isSpared(pid: number): boolean {
    const info = inspect(pid)
    return info === undefined || info.state === 'Z' || info.state === 'X' || this.#spared.has(info.key)
  }

  async #cpuSeconds(): Promise<number | undefined> {
    const time = this.#directories.get('processor-time')
    if (time === undefined) return undefined
    if (time.version === 2) return (await lineOf(time.path, 'cpu.stat', 'usage_usec')) / 1e6
    return Number(await textOf(time.path, 'cpuacct.usage')) / 1e9
  }

  /** Without what the kernel keeps of files on the disk only as long as nobody else needs the memory. */
  async #memory(): Promise<number | undefined> {
    const memory = this.#directories.get('memory')
    if (memory === undefined) return undefined
    const [file, prefix] = memory.version === 2 ? ['memory.current', ''] : ['memory.usage_in_bytes', 'total_']
    const used = Number(await textOf(memory.path, file))
    const inactive = await lineOf(memory.path, 'memory.stat', `${prefix}inactive_file`)
    const active = await lineOf(memory.path, 'memory.stat', `${prefix}active_file`)
    return Math.max(0, used - inactive - active)
  }

  async #pids(): Promise<number | undefined> {
    const pids = this.#directories.get('pids')
    return pids === undefined ? undefined : Number(await textOf(pids.path, 'pids.current'))
  }
}

async function unlessEnded(moving: Promise<void>): Promise<void> {
  await moving.catch((error: unknown) => {
    if (codeOf(error) !== 'ESRCH') throw error
  })
}

async function ifThere(writing: Promise<void>): Promise<void> {
  await writing.catch((error: unknown) => {
    if (codeOf(error) !== 'ENOENT') throw error
  })
}
