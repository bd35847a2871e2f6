import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, readdir, readlink, realpath, rm, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { EngineCapabilities, Sandbox } from '../contract/engine.js'
import { EngineError, EngineUnavailableError } from '../contract/errors.js'
import type { SandboxLimits } from '../contract/options.js'
import { asSentence } from '../host/as-sentence.js'
import { systemPath, guestEnvironment } from '../host/guest-environment.js'
import { SupervisedEngine } from '../host/engine.js'
import type { Defaults, Held } from '../host/held.js'
import { installNode, installRuntime } from '../host/runtime.js'
import type { Runtime } from '../host/runtime.js'
import type { Launched } from '../host/sandbox.js'
import type { SupervisorSettings } from '../guest/settings.js'
import { NoControlGroups } from '../limits/control-groups.js'
import type { BoundName, Bounds, ControlGroups, SandboxGroup } from '../limits/control-groups.js'
import { availableMemory, memoryOfOne, memoryTogether, openControlGroups } from '../limits/open.js'
import { withAdvice } from './advice.js'
import { boundDirectories, bubblewrapArguments, limitArguments, maskedFiles } from './arguments.js'
import { leastDiskBytes } from './disks/format.js'
import { withoutRoom } from './disks/room.js'
import { SandboxDisks } from './disks/sandbox-disks.js'
import { hiddenDirectories, ownModule, refuseExposed } from './exposure.js'
import { launchBubblewrap } from './launch.js'
import { insidePaths } from './layout.js'
import { defaultBubblewrapLimits, fitting, leastCpus, leastMemoryBytes, leastProcesses } from './limits.js'
import type { BubblewrapLimits } from './limits.js'
import { detoured, withPrivateMounts } from './private-mounts.js'
import { isReachable, isRunnable } from './reachable.js'
import { seccompFilter } from './seccomp/filter.js'
import { checkIsolation } from './self-check.js'
import { UserIds } from './user-ids.js'

export interface BubblewrapOptions {
  /** Where sandboxes keep their files; the engine uses `bubblewrap/` in it. Made when missing. */
  readonly dataDir: string
  /** Default `bwrap`, found on PATH. */
  readonly bwrap?: string
  /** Default {@link defaultBubblewrapLimits}. */
  readonly limits?: Partial<BubblewrapLimits>
  /** How many sandboxes are started ahead of need; each takes some 50 MiB of memory. Default 0. */
  readonly warm?: number
  /** What all sandboxes may use together. Default for memory: four fifths of the machine's, less 512 MiB for the server. */
  readonly together?: Bounds
  /** Bounds what sandboxes use by control groups where the server may make some. Default true. */
  readonly controlGroups?: boolean
}

/**
 * How much commands give way to their supervisor. To others, a sandbox with control groups has the same weight whatever is in it;
 * without them, this would count against every program of the machine.
 */
const commandNiceness = 10

const sharedUser =
  "Sandboxes run with the server's own user, so that they share its counters with it: one that uses up, for example, the kernel's " +
  'epoll watches of that user can end the server. Started by root, it gives each sandbox a user of its own.'

interface Host {
  readonly base: string
  readonly runtime: Runtime
  /** A Node to bring into the sandbox, or undefined when it is in /usr. */
  readonly node: string | undefined
  readonly bwrap: string
  readonly canDisableUserns: boolean
  readonly systemLinks: ReadonlyMap<string, string | undefined>
  readonly etc: readonly string[]
  readonly hidden: readonly string[]
  readonly masked: readonly string[]
  readonly filter: Buffer
  /** Whether sandboxes run as a user who can't reach the engine's directory. */
  readonly needsDetour: boolean
}

/** Isolates sandboxes with bubblewrap: Linux namespaces, a system call filter and a user id for each. */
export class BubblewrapEngine extends SupervisedEngine {
  readonly name = 'bubblewrap'
  readonly #dataDir: string
  readonly #base: string
  readonly #bwrap: string
  readonly #options: BubblewrapOptions
  #limits: BubblewrapLimits
  #groups: ControlGroups = new NoControlGroups([])
  readonly #isRoot = process.getuid?.() === 0
  readonly #userIds = new UserIds(() => this.#owners())
  #host: Host | undefined
  /** Bytes that all sandboxes may have together: more cannot be asked for. */
  #mostMemory = Infinity
  readonly #disks = new SandboxDisks(this.#isRoot)

