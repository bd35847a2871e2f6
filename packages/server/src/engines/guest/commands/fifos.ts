import { spawn } from 'node:child_process'
import { closeSync, constants, fstatSync, mkdirSync, openSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../failure.js'

/** Pipes in one batch. Each batch takes a process, so that larger ones are cheaper; a command takes two or three pipes. */
const batchSize = 32

export interface Pipe {
  readonly readFd: number
  readonly writeFd: number
}

/**
 * Real pipes for commands. Node gives a child socket pairs, and a program can't open those again: `> /dev/stderr` would
 * fail. Node can't make a pipe, but mkfifo makes named ones, a batch ahead of need.
 */
export class Fifos {
  readonly #directory: string
  readonly #ready: string[] = []
  #made = 0
  #making: Promise<boolean> | undefined

  constructor(directory: string) {
    this.#directory = directory
    mkdirSync(directory, { recursive: true, mode: 0o700 })
  }

  /**
   * Gives both ends of a pipe that has no name any more. The reading end does not block.
   *
   * @throws {Failure} ExecStart.
   */
  async open(): Promise<Pipe> {
    for (;;) {
      // Others wait for the same batch, and may have emptied it already.
      const path = this.#ready.shift()
      if (path === undefined) {
        if (!(await this.refill())) throw new Failure('ExecStart', 'No pipe could be made for the command.')
        continue
      }
      if (this.#ready.length < batchSize / 2) void this.refill()
      const pipe = openBothEnds(path)
      if (pipe !== undefined) return pipe
    }
  }

  /** The same for a command's input: the reading end blocks. @throws {Failure} ExecStart. */
  async openForInput(): Promise<Pipe> {
    const { readFd, writeFd } = await this.open()
    const blocking = openPipe(`/proc/self/fd/${readFd}`, constants.O_RDONLY)
    closeSync(readFd)
    if (blocking !== undefined) return { readFd: blocking, writeFd }
    closeSync(writeFd)
    throw new Failure('ExecStart', 'No pipe could be made for the command.')
  }

  /** Makes a batch of pipes unless one is being made; false when none could be made. */
  refill(): Promise<boolean> {
    this.#making ??= this.#make().finally(() => (this.#making = undefined))
    return this.#making
  }

  async #make(): Promise<boolean> {
    const paths = Array.from({ length: batchSize }, () => join(this.#directory, String((this.#made += 1))))
    const made = await new Promise<boolean>((resolve, reject) => {
      const maker = spawn('mkfifo', ['-m', '600', ...paths], { stdio: 'ignore' })
      maker.on('error', reject)
      maker.on('exit', (code) => resolve(code === 0))
    }).catch(() => false)
    if (made) this.#ready.push(...paths)
    return made
  }
}

/** Undefined when something else is there: the guest can reach the directory too. */
function openBothEnds(path: string): Pipe | undefined {
  const readFd = openPipe(path, constants.O_RDONLY | constants.O_NONBLOCK)
  if (readFd === undefined) return undefined
  // Opened through its descriptor: the name may lead to another pipe by now, and this would wait for its reader.
  const writeFd = openPipe(`/proc/self/fd/${readFd}`, constants.O_WRONLY)
  try {
    unlinkSync(path)
  } catch {
    // Only the guest can have done it.
  }
  if (writeFd !== undefined) return { readFd, writeFd }
  closeSync(readFd)
  return undefined
}

function openPipe(path: string, flags: number): number | undefined {
  let fd: number
  try {
    fd = openSync(path, flags)
  } catch {
    return undefined
  }
  if (fstatSync(fd).isFIFO()) return fd
  closeSync(fd)
  return undefined
}
