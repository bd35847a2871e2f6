import { constants, createReadStream, openSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable } from 'node:stream'

/**
 * Reads a pipe of the file system to its end. Node's file streams open and read it on a thread that can't be cancelled: a
 * process could not even exit while nobody writes to its pipe.
 */
export function readPipe(localPath: string): Readable {
  // Bun and Deno can't make a socket from a descriptor.
  if ('bun' in process.versions || 'Deno' in globalThis) return createReadStream(localPath)
  const fd = openSync(localPath, constants.O_RDONLY | constants.O_NONBLOCK)
  return new Socket({ fd, readable: true, writable: false })
}
