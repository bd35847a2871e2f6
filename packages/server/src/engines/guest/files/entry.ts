import type { Stats } from 'node:fs'
import type { EntryMessage } from '../protocol/messages.js'

/** Incomplete uploads have such a name; listings leave them out. */
const temporary = /^\.sandbox-upload-[0-9a-f]{16}$/

/** The same names, as a pattern for a shell. */
export const temporaryPattern = `.sandbox-upload-${'[0-9a-f]'.repeat(16)}`

export function temporaryName(random: Buffer): string {
  return `.sandbox-upload-${random.toString('hex')}`
}

export function isTemporary(name: string): boolean {
  return temporary.test(name)
}

/** Undefined for what the API does not know: a socket, a pipe, a device. */
export function typeOf(of: Pick<Stats, 'isFile' | 'isDirectory' | 'isSymbolicLink'>): EntryMessage['type'] | undefined {
  if (of.isFile()) return 'file'
  if (of.isDirectory()) return 'directory'
  return of.isSymbolicLink() ? 'symlink' : undefined
}

export function entryOf(path: string, type: EntryMessage['type'], stats: Stats): EntryMessage {
  return {
    name: path.slice(path.lastIndexOf('/') + 1),
    path,
    type,
    size: stats.size,
    permissions: permissionsOf(stats.mode),
    createdAt: Math.trunc(stats.birthtimeMs),
    modifiedAt: Math.trunc(stats.mtimeMs),
    version: versionOf(stats),
  }
}

/**
 * Every change of the content changes the version: it contains the inode's time of change (ctime), in microseconds, which every
 * modification moves, and which the guest can't set back. The inode number alone would not do, since it may be reused.
 */
export function versionOf({ ino, size, ctimeMs }: Stats): string {
  return [ino, size, Math.round(ctimeMs * 1_000)].map((part) => part.toString(36)).join('-')
}

function permissionsOf(mode: number): string {
  return Array.from('rwxrwxrwx', (letter, index) => ((mode >> (8 - index)) & 1 ? letter : '-')).join('')
}
