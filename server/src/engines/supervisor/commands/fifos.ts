import { spawn } from 'node:child_process'
import { closeSync, constants, fstatSync, mkdirSync, openSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../failure.js'

const BATCH = 16

/**
 * Real pipes for commands. Node gives a child socket pairs, and a program can't open those again: `> /dev/stderr` would
 * fail. Node can't make a pipe, but mkfifo makes named ones, a batch ahead of need.
 */
export class Fifos {
  readonly #directory: string
  readonly #ready: string[] = []
  #made = 0
  #making: Promise<void> | undefined

  constructor(directory: string) {
    this.#directory = directory
    mkdirSync(directory, { recursive: true, mode: 0o700 })
  }

  /** Waits until so many pipes can be opened at once. */
  async reserve(count: number): Promise<void> {
    if (this.#ready.length < count) await this.refill()
  }

  /** Opens both ends of a pipe that has no name any more. The reading end does not block. */
  output(): { readFd: number; writeFd: number } {
    const path = this.#take()
    const readFd = openPipe(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const writeFd = openPipe(path, constants.O_WRONLY)
    unlinkSync(path)
    return { readFd, writeFd }
  }

  #take(): string {
    const path = this.#ready.shift()
    if (path === undefined) throw new Failure('ExecStart', 'no pipe could be made for the command')
    if (this.#ready.length < BATCH / 2) void this.refill()
    return path
  }

  /** Makes a batch of pipes unless one is being made. */
  refill(): Promise<void> {
    this.#making ??= this.#make().finally(() => (this.#making = undefined))
    return this.#making
  }

  async #make(): Promise<void> {
    const paths = Array.from({ length: BATCH }, () => join(this.#directory, String((this.#made += 1))))
    const made = await new Promise<boolean>((resolve) => {
      const maker = spawn('mkfifo', ['-m', '600', ...paths], { stdio: 'ignore' })
      maker.on('error', () => resolve(false))
      maker.on('exit', (code) => resolve(code === 0))
    })
    if (made) this.#ready.push(...paths)
  }
}

function openPipe(path: string, flags: number): number {
  const fd = openSync(path, flags | constants.O_NOFOLLOW)
  if (fstatSync(fd).isFIFO()) return fd
  closeSync(fd)
  throw new Failure('ExecStart', 'no pipe could be made for the command')
}
