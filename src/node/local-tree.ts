import { lstat, readdir, readlink } from 'node:fs/promises'
import type { Stats } from 'node:fs'
import path from 'node:path'
import { linkFault } from './link-policy.js'
import { type SkippedEntry, skip } from './skipped.js'

/** A file or directory below the top of a tree. */
export interface LocalEntry {
  /** Relative to the top, with `/`. Empty for the top itself. */
  readonly path: string
  readonly stats: Stats
}

export interface LocalLink {
  readonly path: string
  readonly target: string
}

/** What is in a directory on the disk, without following links. */
export interface LocalTree {
  readonly files: readonly LocalEntry[]
  /** The top is one of them. */
  readonly directories: readonly LocalEntry[]
  readonly links: readonly LocalLink[]
  readonly skipped: readonly SkippedEntry[]
}

/** @throws the errors of the file system as they are: what can't be read is an error, and is not left out. */
export async function readLocalTree(localPath: string, top: Stats): Promise<LocalTree> {
  const files: LocalEntry[] = []
  const directories: LocalEntry[] = [{ path: '', stats: top }]
  const links: LocalLink[] = []
  const skipped: SkippedEntry[] = []
  // The list grows while it is walked.
  for (const directory of directories) {
    for (const name of (await readdir(path.join(localPath, directory.path))).sort()) {
      const below = path.posix.join(directory.path, name)
      const full = path.join(localPath, below)
      const stats = await lstatIfAny(full)
      // The name could not be read exactly, so that nothing is there; or the entry is gone since.
      if (stats === undefined && name.includes('\ufffd')) skipped.push(skip(full, 'entry', 'Its name is not UTF-8.'))
      if (stats === undefined) continue
      if (/\p{Surrogate}/u.test(name)) skipped.push(skip(full, 'entry', 'Its name is not well-formed Unicode.'))
      else if (stats.isDirectory()) directories.push({ path: below, stats })
      else if (stats.isFile()) files.push({ path: below, stats })
      else if (stats.isSymbolicLink())
        links.push({ path: below, target: (await readlink(full)).replaceAll(path.sep, '/') })
      else skipped.push(skip(full, 'entry', 'It is a special file (a socket, a pipe or a device).'))
    }
  }
  const known = new Set(directories.map((each) => each.path))
  const carried = links.filter((link) => {
    const fault = linkFault(link.path, link.target, (at) => known.has(at))
    if (fault !== undefined) skipped.push(skip(path.join(localPath, link.path), 'entry', fault))
    return fault === undefined
  })
  return { files, directories, links: carried, skipped }
}

async function lstatIfAny(file: string): Promise<Stats | undefined> {
  try {
    return await lstat(file)
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === 'ENOENT') return undefined
    throw error
  }
}
