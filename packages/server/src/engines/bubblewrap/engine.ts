import { execFile } from 'node:child_process'
import { chown, readdir, readlink, realpath } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { EngineCapabilities, Sandbox } from '../contract/engine.js'
import { EngineError, EngineUnavailableError } from '../contract/errors.js'
import { systemPath, guestEnvironment } from '../host/guest-environment.js'
import { SupervisedEngine } from '../host/engine.js'
import type { Defaults, Held } from '../host/held.js'
import { installNode, installRuntime } from '../host/runtime.js'
import type { Runtime } from '../host/runtime.js'
import type { Launched } from '../host/sandbox.js'
import type { SupervisorSettings } from '../guest/settings.js'
import { withAdvice } from './advice.js'
import { bubblewrapArguments, limitArguments } from './arguments.js'
import { leastDiskBytes } from './disks/format.js'
import { withoutRoom } from './disks/room.js'
import { SandboxDisks } from './disks/sandbox-disks.js'
import { launchBubblewrap } from './launch.js'
import { insidePaths } from './layout.js'
import { defaultBubblewrapLimits, leastProcesses } from './limits.js'
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
}

interface Host {
  readonly base: string
  readonly runtime: Runtime
  /** A Node to bring into the sandbox, or undefined when it is in /usr. */
  readonly node: string | undefined
  readonly bwrap: string
  readonly canDisableUserns: boolean
  readonly systemLinks: ReadonlyMap<string, string | undefined>
  readonly etc: readonly string[]
  readonly filter: Buffer
  /** Whether sandboxes run as a user who can't reach the engine's directory. */
  readonly needsDetour: boolean
}

/** Isolates sandboxes with bubblewrap: Linux namespaces, a system call filter and a user id for each. */
export class BubblewrapEngine extends SupervisedEngine {
  readonly name = 'bubblewrap'
  readonly #base: string
  readonly #bwrap: string
  readonly #limits: BubblewrapLimits
  readonly #isRoot = process.getuid?.() === 0
  readonly #userIds = new UserIds(() => this.#owners())
  #host: Host | undefined
  readonly #disks = new SandboxDisks(this.#isRoot)

  constructor(options: BubblewrapOptions) {
    const base = resolve(options.dataDir, 'bubblewrap')
    super(base)
    this.#base = base
    this.#bwrap = options.bwrap ?? 'bwrap'
    this.#limits = { ...defaultBubblewrapLimits, ...options.limits }
  }

  get capabilities(): EngineCapabilities {
    return {
      outlivesServer: false,
      terminal: false,
      ports: false,
      watch: false,
      limits: this.#disks.bytes === undefined ? ['processes'] : ['processes', 'diskBytes'],
      networks: ['none'],
    }
  }

  get notices(): readonly string[] {
    return this.#disks.notices
  }

  protected get defaults(): Defaults {
    const { processes } = this.#limits
    const disk = this.#disks.bytes
    return {
      limits: { processes, ...(disk !== undefined && { diskBytes: disk }) },
      ranges: {
        processes: { least: Math.min(leastProcesses, processes), most: processes },
        ...(disk !== undefined && { diskBytes: { least: leastDiskBytes, most: disk } }),
      },
      network: 'none',
    }
  }

  override async probe(): Promise<void> {
    try {
      await super.probe()
    } catch (error) {
      throw error instanceof EngineUnavailableError ? error : await withAdvice(error)
    }
  }

  protected check(sandbox: Sandbox): Promise<void> {
    return checkIsolation(sandbox)
  }

  protected async prepare(): Promise<void> {
    const base = await realpath(this.#base)
    const { bwrap, help } = await findBubblewrap(this.#bwrap)
    if (!help.includes('--size ')) {
      throw new EngineUnavailableError(
        'This bubblewrap is too old to bound what a sandbox stores: install 0.7 or newer.',
      )
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
      systemLinks: await systemLinks(),
      // Java does not start without its settings, which have one directory for each version.
      etc: (await readdir('/etc')).filter((name) => /^java-[\w.-]+$/.test(name)),
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
    const host = this.#host
    if (host === undefined) throw new EngineError('The engine is not prepared.')
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
    }
    const limits = { ...this.#limits, processes: held.limits.processes ?? this.#limits.processes }
    const node = host.node === undefined ? process.execPath : insidePaths.node
    const needsMounts = userId !== undefined && (takesDetour || disk !== undefined)
    const base = takesDetour ? host.base : undefined
    const launched = await launchBubblewrap({
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
        JSON.stringify(supervisorSettings(node)),
      ],
    }).catch((error: unknown) => Promise.reject(withoutRoom(error)))
    return { ...launched, ...this.#disks.storageOf(disk, launched.connection, held) }
  }

  async #owners(): Promise<number[]> {
    const owners = await Promise.all((await this.directories.list()).map((id) => this.directories.owner(id)))
    return owners.filter((owner) => owner !== undefined)
  }
}

function supervisorSettings(node: string): SupervisorSettings {
  const path = [...systemPath, node.slice(0, node.lastIndexOf('/')), `${insidePaths.runtime}/bin`]
  return {
    root: insidePaths.workspace,
    pipeDirectory: insidePaths.pipes,
    isolated: true,
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
