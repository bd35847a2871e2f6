import { createHash } from 'node:crypto'
import { lstat, readFile, readdir, readlink } from 'node:fs/promises'
import path from 'node:path'

/** Everything below a directory, by path: its mode, and what a file holds, or where a link leads. */
export async function treeOf(directory: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  for (const name of (await readdir(directory, { recursive: true })).sort()) {
    const file = path.join(directory, name)
    const stats = await lstat(file)
    const mode = (stats.mode & 0o7777).toString(8).padStart(4, '0')
    if (stats.isSymbolicLink()) found[name] = `link to ${await readlink(file)}`
    else if (stats.isDirectory()) found[name] = `directory ${mode}`
    else if (stats.isFile())
      found[name] = `file ${mode} ${createHash('sha256')
        .update(await readFile(file))
        .digest('hex')}`
    else found[name] = `special ${mode}`
  }
  return found
}
