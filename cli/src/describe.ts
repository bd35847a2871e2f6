/** Sessions and files as people read them. */
import type { FileInfo, Session } from 'sandbox-sessions-sdk'
import { formatBytes, formatDate, formatDuration } from './format.js'
import { table } from './table.js'

export function sessionTable(sessions: readonly Session[]): string {
  return table(
    ['SESSION', 'STATUS', 'IMAGE', 'CREATED', 'EXPIRES', 'METADATA'],
    sessions.map((session) => [
      session.sessionId,
      session.status,
      session.image ?? '',
      formatDate(session.createdAt),
      expiry(session),
      Object.entries(session.metadata)
        .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
        .join(' '),
    ]),
  )
}

export function fileTable(files: readonly FileInfo[]): string {
  return table(
    ['TYPE', 'PERMISSIONS', 'SIZE', 'MODIFIED', 'PATH'],
    files.map(({ type, permissions = '', size, modifiedAt, path }) => [
      type,
      permissions,
      type === 'file' ? formatBytes(size) : '',
      modifiedAt === undefined ? '' : formatDate(modifiedAt),
      path,
    ]),
  )
}

/** As `2026-11-22 13:26 (59m 3s left)`. */
export function expiry(session: Session): string {
  return `${formatDate(session.expiresAt)} (${formatDuration(session.remainingMs())} left)`
}
