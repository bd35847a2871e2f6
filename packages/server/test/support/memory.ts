import { readFileSync, writeFileSync } from 'node:fs'

/** Watches the resident memory of another process: the kernel keeps the peak, so nothing is missed between two looks. */
export class MemoryWatch {
  readonly #before: number

  constructor(private readonly pid: number) {
    // Forgets the peak that there was before.
    writeFileSync(`/proc/${pid}/clear_refs`, '5')
    this.#before = this.#read('VmRSS')
  }

  /** How far it has grown at its peak, in bytes. */
  get growth(): number {
    return this.#read('VmHWM') - this.#before
  }

  #read(name: string): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'latin1')
    return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024
  }
}
