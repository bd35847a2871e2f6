import { readFileSync, writeFileSync } from 'node:fs'
import { census } from './census.js'

/**
 * The score (oom_score_adj) of what the engine runs in a sandbox. Of all processes, the kernel kills the one with the highest
 * score first: commands come before their supervisor, and that comes before the server, which has 0.
 */
export const supervisorScore = 500

/** Commands have scores of their own from here... */
const firstScore = 900

/** ...and this one together when there are none left. */
const sharedScore = 1000

/**
 * Gives each command a score that no other process of the sandbox has. All its descendants have it too, whatever session and
 * environment they give themselves and whoever becomes their parent: it tells whose they are.
 */
export class Scores {
  #free: number[] = []

  /**
   * Starts a program with a score of its own.
   *
   * @returns what was started, and its score; undefined when others have the same.
   */
  start<Started>(spawn: () => Started): { started: Started; score: number | undefined } {
    const score = this.#next()
    // A process gets the score of who starts it. Setting it afterwards would come too late for what it starts at once.
    const isSet = setScore(process.pid, score ?? sharedScore)
    try {
      return { started: spawn(), score: isSet ? score : undefined }
    } finally {
      setScore(process.pid, supervisorScore)
    }
  }

  #next(): number | undefined {
    if (this.#free.length === 0) {
      const taken = new Set([...census().keys()].map(scoreOf))
      for (let score = firstScore; score < sharedScore; score += 1) if (!taken.has(score)) this.#free.push(score)
    }
    return this.#free.shift()
  }
}

/** Undefined when it has ended. */
export function scoreOf(pid: number): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/oom_score_adj`, 'latin1'))
  } catch {
    return undefined
  }
}

/** Raises the score of this process to the supervisor's, unless the engine has done it already. */
export function raiseOwnScore(): void {
  if ((scoreOf(process.pid) ?? 0) < supervisorScore) setScore(process.pid, supervisorScore)
}

/** @returns whether it has that score now: only with CAP_SYS_RESOURCE one can be set that is lower than at its start. */
export function setScore(pid: number, score: number): boolean {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, String(score))
    return true
  } catch {
    return false
  }
}
