import type { Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { checkRelativePath } from '../internal/checks.js'
import { type FileInfo, FileType } from '../files/file-info.js'
import { checkMoreOptions } from '../core/call-options.js'
import type { Session } from '../session.js'
import { openContent } from './local-content.js'
import { type LocalEntry, type LocalLink, type LocalTree, readLocalTree } from './local-tree.js'
import { permissionsOf } from './permissions.js'
import { forEachOf } from './pool.js'
import { RemoteCommands, pairs } from './remote-commands.js'
import { type RemoteMode, makeDirectories, makeLinks, setModes } from './remote-tree.js'
import { type SkippedEntry, byPath, skip } from './skipped.js'
import { TotalProgress } from './total-progress.js'
import type { PathTransferOptions } from './transfer-options.js'
import { ancestorsOf } from './tree-paths.js'

/** The files that {@link uploadFromPath} wrote, sorted by path. */
export interface UploadedFiles extends Array<FileInfo> {
  /** What did not arrive as it is on the disk, with the reason. Not shown when the array is logged or turned into JSON. */
  readonly skipped: readonly SkippedEntry[]
}

/**
 * Uploads a file, or a directory with everything below it, streamed from the disk.
 *
 * Permissions (without setuid, setgid and the sticky bit), empty directories, and symbolic links that are relative and stay
 * in the directory arrive as they are. What can't be copied is in `skipped` of the result: links that are absolute or lead out
 * of the directory, special files, and names that are not UTF-8. Commands in the session (`mkdir`, `ln`, `chmod`, `xargs`) make
 * empty directories and links, and set the modes of directories. Where they can't run, as in a paused session, these are in
 * `skipped` too, and the files still arrive.
 *
 * `localPath` is followed when it is a link, and may be a pipe or standard input (`/dev/stdin`), which is read to its end. A
 * regular file of up to 64 KiB arrives as it is when it is read; a larger one arrives with the size that it had at the beginning,
 * even if something is added to it meanwhile.
 *
 * @returns the files that were written, sorted by path.
 * @throws the errors of {@link SessionFiles.upload}; those of the file system as they are.
 * @throws {SandboxValidationError} for a socket, a block device, or another device that may never end; for a file that became
 *   shorter while it was sent: then nothing of it is stored.
 *
 * @example
 * ```ts
 * const files = await uploadFromPath(session, './project', 'project', {
 *   onProgress: ({ loaded, total }) => draw(loaded / (total ?? loaded)),
 * })
 * for (const { path, part, reason } of files.skipped) console.warn(`${path} (${part}): ${reason}`)
 * ```
 */
export async function uploadFromPath(
  session: Session,
  localPath: string,
  remotePath: string,
  options: PathTransferOptions = {},
): Promise<UploadedFiles> {
  checkMoreOptions(options)
  const top = await stat(localPath)
  if (!top.isDirectory()) return await new Upload(session, localPath, remotePath, options).file(top)
  // The names that the root may have here.
  const base = remotePath === '' ? '.' : checkRelativePath('remotePath', remotePath)
  return await new Upload(session, localPath, base, options).tree(await readLocalTree(localPath, top))
}

/** A mode to set in the session. */
interface MissingMode extends RemoteMode {
  readonly entry: LocalEntry
}

class Upload {
  readonly #session: Session
  readonly #localPath: string
  readonly #remotePath: string
  readonly #options: PathTransferOptions
  readonly #commands: RemoteCommands
  readonly #written: FileInfo[] = []
  readonly #skipped: SkippedEntry[] = []
  readonly #modes: MissingMode[] = []

  constructor(session: Session, localPath: string, remotePath: string, options: PathTransferOptions) {
    this.#session = session
    this.#localPath = localPath
    this.#remotePath = remotePath
    this.#options = options
    this.#commands = new RemoteCommands(session, options)
  }

  async file(stats: Stats): Promise<UploadedFiles> {
    await this.#send({ path: '', stats }, this.#options)
    await this.#setModes()
    return this.#result()
  }

  async tree({ files, directories, links, skipped }: LocalTree): Promise<UploadedFiles> {
    this.#skipped.push(...skipped)
    const progress = new TotalProgress(
      files.reduce((sum, { stats }) => sum + stats.size, 0),
      this.#options,
    )
    await forEachOf(files, this.#options, (file, signal) =>
      this.#send(file, { ...this.#options, signal, onProgress: progress.of(file.path) }),
    )
    const made = await this.#makeDirectories(directories, files)
    await this.#makeLinks(links)
    for (const entry of made) this.#expect(entry)
    await this.#setModes()
    return this.#result()
  }

  async #send(entry: LocalEntry, options: PathTransferOptions): Promise<void> {
    await using source = await openContent(this.#local(entry), entry.stats)
    const mode = modeFor(entry)
    // The error for a single file shows the path that the caller gave.
    const target = entry.path === '' ? this.#remotePath : this.#remote(entry)
    const info = await this.#session.files.upload(target, source.content, { ...options, mode })
    this.#written.push(info)
    // A server before version 1.2.0 ignored the mode.
    if (mode !== undefined && info.permissions !== permissionsOf(mode)) this.#expect(entry)
  }

  /** @returns the directories that exist, without those that could not be made. */
  async #makeDirectories(directories: readonly LocalEntry[], files: readonly LocalEntry[]): Promise<LocalEntry[]> {
    const present = new Set(files.flatMap(({ path: file }) => ancestorsOf(file)))
    const above = new Set(directories.flatMap(({ path: directory }) => ancestorsOf(directory)))
    // Uploads into the others make them.
    const leaves = directories.filter(({ path: each }) => !present.has(each) && !above.has(each))
    const outcomes = await makeDirectories(this.#commands, leaves.map(this.#remote))
    for (const [leaf, outcome] of pairs(leaves, outcomes)) {
      if ('failure' in outcome) this.#skipped.push(skip(this.#local(leaf), 'entry', outcome.failure))
      else for (const each of [leaf.path, ...ancestorsOf(leaf.path)]) present.add(each)
    }
    return directories.filter(({ path: each }) => present.has(each))
  }

  async #makeLinks(links: readonly LocalLink[]): Promise<void> {
    const remote = links.map((link) => ({ path: this.#remote(link), target: link.target }))
    const outcomes = await makeLinks(this.#commands, remote, this.#options.overwrite === true)
    for (const [link, outcome] of pairs(links, outcomes)) {
      if ('failure' in outcome) this.#skipped.push(skip(this.#local(link), 'entry', outcome.failure))
    }
  }

  #expect(entry: LocalEntry): void {
    const mode = modeFor(entry)
    const target = this.#remote(entry)
    // The mode of the sandbox root stays as it is.
    if (mode !== undefined && target !== '.') this.#modes.push({ path: target, mode, entry })
  }

  async #setModes(): Promise<void> {
    const failures = await setModes(this.#commands, this.#modes)
    if (failures.size === 0) return
    const actual = await this.#permissions()
    for (const { path: target, mode, entry } of this.#modes) {
      const failure = failures.get(target)
      if (failure === undefined || actual.get(target) === permissionsOf(mode)) continue
      const reason = `It should have ${permissionsOf(mode)}, which could not be set. ${failure}`
      this.#skipped.push(skip(this.#local(entry), 'permissions', reason))
    }
  }

  /** What has its mode already needs no command. */
  async #permissions(): Promise<ReadonlyMap<string, string | undefined>> {
    const top = await this.#session.files.stat(this.#remotePath, this.#options)
    const found = new Map([[path.posix.normalize(this.#remotePath), top.permissions]])
    if (top.type !== FileType.Directory) return found
    const listing = this.#session.files.list(top.path, { ...this.#options, recursive: true })
    for await (const { path: each, permissions } of listing) found.set(each, permissions)
    return found
  }

  #result(): UploadedFiles {
    const result = Object.assign(this.#written.sort(byPath), { skipped: this.#skipped.sort(byPath) })
    // This way the array equals a plain array of the same files.
    return Object.defineProperty(result, 'skipped', { enumerable: false })
  }

  readonly #local = ({ path: below }: { readonly path: string }): string => path.join(this.#localPath, below)

  readonly #remote = ({ path: below }: { readonly path: string }): string =>
    path.posix.join(this.#remotePath, below).replace(/(?<=.)\/$/, '')
}

/** The mode to set in the session; undefined for something without permissions of its own, such as a pipe. */
function modeFor({ stats }: LocalEntry): number | undefined {
  // Windows invents them.
  if (process.platform === 'win32') return undefined
  return stats.isFile() || stats.isDirectory() ? stats.mode & 0o777 : undefined
}
