import { randomBytes } from 'node:crypto'
import { execFile } from 'node:child_process'
import { mkdir, readdir, rename, rmdir, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { EngineError } from '../contract/errors.js'
import { temporaryPattern } from '../guest/files/entry.js'
import { asSentence } from './as-sentence.js'
import { makeDirectory } from './make-directory.js'

const run = promisify(execFile)
const idPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/
const trashPrefix = '.trash-'
const warmPrefix = 'warm-'

/** The name of the file in a sandbox's directory that an engine may keep all of its files in. */
export const diskImageName = 'disk.img'

/** How long counting a sandbox's files may take, in milliseconds. */
const usageTimeoutMs = 10_000

/** The directories of an engine's sandboxes, one each, named by id. */
export class SandboxDirectories {
  readonly #base: string
  /** Hidden directories that could not be removed, perhaps because no process could be started. Removed later. */
  readonly #trash = new Set<string>()

  /** @param base - absolute. */
  constructor(base: string) {
    this.#base = base
  }

  /** @throws {EngineError} for an id that is no plain name. */
  path(id: string): string {
    if (!idPattern.test(id)) throw new EngineError('A sandbox id has letters, digits, - and _ only.')
    return join(this.#base, id)
  }

  async prepare(): Promise<void> {
    await makeDirectory(this.#base, 0o711)
    for (const name of await readdir(this.#base)) {
      if (name.startsWith(trashPrefix) || name.startsWith(warmPrefix)) await erase(join(this.#base, name))
    }
  }

  /** An id for a sandbox that nobody has asked for yet. It is not listed, and not kept for the next run. */
  warmId(): string {
    return `${warmPrefix}${randomBytes(8).toString('hex')}`
  }

  /** Gives a sandbox, which may be running, another id. @throws {EngineError} when there is one of that id. */
  async rename(from: string, to: string): Promise<void> {
    const [source, target] = [this.path(from), this.path(to)]
    try {
      // An empty directory would be replaced.
      if (await this.has(to)) throw new EngineError('There is one already.')
      await rename(source, target)
    } catch (error) {
      const reason = asSentence(error instanceof Error ? error.message : String(error))
      throw new EngineError(`A directory for the sandbox ${to} could not be made: ${reason}`, { cause: error })
    }
  }

  /** @throws {EngineError} when there is one already. */
  async make(id: string): Promise<string> {
    const path = this.path(id)
    try {
      await mkdir(path, { mode: 0o700 })
    } catch (error) {
      const reason = asSentence(error instanceof Error ? error.message : String(error))
      throw new EngineError(`A directory for the sandbox ${id} could not be made: ${reason}`, { cause: error })
    }
    return path
  }

  async has(id: string): Promise<boolean> {
    return stat(this.path(id)).then(
      (stats) => stats.isDirectory(),
      () => false,
    )
  }

  async list(): Promise<string[]> {
    const entries = await readdir(this.#base, { withFileTypes: true }).catch(() => [])
    const isOfSandbox = (name: string): boolean => idPattern.test(name) && !name.startsWith(warmPrefix)
    return entries.filter((entry) => entry.isDirectory() && isOfSandbox(entry.name)).map((entry) => entry.name)
  }

  /** The user that a sandbox's files belong to; undefined when there are none. */
  async owner(id: string): Promise<number | undefined> {
    return stat(this.path(id)).then(
      (stats) => stats.uid,
      () => undefined,
    )
  }

  /**
   * Bytes of disk that a sandbox's files take, hard links counted once. du walks by descriptors and follows no link, so the
   * guest can neither mislead it nor change what it says.
   *
   * @throws {EngineError} when it takes too long.
   */
  async usage(id: string): Promise<number> {
    const options = ['-s', '-x', '-B1', `--exclude=${temporaryPattern}`]
    // When the guest moves something, or makes it unreadable, du fails, but only after it has counted the rest.
    const stdout = await run('sh', ['-c', 'exec du "$@" 2>/dev/null', 'sh', ...options, '--', this.path(id)], {
      timeout: usageTimeoutMs,
      killSignal: 'SIGKILL',
    }).then(
      (result) => result.stdout,
      (error: unknown) => (error instanceof Error && 'stdout' in error ? String(error.stdout) : ''),
    )
    const bytes = /^(\d+)\t/.exec(stdout)?.[1]
    if (bytes === undefined) throw new EngineError(`The files of the sandbox ${id} could not be counted.`)
    return Number(bytes)
  }

  /** Every process of the sandbox must be gone. It is no error when nothing is there. */
  async remove(id: string): Promise<void> {
    const trash = join(this.#base, `${trashPrefix}${randomBytes(8).toString('hex')}`)
    try {
      // Hidden at once, since a half-removed sandbox must never be listed.
      await rename(this.path(id), trash)
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return
      throw new EngineError(`The files of the sandbox ${id} could not be removed.`, { cause: error })
    }
    try {
      await erase(trash)
    } catch (error) {
      this.#trash.add(trash)
      throw error
    }
    for (const each of [...this.#trash]) {
      this.#trash.delete(each)
      await erase(each).catch(() => this.#trash.add(each))
    }
  }
}

/**
 * Removes a tree that a guest made. fs.rm fails on a tree deeper than a path may be long; rm walks by descriptors, and
 * never follows a link.
 */
async function erase(path: string): Promise<void> {
  // An image goes at once, whatever is in it. In a directory of plain files, a file of that name goes first.
  await unlink(join(path, diskImageName)).catch(() => undefined)
  // An empty directory is removed without a process.
  const wasEmpty = await rmdir(path).then(
    () => true,
    () => false,
  )
  if (wasEmpty) return
  const remove = (): Promise<unknown> => run('rm', ['-rf', '--one-file-system', '--', path])
  try {
    await remove()
  } catch {
    // The server is not root, and the guest took rights away from itself.
    await run('chmod', ['-R', 'u+rwX', '--', path]).catch(() => undefined)
    await remove().catch((error: unknown) => {
      throw new EngineError('Files of a sandbox could not be removed.', { cause: error })
    })
  }
}
