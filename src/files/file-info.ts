import { FileType as types } from '../../generated/enums.js'
import { dateOf } from '../internal/dates.js'
import type { Wire } from '../core/wire.js'

/** What a path in a session leads to. */
export const FileType = types
/** What a path in a session leads to; a value that the SDK does not know passes through. */
export type FileType = Wire['FileType'] | (string & {})

/** A file, directory or symbolic link in a session. */
export interface FileInfo {
  readonly name: string
  /** Relative to the sandbox root. */
  readonly path: string
  readonly type: FileType
  /** Bytes. */
  readonly size: number
  /** Like `rw-r--r--`. */
  readonly permissions: string | undefined
  readonly createdAt: Date | undefined
  readonly modifiedAt: Date | undefined
  /** MD5 of the content, in hex; on uploads. */
  readonly checksum: string | undefined
}

export function fileInfo(wire: Wire['FileInfo']): FileInfo {
  const { name, path, type, size, permissions, checksum } = wire
  return {
    name,
    path,
    type,
    size,
    permissions: permissions ?? undefined,
    createdAt: date(wire.createdAt),
    modifiedAt: date(wire.modifiedAt),
    checksum: checksum ?? undefined,
  }
}

function date(text: string | undefined): Date | undefined {
  return typeof text === 'string' ? dateOf(text) : undefined
}
