import type { SandboxMetrics } from '../contract/engine.js'

/** What the kernel can bound for a group of processes. */
export type BoundName = 'cpus' | 'memoryBytes' | 'processes'

/** What a group may use; what is left out is unbounded. */
export type Bounds = Readonly<Partial<Record<BoundName, number>>>

/** Bounds what sandboxes use, by control groups of the kernel as far as the server may make some. */
export interface ControlGroups {
  /** What the kernel bounds here. */
  readonly bounds: ReadonlySet<BoundName>
  /** Why something cannot be bounded, and what would mend it: whole sentences. */
  readonly notices: readonly string[]
  /** Makes a group for a sandbox. On failure nothing of it is left. @throws {Error} */
  make(id: string, bounds: Bounds): Promise<SandboxGroup>
  /** Removes what is left of the server's own groups. */
  close(): Promise<void>
}

/** The processes of one sandbox. What they start belongs to it too, and cannot leave it. */
export interface SandboxGroup {
  /** Whether its processes can be stopped so that nothing of theirs lets them go on. */
  readonly canFreeze: boolean
  /** Adds a process, before it starts anything; nothing happens when it has ended. @throws {Error} */
  add(pid: number): Promise<void>
  /** How many of its processes the kernel has killed for want of memory; 0 where that is not counted. */
  outOfMemoryKills(): Promise<number>
  /** As much as the kernel counts. */
  usage(): Promise<Partial<SandboxMetrics>>
  /**
   * Stops every process but those that {@link SandboxGroup.spare} has noted, until {@link SandboxGroup.thaw}. Killing still
   * works. Does nothing where the kernel can't.
   *
   * @throws {Error}
   */
  freeze(): Promise<void>
  thaw(): Promise<void>
  /** Notes the processes that are there now: they are never stopped. */
  spare(): Promise<void>
  /** Removes the group; all of its processes must be gone or about to be. */
  remove(): Promise<void>
}

/** Where nothing can be bounded. */
export class NoControlGroups implements ControlGroups {
  readonly bounds: ReadonlySet<BoundName> = new Set()
  readonly notices: readonly string[]

  constructor(notices: readonly string[]) {
    this.notices = notices
  }

  make(): Promise<SandboxGroup> {
    const nothing = (): Promise<void> => Promise.resolve()
    return Promise.resolve({
      canFreeze: false,
      add: nothing,
      outOfMemoryKills: () => Promise.resolve(0),
      usage: () => Promise.resolve({}),
      freeze: nothing,
      thaw: nothing,
      spare: nothing,
      remove: nothing,
    })
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}
