import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Engine, Sandbox } from '../engines/contract/engine.js'
import { SandboxGoneError } from '../engines/contract/errors.js'
import { timerMs } from '../support/timers.js'
import type { Clock } from './clock.js'
import {
  CapacityExceededError,
  InterruptedError,
  SandboxEndedError,
  SessionNotFoundError,
  ShuttingDownError,
} from './errors.js'
import type { IdempotencyKeys } from './idempotency.js'
import type { JsonFiles } from './json-files.js'
import { LiveSession } from './live-session.js'
import type { Log } from './log.js'
import { assertKeepable } from './metadata.js'
import {
  boundsOf,
  type KeyMark,
  type NewSession,
  recordOf,
  type SessionOrigin,
  type SessionRecord,
  type SessionRequest,
  type SessionStatus,
} from './record.js'
import { recoverSandbox, recoverSessions } from './recovery.js'

export interface SessionsOptions {
  readonly engine: Engine
  readonly store: JsonFiles<SessionRecord>
  readonly keys: IdempotencyKeys
  readonly clock: Clock
  readonly log: Log
  /** How many sessions there may be at a time, including those that are being made or removed. */
  readonly maxSessions: number
}

/** A session as its owner sees it, with the bounds that really hold. */
export type SessionView = Readonly<SessionRecord> & { readonly engine: string }

type Action<Result> = (session: LiveSession) => Promise<Result>

/** Creates, finds, extends, pauses and ends sessions, and keeps them over a restart. */
export class Sessions {
  readonly #live = new Map<string, LiveSession>()
  readonly #creating = new Set<Promise<unknown>>()
  readonly #ending = new Set<Promise<unknown>>()
  readonly #work = new Set<Promise<unknown>>()
  readonly #drainListeners: (() => void)[] = []
  #open = true
  #closed: Promise<void> | undefined

  constructor(private readonly options: SessionsOptions) {}

  /** Takes over what an earlier run left behind, and removes what is of no use any more. Call it once, first. */
  async start(): Promise<void> {
    const { engine, store, keys, clock, log } = this.options
    const records = await store.load()
    await keys.load(records)
    const forget = (record: SessionRecord) => this.#forget(record)
    const recovered = await recoverSessions({ engine, records, forget, clock, log })
    for (const { record, sandbox } of recovered) this.#admit(record, sandbox)
  }

