import { mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

/** Files that belong to others: tsc's build record, the generator, and the files of a build that runs at the same time. */
const foreign = /^(types\/\.tsbuildinfo|\.new-)/

/**
 * Writes files by their paths in a folder. A file that is right already is left alone, and any other is replaced atomically, since
 * somebody may be reading it.
 */
export async function writeChanged(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  await mkdir(folder, { recursive: true })
  const aside = await mkdtemp(path.join(folder, '.new-'))
  try {
    for (const [name, text] of files) {
      const file = path.join(folder, name)
      if ((await readFile(file, 'utf8').catch(() => undefined)) === text) continue
      await mkdir(path.dirname(file), { recursive: true })
      const written = path.join(aside, path.basename(name))
      await writeFile(written, text)
      await rename(written, file)
    }
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
}

/** Removes what an earlier build has left in a folder. */
export async function removeOthers(folder: string, wanted: Iterable<string>): Promise<void> {
  const names = new Set(wanted)
  const folders = new Set([...names].flatMap(parents))
  await removeFrom('')

  async function removeFrom(parent: string): Promise<void> {
    for (const entry of await readdir(path.join(folder, parent), { withFileTypes: true })) {
      const name = path.join(parent, entry.name)
      if (foreign.test(name)) continue
      if (entry.isDirectory() && folders.has(name)) await removeFrom(name)
      else if (!names.has(name)) await rm(path.join(folder, name), { recursive: true, force: true })
    }
  }
}

/** `a/b/c` is in `a` and `a/b`. */
function parents(name: string): string[] {
  const parent = path.dirname(name)
  return parent === '.' ? [] : [parent, ...parents(parent)]
}
