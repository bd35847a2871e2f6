import { constants } from 'node:fs'
import type { Stats } from 'node:fs'
import { lstat, open, readlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { Failure, errnoOf } from '../failure.js'
import { isInside } from './path-rules.js'

/** O_PATH, missing in node:fs. It needs no right to read the directory. */
const O_PATH = 0o10000000

/**
 * An open directory. Paths below it go through its descriptor, as with openat(2): whatever the guest renames or links
 * meanwhile, they stay in this very directory.
 */
export class DirectoryHandle implements AsyncDisposable {
  readonly #handle: FileHandle

  private constructor(handle: FileHandle) {
    this.#handle = handle
  }

  /** @throws the error of open(2); ENOTDIR or ELOOP when a link stands there. */
  static async open(path: string): Promise<DirectoryHandle> {
    return new DirectoryHandle(await open(path, O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW))
  }

  /** The directory itself, as a path that only this process can use, or its child of that name. */
  at(name?: string): string {
    const self = `/proc/self/fd/${this.#handle.fd}`
    return name === undefined ? self : `${self}/${name}`
  }

  child(name: string): Promise<DirectoryHandle> {
    return DirectoryHandle.open(this.at(name))
  }

  /** @throws {Failure} PathEscapes when the directory is not, or no longer, inside the root. */
  async verify(root: string): Promise<this> {
    await verifyInside(root, this.at())
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close()
  }
}

/** @param link - a path below /proc/self/fd. */
export async function verifyInside(root: string, link: string): Promise<void> {
  if (!isInside(root, await readlink(link))) throw new Failure('PathEscapes', 'The path leaves the sandbox root.')
}

export async function lstatIfAny(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw error
  }
}
