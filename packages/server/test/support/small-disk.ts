import { execFile } from 'node:child_process'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { temporaryDirectory } from 'sandbox-sessions-testkit/temporary-directory'

const run = promisify(execFile)

/** A disk of its own, small enough to be filled. Mounting one takes root. */
export class SmallDisk implements AsyncDisposable {
  readonly #fillers: string[] = []

  private constructor(readonly directory: string) {}

  static async mount(): Promise<SmallDisk> {
    const directory = await temporaryDirectory()
    // Large enough for a Node, which the engine copies where guests cannot run the server's own.
    await run('mount', ['-t', 'tmpfs', '-o', 'size=192m,nr_inodes=2000,mode=711', 'tmpfs', directory])
    return new SmallDisk(directory)
  }

  /** Leaves no room for another byte, or for another file. */
  fill(with_: 'bytes' | 'files'): void {
    if (with_ === 'bytes') {
      const file = openSync(this.#newFiller(), 'w')
      const chunk = Buffer.alloc(4096)
      untilFull(() => writeSync(file, chunk))
      closeSync(file)
    } else {
      untilFull(() => closeSync(openSync(this.#newFiller(), 'w')))
    }
  }

  /** Makes room again. */
  free(): void {
    for (const filler of this.#fillers.splice(0)) rmSync(filler, { force: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await run('umount', ['--lazy', this.directory])
    await rm(this.directory, { recursive: true })
  }

  #newFiller(): string {
    const filler = path.join(this.directory, `filler-${this.#fillers.length}`)
    this.#fillers.push(filler)
    return filler
  }
}

function untilFull(step: () => unknown): void {
  for (;;) {
    try {
      step()
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return
      throw error
    }
  }
}