  constructor(options: BubblewrapOptions) {
    const base = resolve(options.dataDir, 'bubblewrap')
    super(base, options.warm)
    this.#dataDir = options.dataDir
    this.#base = base
    this.#bwrap = options.bwrap ?? 'bwrap'
    this.#limits = { ...defaultBubblewrapLimits, ...options.limits }
    this.#options = options
  }

  get capabilities(): EngineCapabilities {
    return {
      outlivesServer: false,
      terminal: false,
      ports: false,
      watch: false,
      limits: [
        ...new Set(['processes', ...this.#groups.bounds] as const),
        ...(this.#disks.bytes === undefined ? [] : (['diskBytes'] as const)),
      ],
      networks: ['none'],
    }
  }

  override get notices(): readonly string[] {
    return [...(this.#isRoot ? [] : [sharedUser]), ...this.#groups.notices, ...this.#disks.notices]
  }

  protected get defaults(): Defaults {
    const { processes, memoryBytes, cpus } = this.#limits
    const { bounds } = this.#groups
    const disk = this.#disks.bytes
    return {
      limits: {
        processes,
        ...(bounds.has('memoryBytes') && memoryBytes !== undefined && { memoryBytes }),
        ...(bounds.has('cpus') && cpus !== undefined && { cpus }),
        ...(disk !== undefined && { diskBytes: disk }),
      },
      ranges: {
        processes: { least: Math.min(leastProcesses, processes), most: processes },
        memoryBytes: { least: leastMemoryBytes, most: this.#mostMemory },
        cpus: { least: leastCpus, most: cpus ?? availableParallelism() },
        ...(disk !== undefined && { diskBytes: { least: leastDiskBytes, most: disk } }),
      },
      network: 'none',
    }
  }

  override async close(): Promise<void> {
    await super.close()
    await this.#groups.close()
  }

  override async probe(): Promise<void> {
    try {
      await super.probe()
    } catch (error) {
      throw error instanceof EngineUnavailableError ? error : await withAdvice(error)
    }
  }

  protected async check(sandbox: Sandbox): Promise<void> {
    const { base } = this.#prepared
    // What a guest must not find, at a path that it could know.
    const canary = join(base, `canary-${randomBytes(8).toString('hex')}`)
    await writeFile(canary, canary, { mode: 0o644 })
    try {
      await checkIsolation(sandbox, [canary, base, ownModule])
    } finally {
      await rm(canary, { force: true })
    }
  }

  protected async prepare(): Promise<void> {
    const base = await realpath(this.#base)
    const links = await systemLinks()
    // Java does not start without its settings, which have one directory for each version.
    const etc = (await readdir('/etc')).filter((name) => /^java-[\w.-]+$/.test(name))
    const bound = boundDirectories({ systemLinks: links, etc })
    await refuseExposed([this.#dataDir, base], bound)
    const { bwrap, help } = await findBubblewrap(this.#bwrap)
    if (!help.includes('--size ')) {
      throw new EngineUnavailableError(
        'This bubblewrap is too old to bound what a sandbox stores: install 0.7 or newer.',
      )
    }
    if (this.#options.controlGroups !== false) {
      const { together } = this.#options
      this.#groups = await openControlGroups({ directory: base, ...(together !== undefined && { together }) })
      const total = await availableMemory()
      this.#mostMemory = together?.memoryBytes ?? memoryTogether(total)
      this.#limits = { memoryBytes: memoryOfOne(total), ...this.#limits }
    }
    const installed = join(base, 'runtime')
    const inUsr = process.execPath.startsWith('/usr/') && (await isRunnable(process.execPath))
    const ownNode =
      this.#isRoot && !(await isRunnable(process.execPath)) ? await installNode(installed) : process.execPath
    this.#host = {
      base,
      bwrap,
      runtime: await installRuntime(installed),
      node: inUsr ? undefined : ownNode,
      canDisableUserns: help.includes('--disable-userns'),
      systemLinks: links,
      etc,
      hidden: await hiddenDirectories(bound, process.execPath),
      masked: maskedFiles(),
      filter: seccompFilter(process.arch),
      needsDetour: this.#isRoot && !(await isReachable(join(base, 'sandboxes'))),
    }
    await this.#disks.open(join(base, 'disks'), this.#limits.diskBytes)
  }

  protected async adopt(directory: string): Promise<void> {
    if (!this.#isRoot) return
    const id = await this.#userIds.take()
    await chown(directory, id, id)
  }

  protected async launch(id: string, directory: string, held: Held, isNew: boolean): Promise<Launched> {
    const host = this.#prepared
    const userId = this.#isRoot ? await this.directories.owner(id) : undefined
    if (userId === 0) throw new EngineError('A sandbox must not run as root.')
    const disk = isNew
      ? await this.#disks.forNew(directory, held, this.isProbe(id))
      : await this.#disks.forOld(directory)
    const takesDetour = host.needsDetour && userId !== undefined
    const seen = (path: string): string => (takesDetour ? detoured(host.base, path) : path)
    const mounts = {
      workspace: seen(join(host.base, 'sandboxes', id)),
      runtime: seen(host.runtime.directory),
      node: host.node === undefined ? undefined : seen(host.node),
      systemLinks: host.systemLinks,
      etc: host.etc,
      hidden: host.hidden,
      masked: host.masked,
    }
    const limits = fitting({ ...this.#limits, ...held.limits })
    const node = host.node === undefined ? process.execPath : insidePaths.node
    const needsMounts = userId !== undefined && (takesDetour || disk !== undefined)
    const base = takesDetour ? host.base : undefined
    const launched = await launchBubblewrap({
      group: await this.#makeGroup(id, boundsOf(held.limits, this.#groups.bounds)),
      command: needsMounts
        ? withPrivateMounts({ base, disk, workspace: mounts.workspace }, userId, host.bwrap)
        : [host.bwrap],
      userId: needsMounts ? undefined : userId,
      args: bubblewrapArguments(mounts, limits, host.canDisableUserns),
      filter: host.filter,
      inside: [
        ...limitArguments(limits),
        node,
        `${insidePaths.runtime}/guest/main.js`,
        JSON.stringify(supervisorSettings(node, this.#groups.bounds.has('cpus') ? commandNiceness : 0)),
      ],
    }).catch((error: unknown) => Promise.reject(withoutRoom(error)))
    return { ...launched, ...this.#disks.storageOf(disk, launched.connection, held) }
  }

  get #prepared(): Host {
    if (this.#host === undefined) throw new EngineError('The engine is not prepared.')
    return this.#host
  }

  async #makeGroup(id: string, bounds: Bounds): Promise<SandboxGroup> {
    try {
      return await this.#groups.make(id, bounds)
    } catch (error) {
      const reason = asSentence(error instanceof Error ? error.message : String(error))
      throw new EngineError(`A control group for the sandbox could not be made. ${reason}`, { cause: error })
    }
  }

  async #owners(): Promise<number[]> {
    const owners = await Promise.all((await this.directories.list()).map((id) => this.directories.owner(id)))
    return owners.filter((owner) => owner !== undefined)
  }
}

function boundsOf(limits: SandboxLimits, names: ReadonlySet<BoundName>): Bounds {
  const bounds: Partial<Record<BoundName, number>> = {}
  for (const name of names) if (limits[name] !== undefined) bounds[name] = limits[name]
  return bounds
}

function supervisorSettings(node: string, niceness: number): SupervisorSettings {
  const path = [...systemPath, node.slice(0, node.lastIndexOf('/')), `${insidePaths.runtime}/bin`]
  return {
    root: insidePaths.workspace,
    pipeDirectory: insidePaths.pipes,
    isolated: true,
    niceness,
    mark: 'sandbox',
    env: guestEnvironment(insidePaths.workspace, path),
  }
}

async function findBubblewrap(name: string): Promise<{ bwrap: string; help: string }> {
  const run = promisify(execFile)
  try {
    const bwrap = name.includes('/') ? name : (await run('sh', ['-c', 'command -v -- "$1"', 'sh', name])).stdout.trim()
    return { bwrap: await realpath(bwrap), help: (await run(bwrap, ['--help'])).stdout }
  } catch (error) {
    throw new EngineError(`${name} could not be run (ENOENT).`, { cause: error })
  }
}

/** /bin and its like are links into /usr on today's systems, and directories on older ones. */
async function systemLinks(): Promise<Map<string, string | undefined>> {
  const links = new Map<string, string | undefined>()
  for (const path of ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32']) {
    try {
      links.set(path, await readlink(path))
    } catch (error) {
      const isDirectory = error instanceof Error && 'code' in error && error.code === 'EINVAL'
      if (isDirectory) links.set(path, undefined)
    }
  }
  return links
}
