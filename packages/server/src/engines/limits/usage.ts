import { readFileSync } from 'node:fs'
import type { SandboxMetrics } from '../contract/engine.js'
import { census } from '../guest/processes/census.js'
import type { ProcessInfo } from '../guest/processes/census.js'

/** Linux counts processor time in hundredths of a second wherever programs can see it. */
const ticksPerSecond = 100

/** What processes and all their descendants use, for a sandbox that no control group counts. */
export class ProcessUsage {
  readonly #isRoot: (info: ProcessInfo) => boolean
  #cpuSeconds = 0

  /** @param isRoot - whether a process is one to start from. */
  constructor(isRoot: (info: ProcessInfo) => boolean) {
    this.#isRoot = isRoot
  }

  now(): SandboxMetrics {
    let ticks = 0
    let memoryBytes = 0
    const members = this.#members()
    for (const pid of members) {
      const read = (name: string): string => textOf(`/proc/${pid}/${name}`)
      const stat = read('stat')
      // The times of the process, and those of its children that have ended and were waited for.
      const times = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .slice(11, 15)
      for (const time of times) ticks += Number(time)
      for (const [, kib] of read('status').matchAll(/^Rss(?:Anon|Shmem):\s*(\d+) kB$/gm)) {
        memoryBytes += Number(kib) * 1024
      }
    }
    // Between its end and its parent's wait, the time of a process is in neither.
    this.#cpuSeconds = Math.max(this.#cpuSeconds, ticks / ticksPerSecond)
    return { cpuSeconds: this.#cpuSeconds, memoryBytes, processes: members.size }
  }

  #members(): Set<number> {
    const all = census()
    const members = new Set<number>()
    const isMember = (info: ProcessInfo | undefined): boolean => {
      if (info === undefined) return false
      if (members.has(info.pid)) return true
      return this.#isRoot(info) || (info.parent !== info.pid && isMember(all.get(info.parent)))
    }
    for (const info of all.values()) if (isMember(info)) members.add(info.pid)
    return members
  }
}

/** Empty when the process has ended. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
