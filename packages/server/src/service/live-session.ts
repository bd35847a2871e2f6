import type { Sandbox } from '../engines/contract/engine.js'
import { SandboxGoneError } from '../engines/contract/errors.js'
import type { Clock } from './clock.js'
import { InvalidStateError, SessionPausedError } from './errors.js'
import type { JsonFiles } from './json-files.js'
import type { SessionRecord, SessionStatus } from './record.js'

/** How long the time of the last activity may stay unwritten, in milliseconds. */
const activityWriteDelayMs = 5_000

/** A session with its sandbox at hand: its state, its timers and the order of its writes. */
export class LiveSession {
  #ended = false
  readonly #waiting = new Set<(reason: Error) => void>()
  #expiry: (() => void) | undefined
  #activityWrite: (() => void) | undefined
  #last: Promise<unknown> = Promise.resolve()
  #sandbox: Sandbox
  #revival: Promise<unknown> | undefined

  constructor(
    readonly record: SessionRecord,
    sandbox: Sandbox,
    private readonly store: JsonFiles<SessionRecord>,
    private readonly clock: Clock,
    private readonly onExpired: () => void,
  ) {
    this.#sandbox = sandbox
    this.#armExpiry()
  }

  /** True as soon as the session begins to end: from then on its id is unknown. */
  get ended(): boolean {
    return this.#ended
  }

  /** Has no effect on what is under way; see {@link LiveSession.retire}. */
  end(): void {
    this.#ended = true
    this.#dismiss(new SandboxGoneError('The session ended.'))
  }

  /**
   * Calls the listener once when nothing can be started in the session any more, because it ends or is paused.
   *
   * @returns what ends the watch.
   */
  onStandstill(listener: (reason: Error) => void): () => void {
    this.#waiting.add(listener)
    return () => this.#waiting.delete(listener)
  }

  get sandbox(): Sandbox {
    return this.#sandbox
  }

  /** Replaces a sandbox that ended by itself, once for all who ask at the same time. */
  async revive(recover: () => Promise<Sandbox>): Promise<void> {
    this.#revival ??= this.#inOrder(async () => {
      if (this.#ended) throw new SandboxGoneError('The session ended.')
      this.#sandbox = await recover()
    }).finally(() => (this.#revival = undefined))
    await this.#revival
  }

  /** Ends every process and removes every file, also of a sandbox that is just being revived. */
  async destroySandbox(): Promise<void> {
    await this.#revival?.catch(() => undefined)
    await this.#sandbox.destroy()
  }

  isOverdue(): boolean {
    return this.clock.now() >= this.record.expiresAt
  }

  /** Notes that something runs or moves a file now. It is written to the disk a little later, to keep commands cheap. */
  touch(): void {
    this.record.lastActivityAt = this.clock.now()
    this.#activityWrite ??= this.clock.setTimer(() => {
      this.#activityWrite = undefined
      this.save().catch(() => undefined)
    }, activityWriteDelayMs)
  }

  /** Moves the end of the session. If that cannot be written, it stays as it was. */
  async extend(expiresAt: number): Promise<void> {
    await this.#inOrder(async () => {
      const before = this.record.expiresAt
      this.#moveEnd(expiresAt)
      try {
        await this.#write()
      } catch (error) {
        this.#moveEnd(before)
        throw error
      }
    })
  }

  /** Pauses or resumes. It makes one change at a time, and refuses one that changes nothing or cannot be written. */
  async changeStatus(status: SessionStatus): Promise<void> {
    await this.#inOrder(async () => {
      if (this.record.status === status) {
        const [state, next] = status === 'paused' ? ['paused', 'resume'] : ['running', 'pause']
        throw new InvalidStateError(`The session is already ${state}; you can only ${next} it.`, { status })
      }
      const before = this.record.status
      if (status === 'paused') this.record.status = 'paused'
      let isDone = false
      try {
        await this.#putInto(status)
        isDone = true
        this.record.status = status
        await this.#write()
      } catch (error) {
        // It fails only when the sandbox is gone. The next one is started in the state of the record.
        if (isDone) await this.#putInto(before).catch(() => undefined)
        this.record.status = before
        throw error
      }
      if (status === 'paused') this.#dismiss(new SessionPausedError())
    })
  }

  /** @throws {SessionPausedError} */
  assertRunning(): void {
    if (this.record.status === 'paused') throw new SessionPausedError()
  }

  save(): Promise<void> {
    return this.#inOrder(() => this.#write())
  }

  /** Stops the timers and resolves when nothing more will be written. */
  async retire(): Promise<void> {
    this.end()
    this.#expiry?.()
    this.#activityWrite?.()
    this.#activityWrite = undefined
    await this.#last
  }

  #moveEnd(expiresAt: number): void {
    this.record.expiresAt = expiresAt
    this.#armExpiry()
  }

  /** Calls back when the time is up, even if that time is moved. */
  #armExpiry(): void {
    this.#expiry?.()
    if (this.#ended) return
    this.#expiry = this.clock.setTimer(() => {
      if (this.isOverdue()) this.onExpired()
      else this.#armExpiry()
    }, this.record.expiresAt - this.clock.now())
  }

  #putInto(status: SessionStatus): Promise<void> {
    return status === 'paused' ? this.#sandbox.pause() : this.#sandbox.resume()
  }

  #dismiss(reason: Error): void {
    for (const listener of [...this.#waiting]) listener(reason)
    this.#waiting.clear()
  }

  async #write(): Promise<void> {
    if (!this.#ended) await this.store.save(this.record)
  }

  #inOrder<Result>(step: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(step)
    this.#last = result.catch(() => undefined)
    return result
  }
}
