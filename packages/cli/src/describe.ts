/** Sessions and files as text for people. */
import type { FileInfo, Session } from 'sandbox-sessions-sdk'
import { formatBytes, formatDate, formatDuration } from './format.js'
import { table } from './table.js'

/** Ids stay complete, since people copy them. The least useful column goes first. @param width - of the terminal, if there is one. */
export function sessionTable(sessions: readonly Session[], width: number | undefined): string {
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
    {
      width,
      measures: [
        ['METADATA', 16],
        ['CREATED', 0],
        ['IMAGE', 12],
        ['METADATA', 0],
        ['IMAGE', 0],
        ['EXPIRES', 0],
      ],
    },
  )
}

/** Paths are shortened last, and in their middle. @param width - of the terminal, if there is one. */
export function fileTable(files: readonly FileInfo[], width: number | undefined): string {
  return table(
    ['TYPE', 'PERMISSIONS', 'SIZE', 'MODIFIED', 'PATH'],
    files.map(({ type, permissions = '', size, modifiedAt, path }) => [
      type,
      permissions,
      type === 'file' ? formatBytes(size) : '',
      modifiedAt === undefined ? '' : formatDate(modifiedAt),
      path,
    ]),
    {
      width,
      measures: [
        ['PATH', 48],
        ['PERMISSIONS', 0],
        ['MODIFIED', 0],
        ['PATH', 16],
        ['TYPE', 0],
      ],
      middle: 'PATH',
    },
  )
}

/** For example `2026-11-22 13:26 (59m 3s left)`. */
export function expiry(session: Session): string {
  return `${formatDate(session.expiresAt)} (${formatDuration(session.remainingMs())} left)`
}
