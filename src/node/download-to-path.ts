import { randomUUID } from 'node:crypto'
import { link, mkdir, open, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { SandboxConnectionError } from '../errors.js'
import { type FileInfo, FileType } from '../file-info.js'
import { checkMoreOptions } from '../options.js'
import type { Session } from '../session.js'
import { forEachOf } from './pool.js'
import { TotalProgress } from './total-progress.js'
import type { PathTransferOptions } from './transfer-options.js'

/**
 * Downloads a file, or a directory with everything below it, streamed to the disk. A file is written under another name and
 * renamed when it is complete: a transfer that breaks leaves what was there. Symbolic links in a directory are left out.
 *
 * @throws the errors of {@link SessionFiles.download}; those of the file system as they are, `EEXIST` among them when a file
 *   is there and `overwrite` is not set.
 */
export async function downloadToPath(
  session: Session,
  remotePath: string,
  localPath: string,
  options: PathTransferOptions = {},
): Promise<void> {
  checkMoreOptions(options)
  const top = await session.files.stat(remotePath, options)
  if (top.type !== FileType.Directory) {
    await downloadFile(session, remotePath, localPath, options)
    return
  }
  await mkdir(localPath, { recursive: true })
  const files: FileInfo[] = []
  for await (const entry of session.files.list(remotePath, { ...options, recursive: true })) {
    const target = localTarget(top.path, entry.path, localPath)
    if (entry.type === FileType.Directory) await mkdir(target, { recursive: true })
    else if (entry.type === FileType.File) files.push(entry)
  }
  const progress = new TotalProgress(
    files.reduce((sum, { size }) => sum + size, 0),
    options,
  )
  await forEachOf(files, options, async (file, signal) => {
    const target = localTarget(top.path, file.path, localPath)
    await downloadFile(session, file.path, target, { ...options, signal, onProgress: progress.of(file.path) })
  })
}

async function downloadFile(
  session: Session,
  remotePath: string,
  localPath: string,
  options: PathTransferOptions,
): Promise<void> {
  const temporary = `${localPath}.${randomUUID()}.part`
  // Made first: a directory that can't be written to is told before anything is transferred.
  const file = await open(temporary, 'wx')
  try {
    try {
      const download = await session.files.download(remotePath, options)
      const reader = download.stream().getReader()
      for (;;) {
        const { done, value } = await reader.read()
        if (done) break
        await file.writeFile(value)
      }
    } finally {
      await file.close()
    }
    if (options.overwrite === true) await rename(temporary, localPath)
    // Unlike a rename, a link fails when the name is taken, also by somebody who was faster.
    else await link(temporary, localPath)
  } finally {
    await rm(temporary, { force: true })
  }
}

/** @throws {SandboxConnectionError} for a path that would lead out of the directory: the server is not trusted with it. */
function localTarget(top: string, remotePath: string, localPath: string): string {
  const below = path.posix.relative(top === '' ? '.' : top, remotePath)
  const outside = below.split('/')[0] === '..' || path.posix.isAbsolute(below) || below.includes('\0')
  const target = path.join(localPath, ...below.split('/'))
  if (!outside && !path.relative(localPath, target).startsWith('..')) return target
  throw new SandboxConnectionError(`The server listed a path outside of ${top}: ${JSON.stringify(remotePath)}.`)
}
