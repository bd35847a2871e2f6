import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import type { FileInfo } from '../file-info.js'
import { checkMoreOptions } from '../options.js'
import type { Session } from '../session.js'
import { DiskFile } from './disk-file.js'
import { forEachOf } from './pool.js'
import { TotalProgress } from './total-progress.js'
import type { PathTransferOptions } from './transfer-options.js'

interface LocalFile {
  readonly localPath: string
  readonly remotePath: string
  readonly size: number
}

/**
 * Uploads a file, or a directory with everything below it, streamed from the disk. A link is sent as the file that it leads
 * to; links to directories, special files and empty directories are left out.
 *
 * @returns what was written, sorted by path.
 * @throws the errors of {@link SessionFiles.upload}; those of the file system as they are.
 *
 * @example
 * ```ts
 * await uploadFromPath(session, './project', 'project', { onProgress: ({ loaded, total }) => draw(loaded / total) })
 * ```
 */
export async function uploadFromPath(
  session: Session,
  localPath: string,
  remotePath: string,
  options: PathTransferOptions = {},
): Promise<FileInfo[]> {
  checkMoreOptions(options)
  const files = await filesAt(localPath, remotePath)
  const progress = new TotalProgress(
    files.reduce((sum, { size }) => sum + size, 0),
    options,
  )
  const written: FileInfo[] = []
  await forEachOf(files, options, async (file, signal) => {
    const onProgress = progress.of(file.localPath)
    const content = new DiskFile(file.localPath, file.size)
    written.push(await session.files.upload(file.remotePath, content, { ...options, signal, onProgress }))
  })
  return written.sort((a, b) => (a.path < b.path ? -1 : 1))
}

async function filesAt(localPath: string, remotePath: string): Promise<LocalFile[]> {
  const top = await stat(localPath)
  if (!top.isDirectory()) return [{ localPath, remotePath, size: top.size }]
  const files: LocalFile[] = []
  for (const entry of await readdir(localPath, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() && !entry.isSymbolicLink()) continue
    const found = path.join(entry.parentPath, entry.name)
    const { size, isFile } = await describe(found)
    if (!isFile) continue
    const below = path.relative(localPath, found).split(path.sep)
    files.push({ localPath: found, remotePath: path.posix.join(remotePath, ...below), size })
  }
  return files
}

/** A link that leads nowhere is no file. */
async function describe(file: string): Promise<{ size: number; isFile: boolean }> {
  try {
    const stats = await stat(file)
    return { size: stats.size, isFile: stats.isFile() }
  } catch {
    return { size: 0, isFile: false }
  }
}
