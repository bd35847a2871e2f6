import { realpath } from 'node:fs/promises'
import { EngineError } from '../../contract/errors.js'
import type { Connection } from '../../host/connection.js'
import type { Held } from '../../host/held.js'
import type { Launched } from '../../host/sandbox.js'
import { toldUsage } from '../../host/usage.js'
import { Disks } from './disks.js'
import type { SandboxDisk } from './disks.js'

/** Which sandboxes have disk images: all new ones where that works, and those that were made with one. */
export class SandboxDisks {
  #disks: Disks | undefined
  #notices: readonly string[] = []

  /** @param isRoot - whether the server may mount anything. */
  constructor(private readonly isRoot: boolean) {}

  /** What an engine says that can't make images; empty before {@link SandboxDisks.open}. */
  get notices(): readonly string[] {
    return this.#notices
  }

  /** The size of an image, and the largest that can be asked for; undefined where new sandboxes have none. */
  get bytes(): number | undefined {
    return this.#disks?.bytes
  }

  /**
   * Finds out whether images can be had.
   *
   * @param directory - for what the engine needs to make them; made when missing.
   */
  async open(directory: string, limit: number): Promise<void> {
    try {
      if (!this.isRoot) throw new EngineError('The server does not run as root.')
      this.#disks = await Disks.open(directory, limit)
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      this.#notices = [unboundedDisk(error.message)]
    }
  }

  /** The image of a sandbox whose empty directory has just been made; undefined when it gets none. @throws {EngineError} */
  async forNew(directory: string, held: Held, isProbe: boolean): Promise<SandboxDisk | undefined> {
    const disks = this.#disks
    const { diskBytes } = held.limits
    if (disks === undefined || diskBytes === undefined) return undefined
    // A server whose disk is full must start, so that sessions can be deleted.
    if (isProbe && (await disks.room.isShort())) return undefined
    return await disks.make(await realpath(directory), diskBytes)
  }

  /** The image of a sandbox that was made before; undefined when it has none. @throws {EngineError} when it can't be used. */
  async forOld(directory: string): Promise<SandboxDisk | undefined> {
    if (!this.isRoot) return undefined
    const disk = await Disks.find(await realpath(directory))
    if (disk === undefined || this.#disks !== undefined) return disk
    throw new EngineError(`The files of the sandbox are in a disk image. ${this.#notices.join(' ')}`)
  }

  /** What the files of a sandbox that has been started may take, and take. */
  storageOf(disk: SandboxDisk | undefined, connection: Connection, held: Held): Partial<Launched> {
    const { diskBytes: _, ...limits } = held.limits
    if (disk === undefined) return { limits }
    return {
      limits: { ...limits, diskBytes: disk.bytes },
      usage: () => toldUsage(connection, disk.bytes),
      room: async () => this.#disks?.room.forContent(),
    }
  }
}

function unboundedDisk(reason: string): string {
  return (
    `What programs of a session write to the disk is not bounded, only uploads are: ${reason} A bound takes a server that ` +
    'runs as root on a machine with loop devices (in a container: `--privileged`, or the devices and CAP_SYS_ADMIN) and with ' +
    'mkfs.ext4 (`apt-get install e2fsprogs mount`). Else give the data directory a file system of its own.'
  )
}
