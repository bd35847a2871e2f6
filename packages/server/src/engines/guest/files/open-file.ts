import { constants } from 'node:fs'
import type { Stats } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { Failure } from '../failure.js'
import { verifyInside } from './directory-handle.js'
import type { Location } from './locate.js'

export interface OpenFile extends AsyncDisposable {
  readonly handle: FileHandle
  readonly stats: Stats
}

/**
 * Opens the regular file at a location, for reading.
 *
 * @throws {Failure} FileAccess for anything else. Dispose it.
 */
export async function openFile(root: string, { directory, name = '.' }: Location): Promise<OpenFile> {
  // Non-blocking, since the guest may have put a pipe there meanwhile that nobody writes to.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW | constants.O_NOCTTY
  const handle = await open(directory.at(name), flags)
  try {
    const stats = await handle.stat()
    if (!stats.isFile()) throw new Failure('FileAccess', 'It is not a regular file.')
    await verifyInside(root, `/proc/self/fd/${handle.fd}`)
    return { handle, stats, [Symbol.asyncDispose]: () => handle.close() }
  } catch (error) {
    await handle.close()
    throw error
  }
}
