import type { Stats } from 'node:fs'
import type { EntryMessage } from '../protocol/messages.js'

/** Uploads that are not complete stand under such a name; listings leave them out. */
const TEMPORARY = /^\.sandbox-upload-[0-9a-f]{16}$/

export function temporaryName(random: Buffer): string {
  return `.sandbox-upload-${random.toString('hex')}`
}

export function isTemporary(name: string): boolean {
  return TEMPORARY.test(name)
}

/** Undefined for what the API has no word for: a socket, a pipe, a device. */
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
  }
}

function permissionsOf(mode: number): string {
  return Array.from('rwxrwxrwx', (letter, index) => ((mode >> (8 - index)) & 1 ? letter : '-')).join('')
}
