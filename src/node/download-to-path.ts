import path from 'node:path'
import { SandboxConnectionError } from '../errors.js'
import { type FileInfo, FileType } from '../files/file-info.js'
import { checkMoreOptions } from '../core/call-options.js'
import type { Session } from '../session.js'
import { LocalTarget, writeFile } from './local-target.js'
import { modeOf } from './permissions.js'
import { forEachOf } from './pool.js'
import { RemoteCommands, pairs } from './remote-commands.js'
import { findUnlisted, readLinks } from './remote-tree.js'
import { type SkippedEntry, byPath, skip } from './skipped.js'
import { TotalProgress } from './total-progress.js'
import type { PathTransferOptions } from './transfer-options.js'
import { parentOf } from './tree-paths.js'

/** What {@link downloadToPath} could not do. */
export interface DownloadReport {
  /** What did not arrive as it is in the session, with the reason; sorted by path. */
  readonly skipped: readonly SkippedEntry[]
}

/**
 * Downloads a file, or a directory with everything below it, streamed to the disk. A file is written under another name and
 * renamed when it is complete: a transfer that breaks leaves what was there.
 *
 * Permissions (never setuid, setgid or the sticky bit), empty directories, and symbolic links that are relative and stay in
 * the directory arrive as they are; a directory that existed here before keeps its permissions. What can't be copied is in
 * `skipped` of the result: links that are absolute or lead out of the directory, special files, names that are not UTF-8, and
 * what the session itself may not read. Commands in the session (`readlink`, `find`, `xargs`) find out where links lead, and
 * what listings leave out. Where they can't run, as in a paused session, all links are in `skipped`, and special files go
 * unnoticed.
 *
 * The session is not trusted: nothing is written outside of `localPath`, or through a link.
 *
 * @throws the errors of {@link SessionFiles.download}; those of the file system as they are, `EEXIST` among them when a file
 *   is there and `overwrite` is not set, or when something else is where a directory has to be.
 */
export async function downloadToPath(
  session: Session,
  remotePath: string,
  localPath: string,
  options: PathTransferOptions = {},
): Promise<DownloadReport> {
  checkMoreOptions(options)
  const top = await session.files.stat(remotePath, options)
  if (top.type === FileType.Directory) {
    const skipped = await new TreeDownload(session, remotePath, localPath, options).run(top)
    return { skipped }
  }
  // A link has other permissions than the file that it leads to.
  const mode = top.type === FileType.File ? modeOf(top.permissions) : undefined
  await downloadFile(session, remotePath, localPath, mode, options)
  return { skipped: [] }
}

/** An entry of the session, and its path below the directory that is downloaded. */
interface Entry {
  readonly below: string
  readonly info: FileInfo
}

class TreeDownload {
  readonly #session: Session
  readonly #remotePath: string
  readonly #target: LocalTarget
  readonly #options: PathTransferOptions
  readonly #commands: RemoteCommands
  readonly #skipped: SkippedEntry[] = []

  constructor(session: Session, remotePath: string, localPath: string, options: PathTransferOptions) {
    this.#session = session
    this.#remotePath = remotePath
    this.#target = new LocalTarget(localPath)
    this.#options = options
    this.#commands = new RemoteCommands(session, options)
  }

  async run(top: FileInfo): Promise<readonly SkippedEntry[]> {
    await this.#target.open()
    const entries: Entry[] = []
    for await (const info of this.#session.files.list(this.#remotePath, { ...this.#options, recursive: true })) {
      const below = belowOf(top.path, info.path)
      if (isPossible(below)) entries.push({ below, info })
      else this.#skip(info.path, 'entry', 'This system has no such names.')
    }
    const { directory, file, symlink, other } = byType(entries)
    for (const { below } of directory) await this.#target.makeDirectory(below)
    for (const { info } of other)
      this.#skip(info.path, 'entry', `It is of a type that is not known here: ${info.type}.`)
    await this.#files(file)
    // Last, so that nothing is written through one of them.
    await this.#links(symlink)
    await this.#tellUnlisted(entries)
    const modes = [{ below: '', info: top }, ...directory].map(
      ({ below, info }) => [below, modeOf(info.permissions)] as const,
    )
    await this.#target.setModes(new Map(modes))
    return this.#skipped.sort(byPath)
  }

