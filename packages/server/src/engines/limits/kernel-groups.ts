import { randomBytes } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import type { BoundName, Bounds, ControlGroups, SandboxGroup } from './control-groups.js'
import { bound, Group } from './group.js'
import type { GroupDirectories } from './group.js'
import { codeOf, groupsIn, makeGroup, put, removeGroup } from './group-files.js'
import type { Purpose } from './places.js'
import type { Records } from './records.js'

/**
 * The weight of all sandboxes together. In version 1 it is that of one thread of the server, but spread over the processors on
 * which they run; in version 2 half of the server's. It only matters while both want a processor: what the server leaves is
 * theirs.
 */
const sharesTogether = 1024
const weightTogether = 50

/** Where the group of all sandboxes is made in each hierarchy. */
export type Parents = ReadonlyMap<Purpose, { readonly version: 1 | 2; readonly path: string }>

export interface KernelGroupsOptions {
  /** The name of the group of all sandboxes, unique for each data directory. */
  readonly name: string
  readonly parents: Parents
  /** What all sandboxes may use together. */
  readonly together: Bounds
  readonly notices: readonly string[]
  readonly records: Records
}

/** Control groups of the kernel: one for all sandboxes of a server, and one in it for each. */
export class KernelGroups implements ControlGroups {
  readonly bounds: ReadonlySet<BoundName>
  readonly notices: readonly string[]
  readonly #base: GroupDirectories
  readonly #options: KernelGroupsOptions
  readonly #removals = new Set<Promise<void>>()
  /** Nobody has to wait for a removal but whoever closes. */
  readonly #onRemoval = (removal: Promise<void>): void => {
    this.#removals.add(removal)
    const forget = (): void => void this.#removals.delete(removal)
    removal.then(forget, forget)
  }

  private constructor(options: KernelGroupsOptions) {
    const { parents, name } = options
    this.#options = options
    this.#base = below(parents, name)
    const names: [Purpose, BoundName][] = [
      ['cpu', 'cpus'],
      ['memory', 'memoryBytes'],
      ['pids', 'processes'],
    ]
    this.bounds = new Set(names.filter(([purpose]) => parents.has(purpose)).map(([, bounded]) => bounded))
    this.notices = options.notices
  }

  /** Makes the group of all sandboxes, and removes what a server that was killed has left. @throws {Error} */
  static async open(options: KernelGroupsOptions): Promise<KernelGroups> {
    const groups = new KernelGroups(options)
    await groups.#sweep(await options.records.read())
    await groups.#setUp()
    await options.records.write(groups.#paths)
    return groups
  }

  async make(id: string, bounds: Bounds): Promise<SandboxGroup> {
    // Unlike an id, such a name never comes again, and it tells who made it.
    const directories = below(this.#base, `${id}.${process.pid}.${randomBytes(4).toString('hex')}`)
    try {
      return await Group.make(directories, bounds, this.#onRemoval)
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
      // Somebody has removed the group of all sandboxes.
      await this.#setUp()
      return await Group.make(directories, bounds, this.#onRemoval)
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#removals)
    await this.#sweep([])
    // Those of another engine on the same directory stay.
    for (const path of this.#paths) await removeEmpty(path)
  }

  get #paths(): string[] {
    return [...new Set([...this.#base.values()].map(({ path }) => path))]
  }

  async #setUp(): Promise<void> {
    for (const path of this.#paths) await makeGroup(path)
    for (const [purpose, { version, path }] of this.#base) {
      const isBound = version === 2 && (purpose === 'memory' || purpose === 'cpu' || purpose === 'pids')
      if (isBound) await put(path, 'cgroup.subtree_control', `+${purpose}`)
    }
    await bound(this.#base, this.#options.together)
    const cpu = this.#base.get('cpu')
    if (cpu === undefined) return
    if (cpu.version === 2) await put(cpu.path, 'cpu.weight', weightTogether)
    else await put(cpu.path, 'cpu.shares', sharesTogether)
  }

  /**
   * Removes groups without processes. A sandbox ends with its server, so that this is all that one leaves.
   *
   * @param earlier - the groups of all sandboxes that this server has ever made: it may have been in another group then.
   */
  async #sweep(earlier: readonly string[]): Promise<void> {
    const { name } = this.#options
    const paths = new Set([...this.#paths, ...earlier.filter((path) => basename(path) === name)])
    for (const path of paths) {
      for (const each of await groupsIn(path)) {
        // One that is just being made by this process has none yet.
        if (each.split('.')[1] !== String(process.pid)) await removeEmpty(join(path, each))
      }
      if (!this.#paths.includes(path)) await removeEmpty(path)
    }
  }
}

function below(parents: Parents, name: string): GroupDirectories {
  return new Map([...parents].map(([purpose, { version, path }]) => [purpose, { version, path: join(path, name) }]))
}

async function removeEmpty(path: string): Promise<void> {
  if (dirname(path) !== path) await removeGroup(path, 0)
}
