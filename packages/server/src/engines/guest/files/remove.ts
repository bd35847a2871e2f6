import { execFile } from 'node:child_process'
import { rm, rmdir, unlink } from 'node:fs/promises'
import { promisify } from 'node:util'
import { Failure, errnoOf } from '../failure.js'
import type { RemoveMessage } from '../protocol/messages.js'
import type { DirectoryHandle } from './directory-handle.js'
import { locate } from './locate.js'

/** Removes a file, a link itself or a directory; never the root. */
export async function remove(root: string, { path, recursive }: RemoveMessage): Promise<void> {
  await using location = await locate(root, path, { followLast: false })
  if (location.name === undefined) throw new Failure('PathEscapes', 'The sandbox root itself cannot be removed.')
  if (location.stats === undefined) throw new Failure('FileNotFound', `There is no ${path}.`)
  await location.directory.verify(root)
  const target = location.directory.at(location.name)
  try {
    if (!location.stats.isDirectory()) await unlink(target)
    else if (recursive) await removeTree(location.directory, location.name)
    else await rmdir(target)
  } catch (error) {
    if (errnoOf(error) === 'ENOTEMPTY') throw new Failure('DirectoryNotEmpty', `${path} is not empty.`)
    throw error
  }
}

async function removeTree(directory: DirectoryHandle, name: string): Promise<void> {
  try {
    await rm(directory.at(name), { recursive: true })
  } catch (error) {
    if (errnoOf(error) !== 'ENAMETOOLONG') throw error
    // The tree may be deeper than a path can be long: rm walks by descriptors.
    await promisify(execFile)('rm', ['-rf', '--', `./${name}`], { cwd: directory.at('.') }).catch(() => {
      throw error
    })
  }
}
