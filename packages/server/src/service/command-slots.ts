import type { Clock } from './clock.js'
import { CapacityExceededError } from './errors.js'

export interface CommandSlotsOptions {
  /** Commands that run at a time, over all sessions. */
  readonly maxRunningCommands: number
  /** Commands that run at a time in one session. */
  readonly maxRunningCommandsPerSession: number
  /** Commands that wait for their turn at a time, over all sessions. */
  readonly maxWaitingCommands: number
  /** Commands that wait for their turn at a time in one session. */
  readonly maxWaitingCommandsPerSession: number
  /** How long one may wait, in milliseconds. */
  readonly commandWaitMs: number
}

/** Gives a slot back. Called once. */
export type Release = () => void

/** Registers a callback for the reason why waiting has become pointless. @returns a function that removes it. */
export type Watch = (leave: (reason: Error) => void) => () => void

interface Waiting {
  readonly start: () => void
  readonly leave: (reason: Error) => void
}

/** The shortest and the longest wait that callers are told, in seconds. */
const shortestRetry = 1
const longestRetry = 30

/** The weight of the latest command in the typical duration. */
const weightOfLatest = 0.2

/** Limits how many commands run at a time. Further ones wait for their turn, for a while. */
export class CommandSlots {
  readonly #running = new Map<string, number>()
  /** A queue for each session. The session whose turn was longest ago comes first. */
  readonly #waiting = new Map<string, Waiting[]>()
  #runningCount = 0
  #waitingCount = 0
  /** How long a command holds its slot; undefined before the first has ended. */
  #typicalMs: number | undefined

  constructor(
    private readonly options: CommandSlotsOptions,
    private readonly clock: Clock,
  ) {}

  /**
   * Resolves when a command may run. Sessions take turns, so that one with many commands does not keep others waiting.
   *
   * @param watch Called if it has to wait.
   * @throws {CapacityExceededError} when the queue is full, or nothing became free in time.
   * @throws The reason that the watch gave.
   */
  async take(session: string, watch: Watch): Promise<Release> {
    if (!this.#hasRoom(session)) await this.#wait(session, watch)
    else this.#add(session, 1)
    const begun = this.clock.now()
    return () => {
      const heldMs = this.clock.now() - begun
      const before = this.#typicalMs ?? heldMs
      this.#typicalMs = before + weightOfLatest * (heldMs - before)
      this.#add(session, -1)
      this.#startNext()
    }
  }

  /** Rejects everyone who waits. */
  dismiss(reason: Error): void {
    for (const waiting of [...this.#waiting.values()].flat()) waiting.leave(reason)
  }

  #hasRoom(session: string): boolean {
    const { maxRunningCommands, maxRunningCommandsPerSession } = this.options
    return this.#runningCount < maxRunningCommands && this.#runningIn(session) < maxRunningCommandsPerSession
  }

  #wait(session: string, watch: Watch): Promise<void> {
    const { maxWaitingCommands, maxWaitingCommandsPerSession, commandWaitMs } = this.options
    const line = this.#waiting.get(session) ?? []
    if (this.#waitingCount >= maxWaitingCommands || line.length >= maxWaitingCommandsPerSession) {
      return Promise.reject(this.#refusal(session))
    }
    return new Promise((resolve, reject) => {
      const step = (then: () => void) => () => {
        stopWatching()
        stopTimer()
        this.#remove(session, waiting)
        then()
      }
      const waiting: Waiting = {
        start: step(() => {
          this.#add(session, 1)
          resolve()
        }),
        leave: (reason) => step(() => reject(reason))(),
      }
      this.#waiting.set(session, [...line, waiting])
      this.#waitingCount++
      const stopTimer = this.clock.setTimer(() => waiting.leave(this.#refusal(session)), commandWaitMs)
      const stopWatching = watch((reason) => waiting.leave(reason))
    })
  }

  #remove(session: string, waiting: Waiting): void {
    const line = this.#waiting.get(session)?.filter((each) => each !== waiting) ?? []
    this.#waitingCount--
    if (line.length > 0) this.#waiting.set(session, line)
    else this.#waiting.delete(session)
  }

  #startNext(): void {
    for (const [session, [first]] of this.#waiting) {
      if (!first || !this.#hasRoom(session)) continue
      first.start()
      const line = this.#waiting.get(session)
      // The session goes behind all others.
      this.#waiting.delete(session)
      if (line) this.#waiting.set(session, line)
      return
    }
  }

  #runningIn(session: string): number {
    return this.#running.get(session) ?? 0
  }

  #add(session: string, change: 1 | -1): void {
    this.#runningCount += change
    const own = this.#runningIn(session) + change
    if (own > 0) this.#running.set(session, own)
    else this.#running.delete(session)
  }

  #refusal(session: string): CapacityExceededError {
    const { maxRunningCommands, maxRunningCommandsPerSession } = this.options
    const own = this.#runningIn(session)
    const isOwn = own >= maxRunningCommandsPerSession
    const [who, count, limit] = isOwn
      ? ['The session', own, maxRunningCommandsPerSession]
      : ['The server', this.#runningCount, maxRunningCommands]
    const ahead = isOwn ? (this.#waiting.get(session)?.length ?? 0) : this.#waitingCount
    const seconds = Math.ceil(((this.#typicalMs ?? 0) * (ahead + 1)) / limit / 1_000)
    return new CapacityExceededError(
      `${who} runs ${count} commands already, and no more at a time. Let one end, or try again later.`,
      { limit },
      Math.min(Math.max(seconds, shortestRetry), longestRetry),
    )
  }
}