  async #files(files: readonly Entry[]): Promise<void> {
    const progress = new TotalProgress(
      files.reduce((sum, { info }) => sum + info.size, 0),
      this.#options,
    )
    for (const { below } of files) await this.#target.makeDirectory(parentOf(below))
    await forEachOf(files, this.#options, async ({ below, info }, signal) => {
      const options = { ...this.#options, signal, onProgress: progress.of(info.path) }
      await downloadFile(this.#session, info.path, this.#target.at(below), modeOf(info.permissions), options)
    })
  }

  async #links(links: readonly Entry[]): Promise<void> {
    const targets = await readLinks(
      this.#commands,
      links.map(({ info }) => info.path),
    )
    const overwrite = this.#options.overwrite === true
    for (const [{ below, info }, outcome] of pairs(links, targets)) {
      const fault =
        'failure' in outcome
          ? `Where the link leads could not be read. ${outcome.failure}`
          : await this.#target.makeLink(below, outcome.output, overwrite)
      if (fault !== undefined) this.#skip(info.path, 'entry', fault)
    }
  }

  /** What listings leave out. */
  async #tellUnlisted(entries: readonly Entry[]): Promise<void> {
    const filled = new Set(entries.map(({ below }) => parentOf(below)))
    for (const { below, info } of entries) {
      const mode = info.type === FileType.Directory ? modeOf(info.permissions) : undefined
      if (mode === undefined || (mode & 0o500) === 0o500 || filled.has(below)) continue
      this.#skip(info.path, 'content', 'The session itself may not read the directory: chmod u+rx it first.')
    }
    const listed = new Set(entries.map(({ below }) => below))
    for (const below of (await findUnlisted(this.#commands, this.#remotePath)) ?? []) {
      if (listed.has(below)) continue
      const isNamed = !below.includes('\ufffd')
      const reason = isNamed ? 'It is a special file (a socket, a pipe or a device).' : 'Its name is not UTF-8.'
      this.#skip(path.posix.join(this.#remotePath, below), 'entry', reason)
    }
  }

  #skip(...entry: Parameters<typeof skip>): void {
    this.#skipped.push(skip(...entry))
  }
}

async function downloadFile(
  session: Session,
  remotePath: string,
  localPath: string,
  mode: number | undefined,
  options: PathTransferOptions,
): Promise<void> {
  await writeFile(localPath, { mode, overwrite: options.overwrite === true }, async (file) => {
    await using download = await session.files.download(remotePath, options)
    const reader = download.stream().getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      await file.writeFile(value)
    }
  })
}

function byType(entries: readonly Entry[]): Record<'directory' | 'file' | 'symlink' | 'other', Entry[]> {
  const types: Record<'directory' | 'file' | 'symlink' | 'other', Entry[]> = {
    directory: [],
    file: [],
    symlink: [],
    other: [],
  }
  for (const entry of entries) {
    const { type } = entry.info
    if (type === FileType.Directory) types.directory.push(entry)
    else if (type === FileType.File) types.file.push(entry)
    else if (type === FileType.Symlink) types.symlink.push(entry)
    else types.other.push(entry)
  }
  return types
}

/** @throws {SandboxConnectionError} for a path that leads out of the directory: the server is not trusted. */
function belowOf(top: string, remotePath: string): string {
  const below = path.posix.relative(top === '' ? '.' : top, remotePath)
  const isOutside = below === '' || below.split('/')[0] === '..' || path.posix.isAbsolute(below)
  if (!isOutside && !below.includes('\0') && !/\p{Surrogate}/u.test(below)) return below
  throw new SandboxConnectionError(`The server listed a path outside of ${top}: ${JSON.stringify(remotePath)}.`)
}

/** On Windows, a name can't have characters that separate paths, or mark a drive or a stream. */
function isPossible(below: string): boolean {
  return path.sep === '/' || !/[\\:]/.test(below)
}
