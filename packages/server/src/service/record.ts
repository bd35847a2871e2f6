import type { NetworkPolicy, SandboxLimits } from '../engines/contract/options.js'
import { isObject, type JsonObject } from '../support/json.js'

export type SessionStatus = 'running' | 'paused'

/** What a session was asked to be bounded by; what is missing is the engine's choice. */
export interface Bounds {
  readonly limits?: SandboxLimits | undefined
  readonly network?: NetworkPolicy | undefined
}

/** What is kept of a session. Times are milliseconds since the Unix epoch. */
export interface SessionRecord extends Bounds {
  readonly id: string
  readonly owner: string
  readonly createdAt: number
  readonly image: string
  readonly metadata: JsonObject
  /** What it really is bounded by; missing in the state of an earlier version. */
  readonly held?: Bounds
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
export type KeyedSession = Pick<SessionRecord, 'id' | 'owner' | 'createdAt' | 'image' | 'held'> & {
  readonly idempotency: KeyMark
}

export interface NewSession extends Bounds {
  /** Seconds. */
  readonly ttl: number
  readonly image?: string | undefined
  readonly metadata?: JsonObject | undefined
}

/** What was asked for, with its defaults. */
export type SessionRequest = NewSession & { readonly metadata: JsonObject }

export type SessionOrigin = Omit<KeyedSession, 'idempotency'> & Pick<SessionRecord, 'idempotency'>

/** A session as it is when it is made. */
export function recordOf(origin: SessionOrigin, request: SessionRequest): SessionRecord {
  const { createdAt } = origin
  const { ttl, metadata } = request
  const expiresAt = createdAt + ttl * 1_000
  return { ...origin, ...boundsOf(request), metadata, status: 'running', expiresAt, lastActivityAt: createdAt }
}

export function boundsOf({ limits, network }: Bounds): Bounds {
  return { ...(limits && { limits }), ...(network && { network }) }
}

export function isSessionRecord(value: unknown): value is SessionRecord {
  return (
    isOrigin(value) &&
    ['expiresAt', 'lastActivityAt'].every((key) => Number.isFinite(value[key])) &&
    (value['status'] === 'running' || value['status'] === 'paused') &&
    isObject(value['metadata']) &&
    hasBounds(value) &&
    (value['idempotency'] === undefined || isMark(value['idempotency']))
  )
}

function hasBounds({ limits, network }: JsonObject): boolean {
  return (
    (limits === undefined || (isObject(limits) && Object.values(limits).every(Number.isFinite))) &&
    (network === undefined || typeof network === 'string' || isObject(network))
  )
}

export function isKeyedSession(value: unknown): value is KeyedSession {
  return isOrigin(value) && isMark(value['idempotency'])
}

function isOrigin(value: unknown): value is JsonObject {
  return (
    isObject(value) &&
    ['id', 'owner', 'image'].every((key) => typeof value[key] === 'string') &&
    (value['held'] === undefined || (isObject(value['held']) && hasBounds(value['held']))) &&
    Number.isFinite(value['createdAt'])
  )
}

function isMark(value: unknown): value is KeyMark {
  return isObject(value) && typeof value['key'] === 'string' && typeof value['request'] === 'string'
}
