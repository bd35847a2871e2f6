import { lstat, realpath } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EngineUnavailableError } from '../contract/errors.js'

/** Sources of the kernel, of which no program of a guest needs anything, and the usual place of an application in a container. */
const sourcesOfSystem = '/usr/src'

/** This module: what shows it to a guest shows the server. */
export const ownModule = fileURLToPath(import.meta.url)

/**
 * A guest can read all of what is bound into its sandbox. So nothing of the server's may lie there: with the server's own user as the
 * guests', it would be readable whatever its mode.
 *
 * @param directories - the server's, which need not be there yet.
 * @param bound - the host's directories that every sandbox sees.
 * @throws {EngineUnavailableError}
 */
export async function refuseExposed(directories: readonly string[], bound: readonly string[]): Promise<void> {
  for (const directory of directories) {
    const path = await realpath(directory)
    const place = bound.find((each) => isIn(path, each))
    if (place === undefined) continue
    throw new EngineUnavailableError(
      `The data directory is ${path}, and every sandbox can read ${place}. Choose another one with --data-dir.`,
    )
  }
}

/**
 * Directories that lie in what is bound into a sandbox, and have to be hidden there: the application that the server is a part of, the
 * one that was started, and the directory that it was started in.
 */
export async function hiddenDirectories(bound: readonly string[], node: string): Promise<string[]> {
  const places = [ownModule, process.argv[1], join(process.cwd(), 'package.json')]
  const applications = await Promise.all(places.map(rootOf))
  const all = [sourcesOfSystem, ...applications.filter((each) => each !== undefined)]
  const exposed = all.filter((path) => bound.some((each) => path !== each && isIn(path, each)))
  const hidden = exposed.filter((path, index) => {
    const isCovered = (other: string, at: number): boolean =>
      at !== index && isIn(path, other) && (other !== path || at < index)
    return !exposed.some(isCovered)
  })
  const found: string[] = []
  for (const path of hidden) if (await exists(path)) found.push(path)
  const place = found.find((path) => isIn(node, path))
  if (place === undefined) return found
  throw new EngineUnavailableError(
    `The application is in ${place}, which no sandbox may see, and so is Node (${node}). Install one of them elsewhere.`,
  )
}

export function isIn(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep)
}

/** The topmost directory above a file that holds a package; undefined when there is none. */
async function rootOf(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined
  const path = await realpath(file).catch(() => file)
  let root: string | undefined
  for (let above = dirname(path); above !== dirname(above); above = dirname(above)) {
    if (await exists(join(above, 'package.json'))) root = above
  }
  return root
}

function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}
