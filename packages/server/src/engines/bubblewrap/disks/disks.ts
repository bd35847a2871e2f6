import { rename, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError } from '../../contract/errors.js'
import { asSentence } from '../../host/as-sentence.js'
import { diskImageName } from '../../host/directories.js'
import { makeDirectory } from '../../host/make-directory.js'
import type { DiskImage } from '../private-mounts.js'
import { checkMount, format, imageBytes } from './format.js'
import { makeUsable, sizeOfImage } from './image.js'
import { Room } from './room.js'

/** An image that a sandbox is about to be started with. */
export interface SandboxDisk extends DiskImage {
  /** Its size: what the files in it and the file system itself may take, in bytes. */
  readonly bytes: number
}

/**
 * Image files that hold the files of one sandbox each: a file system of its own, which bounds the bytes and the number of its
 * files, and is deleted at once, whatever is in it.
 */
export class Disks {
  private constructor(
    private readonly directory: string,
    private readonly template: string,
    /** The size of an image unless another is asked for; the largest that can be asked for. */
    readonly bytes: number,
    readonly room: Room,
  ) {}

  /**
   * Makes an image and mounts it, to see whether that works here.
   *
   * @param directory - the engine's own, for this; made when missing.
   * @param limit - bytes of the images.
   * @throws {EngineError} with what is missing.
   */
  static async open(directory: string, limit: number): Promise<Disks> {
    const bytes = imageBytes(limit)
    const name = `template-${bytes}.img`
    const template = join(directory, name)
    const disks = new Disks(directory, template, bytes, new Room(directory))
    await makeDirectory(disks.#place, 0o700)
    try {
      if ((await sizeOfImage(template)) === bytes) await checkMount(template, disks.#place)
      else {
        // Other images in it are templates of another size, and what an interrupted run left.
        for (const other of await readdir(directory)) if (other.endsWith('.img')) await rm(join(directory, other))
        const fresh = join(directory, `new-${name}`)
        await format(fresh, bytes, disks.#place)
        await rename(fresh, template)
      }
    } catch (error) {
      throw new EngineError(reasonOf(error), { cause: error })
    }
    return disks
  }

  /** An image for the files of a new sandbox. @throws {EngineError} also when the machine's disk is nearly full. */
  async make(sandbox: string, limit: number): Promise<SandboxDisk> {
    await this.room.forSandbox()
    const path = join(sandbox, diskImageName)
    const bytes = imageBytes(limit)
    if (bytes === this.bytes) return { path, bytes, isNew: true, template: this.template }
    await format(path, bytes, this.#place)
    return { path, bytes, isNew: true, template: undefined }
  }

  /** The image of a sandbox that was made before; undefined when its files are in a plain directory. @throws {EngineError} */
  static async find(sandbox: string): Promise<SandboxDisk | undefined> {
    const path = join(sandbox, diskImageName)
    const bytes = await sizeOfImage(path)
    if (bytes === undefined) return undefined
    await makeUsable(path)
    return { path, bytes, isNew: false, template: undefined }
  }

  /** Where a new image is mounted, only in a namespace of its own. */
  get #place(): string {
    return join(this.directory, 'mount')
  }
}

function reasonOf(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : ''
  return asSentence(said || (error instanceof Error ? error.message : String(error)))
}
