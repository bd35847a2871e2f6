import { isDeepStrictEqual } from 'node:util'
import { isObject, type JsonObject } from 'sandbox-sessions-openapi'
import type { SessionRef } from './draft.js'

/** What is known of a session that lives. */
interface KnownSession {
  status: string
  /** Milliseconds. */
  expiresAt: number
  readonly createdAt: string
  readonly metadata: unknown
}

/** The sessions that the server must have, as its own answers tell. */
export class SessionModel {
  readonly #live = new Map<string, KnownSession>()
  readonly #ended: string[] = []
  /** Idempotency key to the session that it made, and when. */
  readonly #keys = new Map<string, { readonly id: string; readonly createdAt: number }>()
  #foreign: { readonly id: string; readonly expiresAt: number } | undefined

  /** @param since - when the run began, in milliseconds of the server's time. */
  constructor(private readonly since: number) {}

  get ids(): readonly string[] {
    return [...this.#live.keys()].sort()
  }

  /** Those of the other user count, too. */
  get all(): readonly string[] {
    return [...this.ids, ...(this.#foreign === undefined ? [] : [this.#foreign.id])].sort()
  }

  statusOf(id: string): string | undefined {
    return this.#live.get(id.toLowerCase())?.status
  }

  resolve({ of, pick }: SessionRef): string {
    const ids = [...this.#live.keys()]
    switch (of) {
      case 'live':
        return ids[pick % Math.max(ids.length, 1)] ?? unknownId
      case 'ended':
        return this.#ended[pick % Math.max(this.#ended.length, 1)] ?? unknownId
      case 'foreign':
        return this.#foreign?.id ?? unknownId
      case 'unknown':
        return pick % 2 === 0 ? unknownId : nilId
    }
  }

  /** A session of somebody else, which has to stay out of sight. */
  setForeign(session: JsonObject): void {
    this.#foreign = { id: String(session['sessionId']), expiresAt: timeOf(session['expiresAt']) }
  }

  /** Takes in the answer of a create. @returns what is wrong with it. */
  created(session: JsonObject, sent: unknown, key: string | undefined): string[] {
    const id = String(session['sessionId'])
    // A server that is not ours remembers the keys of an earlier run.
    if (timeOf(session['createdAt']) < this.since) return []
    const earlier = key === undefined ? undefined : this.#keys.get(key)
    if (earlier !== undefined) {
      return earlier.id === id ? [] : [`the idempotency key made another session than ${earlier.id}`]
    }
    if (this.#live.has(id) || this.#ended.includes(id)) return [`the session ${id} was there before`]
    if (key !== undefined) this.#keys.set(key, { id, createdAt: timeOf(session['createdAt']) })
    const metadata = isObject(sent) ? (sent['metadata'] ?? {}) : {}
    this.#live.set(id, {
      status: 'running',
      createdAt: String(session['createdAt']),
      expiresAt: timeOf(session['expiresAt']),
      metadata,
    })
    return this.seen(session)
  }

  /** Takes in that a session was changed by its user. */
  changed(session: JsonObject): string[] {
    const known = this.#live.get(String(session['sessionId']))
    if (known !== undefined) {
      known.status = String(session['status'])
      known.expiresAt = timeOf(session['expiresAt'])
    }
    return this.seen(session)
  }

  /** Holds a session that the server answered against what is known. */
  seen(session: JsonObject): string[] {
    const id = String(session['sessionId'])
    const known = this.#live.get(id)
    if (known === undefined) return [`the session ${id} should not be there`]
    const { status, createdAt, expiresAt, metadata } = known
    const found: string[] = []
    if (session['status'] !== status) found.push(`its status is ${String(session['status'])}, not ${status}`)
    if (session['createdAt'] !== createdAt) found.push(`createdAt is not ${createdAt} any more`)
    if (timeOf(session['expiresAt']) !== expiresAt) found.push(`expiresAt is not ${new Date(expiresAt).toISOString()}`)
    if (!isDeepStrictEqual(session['metadata'], metadata)) {
      found.push(`metadata is ${JSON.stringify(session['metadata'])}, not ${JSON.stringify(metadata)}`)
    }
    return found
  }

  ended(id: string): void {
    if (this.#live.delete(id.toLowerCase())) this.#ended.push(id.toLowerCase())
  }

  /** Time has come this far: what has expired is gone, and keys are forgotten after a day. */
  expire(now: number): void {
    for (const [id, { expiresAt }] of this.#live) if (expiresAt <= now) this.ended(id)
    for (const [key, { createdAt }] of this.#keys) if (createdAt + dayMs <= now) this.#keys.delete(key)
    if (this.#foreign !== undefined && this.#foreign.expiresAt <= now) this.#foreign = undefined
  }
}

const dayMs = 86_400_000
const unknownId = '7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f'
const nilId = '00000000-0000-0000-0000-000000000000'

function timeOf(value: unknown): number {
  return Date.parse(String(value))
}