  /**
   * With an idempotency key that has made a session before, returns that session: as it is now or, when it has ended, as it
   * was made.
   *
   * @throws {CapacityExceededError} @throws {ShuttingDownError} @throws {ImageNotAvailableError}
   * @throws {LimitNotAvailableError} @throws {NetworkNotAvailableError}
   * @throws {InvalidMetadataError} @throws {IdempotencyKeyReusedError} @throws {IdempotencyConflictError}
   */
  async create(owner: string, asked: NewSession, key?: string): Promise<SessionView> {
    const { ttl, image, metadata = {} } = asked
    this.assertOpen()
    assertKeepable(metadata)
    const request = { ttl, image, metadata, ...boundsOf(asked) }
    if (key === undefined) return this.#view(await this.#make(owner, request))
    const first = await this.options.keys.once(owner, key, request, (mark) => this.#make(owner, request, mark))
    const session = this.#live.get(first.id)
    return this.#view(session && !session.isOverdue() ? session.record : recordOf(first, request))
  }

  /** Oldest first. @throws {ShuttingDownError} */
  list(owner: string, page: { limit: number; offset: number }): { sessions: SessionView[]; total: number } {
    this.#assertPresent()
    const own = [...this.#live.values()].filter((session) => session.record.owner === owner && !session.isOverdue())
    own.sort((a, b) => a.record.createdAt - b.record.createdAt || (a.record.id < b.record.id ? -1 : 1))
    const sessions = own.slice(page.offset, page.offset + page.limit).map(({ record }) => this.#view(record))
    return { sessions, total: own.length }
  }

  /** @throws {SessionNotFoundError} also for a session of somebody else. @throws {ShuttingDownError} */
  get(owner: string, id: string): SessionView {
    return this.#view(this.#find(owner, id).record)
  }

  /** Lets the session expire `ttl` seconds from now. @throws {SessionNotFoundError} */
  async extend(owner: string, id: string, ttl: number): Promise<SessionView> {
    await this.#find(owner, id).extend(this.options.clock.now() + ttl * 1_000)
    return this.#view(this.#find(owner, id).record)
  }

  /** @throws {SessionNotFoundError} @throws {InvalidStateError} */
  async changeStatus(owner: string, id: string, status: SessionStatus): Promise<SessionView> {
    this.assertOpen()
    return await this.use(owner, id, async (session) => {
      await session.changeStatus(status)
      return this.#view(session.record)
    })
  }

  /** Ends every process of the session and removes every file. @throws {SessionNotFoundError} */
  async delete(owner: string, id: string): Promise<void> {
    await this.#end(this.#find(owner, id), 'deleted')
  }

  /**
   * Does something with a session's sandbox, which is started again if it ended by itself before. What fails
   * because the session ended meanwhile throws an error that says so.
   *
   * @throws {SessionNotFoundError} @throws {InterruptedError}
   * @throws {SandboxEndedError} when the sandbox ended by itself during the action.
   */
  use<Result>(owner: string, id: string, action: Action<Result>): Promise<Result> {
    const session = this.#find(owner, id)
    return this.#track(this.#work, this.#guard(session, action))
  }

  /** Like {@link Sessions.use}, for an action that changes nothing: it is repeated when the sandbox ended during it. */
  async useRepeatably<Result>(owner: string, id: string, action: Action<Result>): Promise<Result> {
    try {
      return await this.use(owner, id, action)
    } catch (error) {
      if (error instanceof InterruptedError) throw new ShuttingDownError()
      if (!(error instanceof SandboxEndedError)) throw error
      return await this.use(owner, id, action)
    }
  }

  /** @throws {ShuttingDownError} */
  assertOpen(): void {
    if (!this.#open) throw new ShuttingDownError()
  }

  /** Calls the listener when no new work is taken any more. */
  onDrain(listener: () => void): void {
    this.#drainListeners.push(listener)
  }

  /**
   * Takes no new work from now on, and waits until running work has ended, but no longer than a grace period in
   * milliseconds.
   */
  async drain(graceMs: number): Promise<void> {
    this.#shut()
    if (this.#work.size + this.#creating.size === 0) return
    const idle = Promise.allSettled([...this.#work, ...this.#creating])
    const timeUp = new AbortController()
    await Promise.race([idle, delay(timerMs(graceMs), undefined, { signal: timeUp.signal }).catch(() => undefined)])
    timeUp.abort()
  }

  /** Ends every process, saves every session and keeps their files for the next run. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  #shut(): void {
    if (!this.#open) return
    this.#open = false
    for (const listener of this.#drainListeners) listener()
  }

  async #close(): Promise<void> {
    this.#shut()
    await Promise.allSettled([...this.#creating])
    const sessions = [...this.#live.values()]
    await Promise.allSettled(sessions.map((session) => session.save()))
    this.#live.clear()
    await Promise.allSettled([...this.#ending, ...sessions.map((session) => session.retire())])
    await this.options.engine.close()
    await Promise.allSettled([...this.#work])
    this.options.keys.close()
  }

  async #make(owner: string, request: SessionRequest, idempotency?: KeyMark): Promise<SessionRecord> {
    const { maxSessions } = this.options
    if (this.#live.size + this.#creating.size + this.#ending.size >= maxSessions) {
      throw new CapacityExceededError(`All ${maxSessions} sessions are in use. Delete one or try again later.`, {
        limit: maxSessions,
      })
    }
    const origin = { id: randomUUID(), owner, ...(idempotency && { idempotency }) }
    return await this.#track(this.#creating, this.#create(origin, request))
  }

  async #create(
    origin: Omit<SessionOrigin, 'createdAt' | 'image' | 'held'>,
    request: SessionRequest,
  ): Promise<SessionRecord> {
    const { engine, store, clock, log } = this.options
    const { id } = origin
    const sandbox = await engine.create(id, { image: request.image, ...boundsOf(request) })
    try {
      this.assertOpen()
      const { image } = sandbox
      const record = recordOf({ ...origin, image, held: boundsOf(sandbox), createdAt: clock.now() }, request)
      await store.save(record)
      this.assertOpen()
      this.#admit(record, sandbox)
      return record
    } catch (error) {
      const undone = await Promise.allSettled([store.remove(id), sandbox.destroy()])
      const failures = undone.flatMap((step): unknown[] => (step.status === 'rejected' ? [step.reason] : []))
      for (const err of failures) {
        log.error({ sessionId: id, err }, 'Something is left of a session that could not be made.')
      }
      throw error
    }
  }

  #admit(record: SessionRecord, sandbox: Sandbox): void {
    const { store, clock, log } = this.options
    const session: LiveSession = new LiveSession(record, sandbox, store, clock, () => {
      this.#end(session, 'expired').catch((error: unknown) => {
        log.error({ sessionId: record.id, err: error }, 'An expired session could not be removed.')
      })
    })
    this.#live.set(record.id, session)
  }

  /** Sessions that are kept for the next run are not gone. @throws {ShuttingDownError} */
  #assertPresent(): void {
    if (this.#closed) throw new ShuttingDownError()
  }

  #find(owner: string, id: string): LiveSession {
    this.#assertPresent()
    const session = this.#live.get(id.toLowerCase())
    // The time may be up a moment before the timer fires.
    if (session?.record.owner !== owner || session.isOverdue()) throw new SessionNotFoundError(id)
    return session
  }

  async #end(session: LiveSession, reason: string): Promise<void> {
    const { id } = session.record
    if (this.#live.get(id) !== session) return
    this.#live.delete(id)
    await this.#track(this.#ending, this.#remove(session))
    this.options.log.info({ sessionId: id, reason }, 'A session ended.')
  }

  async #remove(session: LiveSession): Promise<void> {
    // The sandbox is removed first, since a write may be waiting for a call in it.
    session.end()
    const destroyed = session.destroySandbox()
    await Promise.allSettled([destroyed, session.retire()])
    // The state is removed even if the sandbox could not be: the next start then removes a sandbox without state.
    await this.#forget(session.record)
    await destroyed
  }

  /** The key is kept first: a crash in between may leave state of an ended session, but never loses a key. */
  async #forget(record: SessionRecord): Promise<void> {
    const { keys, store } = this.options
    await keys.retain(record, store)
    await store.remove(record.id)
  }

  async #guard<Result>(session: LiveSession, action: Action<Result>): Promise<Result> {
    const { id } = session.record
    try {
      if (session.sandbox.gone) await this.#revive(session)
      const result = await action(session)
      if (session.ended) throw new SandboxGoneError('The session ended meanwhile.')
      return result
    } catch (error) {
      if (this.#live.get(id) === session) throw error instanceof SandboxGoneError ? new SandboxEndedError() : error
      if (this.#closed) throw new InterruptedError()
      throw new SessionNotFoundError(id)
    }
  }

  async #revive(session: LiveSession): Promise<void> {
    const { engine, log } = this.options
    const { record } = session
    log.warn({ sessionId: record.id }, 'A sandbox ended by itself and is started again.')
    try {
      await session.revive(() => recoverSandbox(engine, record))
    } catch (error) {
      // Nothing of it is left to be started.
      if (error instanceof SandboxGoneError) await this.#end(session, 'sandbox gone').catch(() => undefined)
      throw error
    }
  }

  #view(record: SessionRecord): SessionView {
    const held = this.#live.get(record.id)?.sandbox ?? record.held
    return { ...record, ...(held && boundsOf(held)), engine: this.options.engine.name }
  }

  async #track<Result>(set: Set<Promise<unknown>>, promise: Promise<Result>): Promise<Result> {
    set.add(promise)
    try {
      return await promise
    } finally {
      set.delete(promise)
    }
  }
}
