import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import type { Engine, Sandbox } from '../engines/engine.js'
import { SandboxGoneError } from '../engines/errors.js'
import type { JsonObject } from '../spec/json.js'
import type { Clock } from './clock.js'
import { CapacityExceededError, SessionNotFoundError, ShuttingDownError } from './errors.js'
import { LiveSession } from './live-session.js'
import type { SessionRecord, SessionStatus } from './record.js'
import { recoverSessions } from './recovery.js'
import type { SessionStore } from './store.js'

/** Where the service tells what happens behind the back of a caller. */
export interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface SessionsOptions {
  readonly engine: Engine
  readonly store: SessionStore
  readonly clock: Clock
  readonly log: Log
  /** How many sessions there may be at a time, those that are being made or removed included. */
  readonly maxSessions: number
}

/** A session as its owner sees it. */
export type SessionView = Readonly<SessionRecord> & { readonly engine: string }

export interface NewSession {
  /** Seconds. */
  readonly ttl: number
  readonly image?: string | undefined
  readonly metadata?: JsonObject | undefined
}

/** The life of sessions: created, found, extended, paused, ended by a caller or by time, and kept over a restart. */
export class Sessions {
  readonly #live = new Map<string, LiveSession>()
  readonly #creating = new Set<Promise<unknown>>()
  readonly #ending = new Set<Promise<unknown>>()
  readonly #work = new Set<Promise<unknown>>()
  #open = true
  #closed: Promise<void> | undefined

  constructor(private readonly options: SessionsOptions) {}

  /** Takes over what an earlier run left behind, and removes what has no use any more. Call it once, first. */
  async start(): Promise<void> {
    const { engine, store, clock, log } = this.options
    for (const { record, sandbox } of await recoverSessions({ engine, store, clock, log })) this.#admit(record, sandbox)
  }

  /**
   * @throws {CapacityExceededError} @throws {ShuttingDownError} @throws {ImageNotAvailableError}
   */
  async create(owner: string, request: NewSession): Promise<SessionView> {
    this.assertOpen()
    const image = this.options.engine.resolveImage(request.image)
    const { maxSessions } = this.options
    if (this.#live.size + this.#creating.size + this.#ending.size >= maxSessions) {
      throw new CapacityExceededError(`All ${maxSessions} sessions are in use. Delete one or try again later.`, {
        limit: maxSessions,
      })
    }
    return await this.#track(this.#creating, this.#create(owner, image, request))
  }

