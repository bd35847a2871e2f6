import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { census, signal } from './census.js'
import type { ProcessInfo } from './census.js'
import { Hunt } from './hunt.js'
import type { Quarry } from './hunt.js'

/** When to look first, and no less often than when to look at last, in milliseconds. */
const firstLookMs = 50
const lastLookMs = 1000

/** How often a process may be found running in one pause before it is killed. */
const maxEscapes = 20

const stopBit = 1 << (constants.signals.SIGSTOP - 1)

/**
 * Keeps stopped processes stopped. The kernel can send SIGCONT to a stopped process, by a timer that this has set for itself
 * before. No other program goes on while all are stopped: one that does so again and again is killed.
 */
export class PauseGuard {
  readonly #quarry: Quarry
  /** Those that were stopped at an earlier look. */
  readonly #stopped = new Set<string>()
  readonly #escapes = new Map<string, number>()
  readonly #found: (stopped: readonly ProcessInfo[]) => void
  #waitMs = firstLookMs
  #timer: NodeJS.Timeout | undefined

  /**
   * @param quarry - which processes are to stay stopped, with their descendants.
   * @param found - is told which it has stopped again.
   */
  constructor(quarry: Quarry, found: (stopped: readonly ProcessInfo[]) => void) {
    this.#quarry = quarry
    this.#found = found
    this.#lookLater()
  }

  end(): void {
    clearTimeout(this.#timer)
  }

  #lookLater(): void {
    this.#timer = setTimeout(() => this.#look(), this.#waitMs)
  }

  #look(): void {
    this.#waitMs = Math.min(2 * this.#waitMs, lastLookMs)
    const escaped = [...census().values()].filter((info) => this.#stopped.has(info.key) && goesOn(info))
    const hunt = new Hunt(this.#quarry)
    hunt.freeze()
    for (const { key } of hunt.stopped) this.#stopped.add(key)
    this.#found(hunt.stopped)
    for (const info of escaped) {
      const escapes = (this.#escapes.get(info.key) ?? 0) + 1
      this.#escapes.set(info.key, escapes)
      if (escapes >= maxEscapes) signal(info, 'SIGKILL')
      this.#waitMs = firstLookMs
    }
    this.#lookLater()
  }
}

/** Whether it runs, and not only until it has a processor or a disk and can take note of its SIGSTOP. */
function goesOn({ pid, state }: ProcessInfo): boolean {
  if (state !== 'R' && state !== 'S') return false
  try {
    const pending = /^ShdPnd:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? '0'
    return (parseInt(pending.slice(-8), 16) & stopBit) === 0
  } catch {
    return false
  }
}
