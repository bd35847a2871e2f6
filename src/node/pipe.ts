import { constants, createReadStream, openSync } from 'node:fs'
import { Socket } from 'node:net'
import type { Readable } from 'node:stream'

/**
 * Reads a pipe of the file system to its end. Node's file streams open and read it on a thread that can't be called back: a
 * process whose pipe nobody writes to could not even exit.
 */
export function readPipe(localPath: string): Readable {
  // Bun and Deno make no sockets of descriptors.
  if ('bun' in process.versions || 'Deno' in globalThis) return createReadStream(localPath)
  const fd = openSync(localPath, constants.O_RDONLY | constants.O_NONBLOCK)
  return new Socket({ fd, readable: true, writable: false })
}
