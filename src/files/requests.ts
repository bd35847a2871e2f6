import { limits } from '../../generated/calls.js'
import { FileMode } from '../../generated/schemas.js'
import { type Input, type Query, defined } from '../core/input.js'
import { type Paging, pageOf } from '../core/paging.js'
import { SandboxValidationError } from '../errors.js'
import { checkBoolean, checkObject, checkRelativePath } from '../internal/checks.js'

/** Which page of which directory. */
export type ListFilesRequest = Input<Query<'listFiles'>>
/** Which file to remove. */
export type DeleteFileRequest = Input<Query<'deleteFile'>>
/** Which file to describe. */
export type StatFileRequest = Input<Query<'statFile'>>
/** Where to write a file, and how. */
export type UploadRequest = Input<Omit<Query<'uploadFile'>, 'mode'>> & {
  readonly path: string
  /**
   * The permissions of the file: a number like `0o755`, or octal digits like `'755'`; from 0 to 0o777. Default: a file that is
   * replaced keeps its own, and a new one gets those that the server gives. A server before version 1.2.0 ignores it;
   * `permissions` of the answer tells what the file has.
   */
  readonly mode?: number | string | undefined
}

const fileMode = new RegExp(FileMode.pattern)

export function listFilesQuery(request: ListFilesRequest, paging: Paging): Query<'listFiles'> {
  checkObject('request', request)
  const { path, recursive } = request
  if (path !== undefined) checkRelativePath('path', path)
  checkBoolean('recursive', recursive)
  return defined({ path, recursive, ...pageOf(request, paging, limits.listFiles) })
}

export function uploadQuery(request: UploadRequest): Query<'uploadFile'> {
  checkObject('request', request)
  const { path, overwrite } = request
  checkBoolean('overwrite', overwrite)
  const mode = octalMode(request.mode)
  return { path: checkRelativePath('path', path), ...defined({ overwrite, mode }) }
}

export function statFileQuery(request: StatFileRequest): Query<'statFile'> {
  checkObject('request', request)
  const { filePath, checksum } = request
  checkBoolean('checksum', checksum)
  return { filePath: checkRelativePath('filePath', filePath), ...defined({ checksum }) }
}

export function deleteFileQuery(request: DeleteFileRequest): Query<'deleteFile'> {
  checkObject('request', request)
  const { filePath, recursive } = request
  checkBoolean('recursive', recursive)
  return { filePath: checkRelativePath('filePath', filePath), ...defined({ recursive }) }
}

/** The form that the API takes. It refuses 755, a common mistake for 0o755. */
function octalMode(mode: unknown): string | undefined {
  if (mode === undefined) return undefined
  const text = typeof mode === 'number' ? mode.toString(8).padStart(3, '0') : mode
  if (typeof text === 'string' && fileMode.test(text)) return text
  throw new SandboxValidationError(
    "mode must be the permissions of a file, a number like 0o755 or octal digits like '755', from 0 to 0o777.",
    'mode',
    mode,
  )
}
