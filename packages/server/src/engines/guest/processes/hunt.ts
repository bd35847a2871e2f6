import { census, signal } from './census.js'
import type { ProcessInfo } from './census.js'

/** Which processes a hunt starts from; their descendants are hunted too. */
export type Quarry = (process: ProcessInfo) => boolean

const maxSweeps = 200

/** A set of processes, followed while it grows and shrinks. */
export class Hunt {
  readonly #quarry: Quarry
  readonly #members = new Set<string>()
  readonly #stopped = new Map<string, ProcessInfo>()

  constructor(quarry: Quarry) {
    this.#quarry = quarry
  }

  /** The processes that {@link freeze} stopped, without those that had been stopped before. */
  get stopped(): ProcessInfo[] {
    return [...this.#stopped.values()]
  }

  /**
   * Stops them all. A stopped process can't fork, so repeating this until nothing new turns up catches all of them, even a fork
   * bomb: stopped processes still count for the process limit.
   */
  freeze(): void {
    const seen = new Set<string>()
    for (let sweep = 0; sweep < maxSweeps; sweep += 1) {
      let found = false
      for (const member of this.#sweep()) {
        if (seen.has(member.key)) continue
        seen.add(member.key)
        found = true
        if (member.state === 'T') continue
        this.#stopped.set(member.key, member)
        signal(member, 'SIGSTOP')
      }
      if (!found) return
    }
  }

  /** Whether none of them is left. */
  get isOver(): boolean {
    return this.#sweep().length === 0
  }

  /**
   * Asks them all to end. They are stopped until each has its signal, so that none escapes by forking. Then all go on, also
   * those that had been stopped before, since a stopped process can't act on a signal.
   */
  terminate(): void {
    this.freeze()
    const members = this.#sweep()
    for (const member of members) signal(member, 'SIGTERM')
    for (const member of members) signal(member, 'SIGCONT')
    this.#stopped.clear()
  }

  /** Kills them all and resolves when none is left. */
  async kill(): Promise<void> {
    for (let sweep = 0; sweep < maxSweeps; sweep += 1) {
      this.freeze()
      const members = this.#sweep()
      if (members.length === 0) return
      for (const member of members) signal(member, 'SIGKILL')
      await new Promise((resolve) => setTimeout(resolve, 1 + Math.min(sweep, 50)))
    }
  }

  #sweep(): ProcessInfo[] {
    const all = census()
    const children = new Map<number, ProcessInfo[]>()
    const pending: ProcessInfo[] = []
    for (const info of all.values()) {
      const siblings = children.get(info.parent)
      if (siblings === undefined) children.set(info.parent, [info])
      else siblings.push(info)
      if (this.#members.has(info.key) || this.#quarry(info)) pending.push(info)
    }
    const members = new Map<string, ProcessInfo>()
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (next.pid === process.pid || members.has(next.key)) continue
      members.set(next.key, next)
      this.#members.add(next.key)
      pending.push(...(children.get(next.pid) ?? []))
    }
    return [...members.values()]
  }
}