  /** Oldest first. */
  list(owner: string, page: { limit: number; offset: number }): { sessions: SessionView[]; total: number } {
    const own = [...this.#live.values()].filter((session) => session.record.owner === owner && !session.isOverdue())
    own.sort((a, b) => a.record.createdAt - b.record.createdAt || (a.record.id < b.record.id ? -1 : 1))
    const sessions = own.slice(page.offset, page.offset + page.limit).map((session) => this.#view(session))
    return { sessions, total: own.length }
  }

  /** @throws {SessionNotFoundError} also for a session of somebody else. */
  get(owner: string, id: string): SessionView {
    return this.#view(this.#find(owner, id))
  }

  /** Lets the session expire `ttl` seconds from now. @throws {SessionNotFoundError} */
  async extend(owner: string, id: string, ttl: number): Promise<SessionView> {
    const session = this.#find(owner, id)
    session.record.expiresAt = this.options.clock.now() + ttl * 1_000
    this.#armExpiry(session)
    await session.save()
    return this.#view(this.#find(owner, id))
  }

  /** @throws {SessionNotFoundError} @throws {InvalidStateError} */
  async changeStatus(owner: string, id: string, status: SessionStatus): Promise<SessionView> {
    this.assertOpen()
    return await this.use(owner, id, async (session) => {
      await session.changeStatus(status)
      return this.#view(session)
    })
  }

  /** Ends every process of the session and removes every file. @throws {SessionNotFoundError} */
  async delete(owner: string, id: string): Promise<void> {
    await this.#end(this.#find(owner, id), 'deleted')
  }

  /**
   * Does something with a session's sandbox. Whatever goes wrong because the session ended meanwhile is told as that.
   *
   * @throws {SessionNotFoundError} @throws {ShuttingDownError}
   */
  use<Result>(owner: string, id: string, action: (session: LiveSession) => Promise<Result>): Promise<Result> {
    const session = this.#find(owner, id)
    return this.#track(this.#work, this.#guard(session, action))
  }

  /** @throws {ShuttingDownError} */
  assertOpen(): void {
    if (!this.#open) throw new ShuttingDownError()
  }

  /**
   * Takes no new work from now on, and waits until what runs has ended, but no longer than a grace period in
   * milliseconds.
   */
  async drain(graceMs: number): Promise<void> {
    this.#open = false
    if (this.#work.size + this.#creating.size === 0) return
    const idle = Promise.allSettled([...this.#work, ...this.#creating])
    const timeUp = new AbortController()
    await Promise.race([idle, delay(graceMs, undefined, { signal: timeUp.signal }).catch(() => undefined)])
    timeUp.abort()
  }

  /** Ends every process, saves every session and keeps their files for the next run. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    this.#open = false
    await Promise.allSettled([...this.#creating])
    const sessions = [...this.#live.values()]
    await Promise.allSettled(sessions.map((session) => session.save()))
    this.#live.clear()
    await Promise.allSettled([...this.#ending, ...sessions.map((session) => session.retire())])
    await this.options.engine.close()
    await Promise.allSettled([...this.#work])
  }

  async #create(owner: string, image: string, request: NewSession): Promise<SessionView> {
    const { engine, clock } = this.options
    const id = randomUUID()
    const sandbox = await engine.create(id, { image })
    try {
      this.assertOpen()
      const now = clock.now()
      const record: SessionRecord = {
        id,
        owner,
        createdAt: now,
        image,
        metadata: request.metadata ?? {},
        status: 'running',
        expiresAt: now + request.ttl * 1_000,
        lastActivityAt: now,
      }
      await this.options.store.save(record)
      this.assertOpen()
      return this.#view(this.#admit(record, sandbox))
    } catch (error) {
      await this.options.store.remove(id)
      await sandbox.destroy()
      throw error
    }
  }

  #admit(record: SessionRecord, sandbox: Sandbox): LiveSession {
    const session = new LiveSession(record, sandbox, this.options.store, this.options.clock)
    this.#live.set(record.id, session)
    this.#armExpiry(session)
    return session
  }

  #armExpiry(session: LiveSession): void {
    session.armExpiry(() => {
      this.#end(session, 'expired').catch((error: unknown) => {
        this.options.log.error({ sessionId: session.record.id, err: error }, 'An expired session could not be removed.')
      })
    })
  }

  #find(owner: string, id: string): LiveSession {
    const session = this.#live.get(id.toLowerCase())
    // Time may be up a moment before the timer says so.
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
    // The sandbox goes first: a call that waits in it is what a write may be waiting for.
    session.ended = true
    const destroyed = session.sandbox.destroy()
    await Promise.allSettled([destroyed, session.retire()])
    // The state goes even if the sandbox could not: the next start then removes a sandbox without state.
    await this.options.store.remove(session.record.id)
    await destroyed
  }

  async #guard<Result>(session: LiveSession, action: (session: LiveSession) => Promise<Result>): Promise<Result> {
    const { id } = session.record
    try {
      const result = await action(session)
      if (session.ended) throw new SandboxGoneError('The session ended meanwhile.')
      return result
    } catch (error) {
      if (this.#live.get(id) === session) {
        if (!(error instanceof SandboxGoneError)) throw error
        this.options.log.warn({ sessionId: id, err: error }, 'A sandbox ended by itself.')
        await this.#end(session, 'sandbox gone').catch(() => undefined)
      }
      if (this.#closed) throw new ShuttingDownError()
      throw new SessionNotFoundError(id)
    }
  }

  #view(session: LiveSession): SessionView {
    return { ...session.record, engine: this.options.engine.name }
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
