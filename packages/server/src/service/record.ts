import { isObject, type JsonObject } from '../support/json.js'

export type SessionStatus = 'running' | 'paused'

/** What is kept of a session. Times are milliseconds since the Unix epoch. */
export interface SessionRecord {
  readonly id: string
  readonly owner: string
  readonly createdAt: number
  readonly image: string
  readonly metadata: JsonObject
  /** Written together with the session, so that no crash can separate them. */
  readonly idempotency?: KeyMark
  status: SessionStatus
  expiresAt: number
  lastActivityAt: number
}

/** Ties a session to the idempotency key and the request that made it, as digests. */
export interface KeyMark {
  readonly key: string
  readonly request: string
}

/** What an idempotency key needs to know of its session, also when that has ended. */
export type KeyedSession = Pick<SessionRecord, 'id' | 'owner' | 'createdAt' | 'image'> & {
  readonly idempotency: KeyMark
}

export interface NewSession {
  /** Seconds. */
  readonly ttl: number
  readonly image?: string | undefined
  readonly metadata?: JsonObject | undefined
}

/** What was asked for, with its defaults. */
export type SessionRequest = NewSession & { readonly metadata: JsonObject }

export type SessionOrigin = Omit<KeyedSession, 'idempotency'> & Pick<SessionRecord, 'idempotency'>

/** A session as it is when it is made. */
export function recordOf(origin: SessionOrigin, { ttl, metadata }: SessionRequest): SessionRecord {
  const { createdAt } = origin
  const expiresAt = createdAt + ttl * 1_000
  return { ...origin, metadata, status: 'running', expiresAt, lastActivityAt: createdAt }
}

export function isSessionRecord(value: unknown): value is SessionRecord {
  return (
    isOrigin(value) &&
    ['expiresAt', 'lastActivityAt'].every((key) => Number.isFinite(value[key])) &&
    (value['status'] === 'running' || value['status'] === 'paused') &&
    isObject(value['metadata']) &&
    (value['idempotency'] === undefined || isMark(value['idempotency']))
  )
}

export function isKeyedSession(value: unknown): value is KeyedSession {
  return isOrigin(value) && isMark(value['idempotency'])
}

function isOrigin(value: unknown): value is JsonObject {
  return (
    isObject(value) &&
    ['id', 'owner', 'image'].every((key) => typeof value[key] === 'string') &&
    Number.isFinite(value['createdAt'])
  )
}

function isMark(value: unknown): value is KeyMark {
  return isObject(value) && typeof value['key'] === 'string' && typeof value['request'] === 'string'
}
