import { isObject, type JsonObject } from '../spec/json.js'

export type SessionStatus = 'running' | 'paused'

/** What is kept of a session. Times are milliseconds since the Unix epoch. */
export interface SessionRecord {
  readonly id: string
  readonly owner: string
  readonly createdAt: number
  readonly image: string
  readonly metadata: JsonObject
  status: SessionStatus
  expiresAt: number
  lastActivityAt: number
}

export function isSessionRecord(value: unknown): value is SessionRecord {
  return (
    isObject(value) &&
    ['id', 'owner', 'image'].every((key) => typeof value[key] === 'string') &&
    ['createdAt', 'expiresAt', 'lastActivityAt'].every((key) => Number.isFinite(value[key])) &&
    (value['status'] === 'running' || value['status'] === 'paused') &&
    isObject(value['metadata'])
  )
}
