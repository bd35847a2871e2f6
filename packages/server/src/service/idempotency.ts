import { createHash } from 'node:crypto'
import { canonicalJson } from './canonical-json.js'
import type { Clock } from './clock.js'
import { IdempotencyConflictError, IdempotencyKeyReusedError } from './errors.js'
import type { JsonFiles } from './json-files.js'
import type { Log } from './log.js'
import type { KeyedSession, KeyMark, SessionOrigin, SessionRecord } from './record.js'

/** How long a key stands for its session, in milliseconds: what the spec promises. */
const keyLifeMs = 24 * 60 * 60 * 1_000

/** How often expired keys are removed, in milliseconds. */
const sweepMs = 60 * 60 * 1_000

export interface IdempotencyOptions {
  /** For the keys of sessions that have ended; a living session's state holds its own. */
  readonly files: JsonFiles<KeyedSession>
  readonly clock: Clock
  readonly log: Log
  /** Keys that are remembered for one owner. The oldest go first. */
  readonly maxPerOwner: number
}

/** Makes exactly one session for each idempotency key, whatever happens in between. Owners do not share keys. */
export class IdempotencyKeys {
  /** Owner to key to session, each oldest first. */
  readonly #known = new Map<string, Map<string, KeyedSession>>()
  /** Key to request. */
  readonly #inFlight = new Map<string, string>()
  #sweep: (() => void) | undefined

  constructor(private readonly options: IdempotencyOptions) {}

  /** Loads the keys of an earlier run: those of sessions that have state, and those of sessions that ended. Call it once. */
  async load(sessions: readonly SessionRecord[]): Promise<void> {
    const { files } = this.options
    const origins: readonly SessionOrigin[] = [...(await files.load()), ...sessions]
    const all = origins.flatMap((origin) => keyedSession(origin) ?? []).sort((a, b) => a.createdAt - b.createdAt)
    for (const session of all) {
      if (this.#isOver(session)) await files.remove(session.id)
      else this.#remember(session)
    }
  }

  /**
   * Makes a session, or returns the one that the same key has made. If making it fails, the key is free again.
   *
   * @param request What was asked for, with its defaults.
   * @throws {IdempotencyKeyReusedError} @throws {IdempotencyConflictError}
   */
  async once(
    owner: string,
    key: string,
    request: object,
    make: (mark: KeyMark) => Promise<SessionRecord>,
  ): Promise<KeyedSession> {
    const mark = { key: digestOf([owner, key]), request: digestOf(request) }
    const known = this.#find(owner, mark.key)
    const before = known?.idempotency.request ?? this.#inFlight.get(mark.key)
    if (before !== undefined && before !== mark.request) throw new IdempotencyKeyReusedError()
    if (known) return known
    if (before !== undefined) throw new IdempotencyConflictError()
    this.#inFlight.set(mark.key, mark.request)
    try {
      const { id, createdAt, image, held } = await make(mark)
      return this.#remember({ id, owner, createdAt, image, ...(held && { held }), idempotency: mark })
    } finally {
      this.#inFlight.delete(mark.key)
    }
  }

  /** Keeps a session's key beyond its state, which is about to be removed. Never fails: the session has to end. */
  async retain(record: SessionRecord, states: JsonFiles<SessionRecord>): Promise<void> {
    const session = keyedSession(record)
    if (!session || this.#find(session.owner, session.idempotency.key)?.id !== session.id) return
    const { files } = this.options
    try {
      // On a full disk, the state itself serves: it contains everything that the key needs.
      await files.save(session).catch(() => files.takeFrom(states, session.id))
    } catch (error) {
      this.options.log.error({ sessionId: record.id, err: error }, 'An idempotency key is lost at the next restart.')
    }
  }

  /** Stops the clean-up. What is on the disk stays. */
  close(): void {
    this.#sweep?.()
  }

  #find(owner: string, key: string): KeyedSession | undefined {
    const session = this.#known.get(owner)?.get(key)
    return session && !this.#isOver(session) ? session : undefined
  }

  #isOver({ createdAt }: KeyedSession): boolean {
    return this.options.clock.now() - createdAt >= keyLifeMs
  }

  #remember(session: KeyedSession): KeyedSession {
    const { owner, idempotency } = session
    const own = this.#known.get(owner) ?? new Map<string, KeyedSession>()
    // The earlier entry is over; the new one is the youngest.
    const over = own.get(idempotency.key)
    if (over) this.#forget(over)
    this.#known.set(owner, own.set(idempotency.key, session))
    for (const oldest of own.values()) {
      if (own.size <= this.options.maxPerOwner) break
      this.#forget(oldest)
    }
    this.#sweep ??= this.options.clock.setTimer(() => this.#removeOld(), sweepMs)
    return session
  }

  #removeOld(): void {
    this.#sweep = undefined
    for (const own of this.#known.values()) {
      for (const session of own.values()) {
        if (!this.#isOver(session)) break
        this.#forget(session)
      }
    }
    if (this.#known.size > 0) this.#sweep = this.options.clock.setTimer(() => this.#removeOld(), sweepMs)
  }

  #forget({ id, owner, idempotency }: KeyedSession): void {
    const own = this.#known.get(owner)
    own?.delete(idempotency.key)
    if (own?.size === 0) this.#known.delete(owner)
    this.options.files.remove(id).catch((error: unknown) => {
      this.options.log.error({ sessionId: id, err: error }, 'An old idempotency key could not be removed.')
    })
  }
}

function keyedSession({ id, owner, createdAt, image, held, idempotency }: SessionOrigin): KeyedSession | undefined {
  return idempotency && { id, owner, createdAt, image, ...(held && { held }), idempotency }
}

function digestOf(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('base64url')
}
