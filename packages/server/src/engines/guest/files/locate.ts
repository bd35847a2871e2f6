import type { Stats } from 'node:fs'
import { mkdir, readlink, rmdir } from 'node:fs/promises'
import { Failure, errnoOf } from '../failure.js'
import { DirectoryHandle, lstatIfAny } from './directory-handle.js'
import { linkTarget, partsOf } from './path-rules.js'

/** The longest path that the kernel takes, in bytes. */
const maxPath = 4095
const maxName = 255

/** As many links as the kernel follows. */
const maxLinks = 40

/** Where a path leads when every link on it is followed: a name in an open directory. Dispose of it. */
export interface Location extends AsyncDisposable {
  readonly directory: DirectoryHandle
  /** Undefined for the directory itself, which is the root. */
  readonly name: string | undefined
  /** Undefined when nothing of that name is there. Describes a link only if the last part was not to be followed. */
  readonly stats: Stats | undefined
  /** From the root, with all links followed. */
  readonly parts: readonly string[]
  /** Removes the directories that were made on the way, as far as they are empty. */
  undo(): Promise<void>
}

export interface LocateOptions {
  /** Whether the last part of the path is followed when it is a link. */
  readonly followLast: boolean
  /** Whether missing directories on the way are made. */
  readonly makeParents?: boolean
}

/**
 * Walks a path part by part, following links itself, so that a link that leads out of the root is not taken for a missing
 * file, even when nothing is where it points.
 *
 * @throws {Failure} PathEscapes, FileNotFound (a directory on the way), NotADirectory.
 */
export async function locate(root: string, path: string, options: LocateOptions): Promise<Location> {
  let parts = partsOf(path)
  const made: (() => Promise<void>)[] = []
  const undo = async (): Promise<void> => {
    for (const remove of made.reverse()) await remove().catch(() => undefined)
  }
  try {
    for (let links = 0; links <= maxLinks; links += 1) {
      // Otherwise it would be found out only after thousands of directories.
      if (options.makeParents === true) assertShort(root, parts)
      const step = await walk(root, parts, options, made)
      if (!Array.isArray(step)) {
        return { ...step, undo, [Symbol.asyncDispose]: () => step.directory[Symbol.asyncDispose]() }
      }
      parts = step
    }
    throw new Failure('FileNotFound', 'The path has too many links.')
  } catch (error) {
    await undo()
    throw error
  }
}

function assertShort(root: string, parts: readonly string[]): void {
  const isLong = Buffer.byteLength([root, ...parts].join('/')) > maxPath
  if (isLong || parts.some((part) => Buffer.byteLength(part) > maxName)) {
    throw new Failure('FileAccess', 'The path or a part of it is too long.')
  }
}

type Found = Pick<Location, 'directory' | 'name' | 'stats' | 'parts'>

/** One walk from the root: the location, or the parts to walk instead when a link was met. */
async function walk(
  root: string,
  parts: readonly string[],
  options: LocateOptions,
  made: (() => Promise<void>)[],
): Promise<Found | string[]> {
  let directory = await DirectoryHandle.open(root)
  try {
    for (const [index, name] of parts.entries()) {
      const last = index === parts.length - 1
      let stats = await lstatIfAny(directory.at(name))
      if (stats?.isSymbolicLink() && (!last || options.followLast)) {
        const target = linkTarget(root, parts.slice(0, index), await readlink(directory.at(name)))
        await directory[Symbol.asyncDispose]()
        return [...target, ...parts.slice(index + 1)]
      }
      if (last) return { directory, name, stats, parts }
      if (stats === undefined && options.makeParents === true) {
        const path = `${root}/${parts.slice(0, index + 1).join('/')}`
        await mkdir(directory.at(name)).then(
          () => made.push(() => rmdir(path)),
          (error: unknown) => {
            if (errnoOf(error) !== 'EEXIST') throw error
          },
        )
        stats = await lstatIfAny(directory.at(name))
      }
      if (stats === undefined) throw new Failure('FileNotFound', `There is no ${parts.slice(0, index + 1).join('/')}.`)
      if (!stats.isDirectory()) {
        throw new Failure('NotADirectory', `${parts.slice(0, index + 1).join('/')} is not a directory.`)
      }
      const child = await directory.child(name)
      await directory[Symbol.asyncDispose]()
      directory = child
    }
    return { directory, name: undefined, stats: await lstatIfAny(directory.at('.')), parts }
  } catch (error) {
    await directory[Symbol.asyncDispose]()
    throw error
  }
}

/** @throws {Failure} as {@link locate}, and NotADirectory for anything else. Dispose of it. */
export async function openDirectory(root: string, path: string): Promise<{ handle: DirectoryHandle; parts: string[] }> {
  const location = await locate(root, path, { followLast: true })
  const parts = [...location.parts]
  if (location.name === undefined) return { handle: location.directory, parts }
  await using parent = location.directory
  if (location.stats === undefined) throw new Failure('FileNotFound', `There is no ${path}.`)
  if (!location.stats.isDirectory()) throw new Failure('NotADirectory', `${path} is not a directory.`)
  const handle = await parent.child(location.name)
  try {
    return { handle: await handle.verify(root), parts }
  } catch (error) {
    await handle[Symbol.asyncDispose]()
    throw error
  }
}
