import type { Sandbox } from '../engines/engine.js'
import { SandboxGoneError } from '../engines/errors.js'
import type { Clock } from './clock.js'
import { InvalidStateError, SessionPausedError } from './errors.js'
import type { JsonFiles } from './json-files.js'
import type { SessionRecord, SessionStatus } from './record.js'

/** How long the time of the last activity may wait to be written, in milliseconds. */
const activityWriteDelayMs = 5_000

/** A session with its sandbox at hand: its state, its timers and the order of its writes. */
export class LiveSession {
  /** Set as soon as the session is to end: from then on its id is unknown. */
  ended = false
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
  ) {
    this.#sandbox = sandbox
  }

  get sandbox(): Sandbox {
    return this.#sandbox
  }

  /** Puts a sandbox in the place of the one that ended by itself, once for all who ask at the same time. */
  async revive(recover: () => Promise<Sandbox>): Promise<void> {
    this.#revival ??= this.#inOrder(async () => {
      if (this.ended) throw new SandboxGoneError('the session ended')
      this.#sandbox = await recover()
    }).finally(() => (this.#revival = undefined))
    await this.#revival
  }

  /** Ends every process and removes every file, also of a sandbox that is just being revived. */
  async destroySandbox(): Promise<void> {
    await this.#revival?.catch(() => undefined)
    await this.#sandbox.destroy()
  }

  /** Calls back when the time is up, however often that time is moved. */
  armExpiry(onExpired: () => void): void {
    this.#expiry?.()
    this.#expiry = this.clock.setTimer(() => {
      if (this.isOverdue()) onExpired()
      else this.armExpiry(onExpired)
    }, this.record.expiresAt - this.clock.now())
  }

  isOverdue(): boolean {
    return this.clock.now() >= this.record.expiresAt
  }

  /** Notes that something runs or moves a file now. It reaches the disk a little later, to keep commands cheap. */
  touch(): void {
    this.record.lastActivityAt = this.clock.now()
    this.#activityWrite ??= this.clock.setTimer(() => {
      this.#activityWrite = undefined
      this.save().catch(() => undefined)
    }, activityWriteDelayMs)
  }

  /** Pauses or resumes: one change at a time, and none that changes nothing. */
  async changeStatus(status: SessionStatus): Promise<void> {
    await this.#inOrder(async () => {
      if (this.record.status === status) {
        const [state, next] = status === 'paused' ? ['paused', 'resume'] : ['running', 'pause']
        throw new InvalidStateError(`The session is already ${state}; you can only ${next} it.`, { status })
      }
      const before = this.record.status
      if (status === 'paused') this.record.status = 'paused'
      try {
        await (status === 'paused' ? this.#sandbox.pause() : this.#sandbox.resume())
        this.record.status = status
      } catch (error) {
        this.record.status = before
        throw error
      }
      await this.#write()
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
    this.ended = true
    this.#expiry?.()
    this.#activityWrite?.()
    this.#activityWrite = undefined
    await this.#last
  }

  async #write(): Promise<void> {
    if (!this.ended) await this.store.save(this.record)
  }

  #inOrder<Result>(step: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(step)
    this.#last = result.catch(() => undefined)
    return result
  }
}
