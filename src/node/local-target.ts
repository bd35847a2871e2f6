import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, link, lstat, mkdir, open, rename, rm, symlink } from 'node:fs/promises'
import path from 'node:path'
import { linkFault } from './link-policy.js'
import { parentOf } from './tree-paths.js'

/**
 * A directory on the disk that an untrusted tree is written into. Nothing is written through a link, whether it was there before
 * or came with the tree: each directory on the way is checked before it is used, and links are made last.
 */
export class LocalTarget {
  readonly #localPath: string
  /** Relative to the target. */
  readonly #directories = new Set<string>()
  readonly #made = new Set<string>()

  constructor(localPath: string) {
    this.#localPath = localPath
  }

  /** The path on the disk for a path in the target. */
  at(below: string): string {
    return path.join(this.#localPath, ...below.split('/'))
  }

  /** Makes the target itself. It may be a link to a directory, which is the caller's choice. */
  async open(): Promise<void> {
    if ((await mkdir(this.#localPath, { recursive: true })) !== undefined) this.#made.add('')
    this.#directories.add('')
  }

  /** Makes a directory and its parents, unless they exist. @throws EEXIST when something else is there, or a link. */
  async makeDirectory(below: string): Promise<void> {
    if (this.#directories.has(below)) return
    await this.makeDirectory(parentOf(below))
    try {
      await mkdir(this.at(below))
      this.#made.add(below)
    } catch (error) {
      if (!(await lstat(this.at(below)).catch(() => undefined))?.isDirectory()) throw error
    }
    this.#directories.add(below)
  }

  /** @returns why it can't be made, as a sentence. @throws EEXIST when something is there, without `overwrite`. */
  async makeLink(below: string, target: string, overwrite: boolean): Promise<string | undefined> {
    const fault = linkFault(below, target, (each) => this.#directories.has(each))
    if (fault !== undefined) return fault
    await this.makeDirectory(parentOf(below))
    try {
      if (overwrite) await replace(this.at(below), (temporary) => symlink(target, temporary))
      else await symlink(target, this.at(below))
      return undefined
    } catch (error) {
      const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
      if (!['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP'].includes(String(code))) throw error
      return 'This system makes no symbolic links here.'
    }
  }

  /**
   * Sets the modes of the directories that were made here, when nothing more is written into them. A directory that existed
   * before keeps its own.
   */
  async setModes(modes: ReadonlyMap<string, number | undefined>): Promise<void> {
    // The deepest comes first: a directory may become impassable.
    const made = [...this.#made].sort((a, b) => b.split('/').length - a.split('/').length || b.length - a.length)
    for (const below of made) {
      const mode = modes.get(below)
      if (mode === undefined || process.platform === 'win32') continue
      const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW
      const directory = await open(below === '' ? this.#localPath : this.at(below), flags)
      try {
        await directory.chmod(mode)
      } finally {
        await directory.close()
      }
    }
  }
}

/**
 * Writes a file completely or not at all, and never through a link: it replaces what is at the path itself, and only with
 * `overwrite`.
 *
 * @param fill - writes the content.
 * @param mode - Default: that of any new file.
 * @throws EEXIST when something is there, without `overwrite`.
 */
export async function writeFile(
  target: string,
  { overwrite, mode }: { readonly overwrite: boolean; readonly mode: number | undefined },
  fill: (file: FileHandle) => Promise<void>,
): Promise<void> {
  await replace(
    target,
    async (temporary) => {
      // Made first, so that a directory that can't be written to fails before anything is transferred.
      // Until the file has its mode, nobody else may read it.
      const file = await open(temporary, 'wx', mode === undefined ? 0o666 : 0o600)
      try {
        await fill(file)
        if (mode !== undefined && process.platform !== 'win32') await file.chmod(mode)
      } finally {
        await file.close()
      }
    },
    // Unlike a rename, a link fails when the name is taken, even if somebody else has just taken it.
    overwrite ? rename : link,
  )
}

/** Makes something under a temporary name, and renames it when it is complete. */
async function replace(
  target: string,
  make: (temporary: string) => Promise<void>,
  move: (from: string, to: string) => Promise<void> = rename,
): Promise<void> {
  // Not the name of the target with something added, since that may be as long as a name can be already.
  const temporary = path.join(path.dirname(target), `.${randomUUID()}.part`)
  try {
    await make(temporary)
    await move(temporary, target)
  } finally {
    await rm(temporary, { force: true })
  }
}
