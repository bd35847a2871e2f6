import { statfs } from 'node:fs/promises'
import { EngineError, NoSpaceError } from '../../contract/errors.js'

/** What is kept free of the machine's disk: a hundredth of it, within these bounds, in bytes. */
const leastReserve = 16 * 1024 ** 2
const mostReserve = 1024 ** 3
const reserveShare = 1 / 100

/**
 * Images are sparse, so that all of them together may promise more than the disk has. When it is full, what guests have written
 * can't leave the memory any more and is lost. So nothing new begins when little is left.
 */
export class Room {
  /** @param directory - on the disk that the images are on. */
  constructor(private readonly directory: string) {}

  async isShort(): Promise<boolean> {
    const { bsize, blocks, bavail } = await statfs(this.directory)
    const reserve = Math.min(mostReserve, Math.max(leastReserve, blocks * bsize * reserveShare))
    return bavail * bsize < reserve
  }

  /** @throws {EngineError} for a sandbox that would be made now. */
  async forSandbox(): Promise<void> {
    if (await this.isShort()) throw noRoom('The disk of the server has too little room for another sandbox.')
  }

  /** @throws {NoSpaceError} for content that would be written now. */
  async forContent(): Promise<void> {
    if (await this.isShort()) throw new NoSpaceError('The disk of the server is full.')
  }
}

/** The error of programs that found a full disk, so that it can be told like that of a system call. */
export function withoutRoom(error: unknown): unknown {
  const isFull = error instanceof EngineError && error.message.includes('No space left on device')
  return isFull ? noRoom(error.message) : error
}

function noRoom(message: string): EngineError {
  const cause = Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC', syscall: 'write' })
  return new EngineError(message, { cause })
}
