import { enums, operations as limits, schemas } from '../../generated/constraints.js'
import type { operations } from '../../generated/sandbox-api.js'
import {
  checkBoolean,
  checkEnvironment,
  checkInteger,
  checkMetadata,
  checkObject,
  checkOneOf,
  checkOptionalInteger,
  checkOptionalText,
  checkRelativePath,
  checkText,
  checkWellFormed,
} from '../internal/checks.js'
import { encodeBase64 } from '../internal/base64.js'
import { exactText, isBytes } from '../internal/bytes.js'
import { SandboxValidationError } from '../errors.js'
import type { OutputEncoding, OutputOptions } from '../commands/output-form.js'
import type { Wire } from './wire.js'

type Query<Operation extends keyof operations> = NonNullable<operations[Operation]['parameters']['query']>

/** A type of the spec for callers: read-only, and with an optional property as good as missing when it is undefined. */
type Input<T> = { readonly [Key in keyof T]: Pick<T, Key> extends Required<Pick<T, Key>> ? T[Key] : T[Key] | undefined }

/** What a session is created with. Every property has a default. */
export type CreateSessionRequest = Input<Wire['CreateSessionRequest']>
/** What of a session can be changed. */
export type UpdateSessionRequest = Input<Wire['UpdateSessionRequest']>
/** How a command or code runs. */
export interface ExecutionOptions<Encoding extends OutputEncoding = 'text'>
  extends
    OutputOptions<Encoding>,
    Omit<Input<Wire['CommandRequest']>, 'command' | 'stdin' | 'stdinEncoding' | 'encoding'> {
  /**
   * What the process reads from its standard input, followed by the end of input. Text is sent as UTF-8, bytes as they are:
   * any to a server of version 1.2.0 or later, none but UTF-8 to an earlier one.
   */
  readonly stdin?: string | Uint8Array | undefined
}
/** A shell command, and how it runs. */
export interface CommandRequest<Encoding extends OutputEncoding = 'text'>
  extends ExecutionOptions<Encoding>, Pick<Input<Wire['CommandRequest']>, 'command'> {}
/** The text of a program, and how it runs. */
export interface CodeRequest<Encoding extends OutputEncoding = 'text'>
  extends ExecutionOptions<Encoding>, Pick<Input<Wire['CodeRequest']>, 'code' | 'language'> {}
/** Which page of the sessions. */
export type ListSessionsRequest = Input<Query<'listSessions'>>
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
   * `permissions` of the answer tells what holds.
   */
  readonly mode?: number | string | undefined
}

const fileMode = new RegExp(schemas.FileMode.pattern)

/** The languages that code can be written in. */
export const CodeLanguage = enums.CodeLanguage
export type CodeLanguage = Wire['CodeLanguage']

export function createSessionBody(request: CreateSessionRequest): Wire['CreateSessionRequest'] {
  checkObject('request', request)
  const { ttl, image, metadata } = request
  checkOptionalInteger('ttl', ttl, schemas.CreateSessionRequest.properties.ttl)
  checkOptionalText('image', image)
  checkMetadata(metadata)
  return defined({ ttl, image, metadata })
}

export function updateSessionBody(request: UpdateSessionRequest): Wire['UpdateSessionRequest'] {
  checkObject('request', request)
  const { ttl } = request
  checkInteger('ttl', ttl, schemas.UpdateSessionRequest.properties.ttl)
  return { ttl }
}

export function commandBody(request: CommandRequest<OutputEncoding>): Wire['CommandRequest'] {
  checkObject('request', request)
  return { command: checkText('command', request.command), ...executionBody(request, schemas.CommandRequest) }
}

export function codeBody(request: CodeRequest<OutputEncoding>): Wire['CodeRequest'] {
  checkObject('request', request)
  const { code, language } = request
  checkOneOf('language', language, schemas.CodeLanguage.enum)
  return { code: checkText('code', code), ...defined({ language }), ...executionBody(request, schemas.CodeRequest) }
}

type Execution = Omit<Wire['CommandRequest'], 'command'>

function executionBody(
  { timeout, env, cwd, stdin, encoding, onLostBytes }: ExecutionOptions<OutputEncoding>,
  { properties }: typeof schemas.CommandRequest | typeof schemas.CodeRequest,
): Execution {
  checkOptionalInteger('timeout', timeout, properties.timeout)
  checkEnvironment(env)
  if (cwd !== undefined) checkRelativePath('cwd', cwd)
  checkOneOf('encoding', encoding, ['text', 'bytes'])
  if (onLostBytes !== undefined && typeof onLostBytes !== 'function') {
    throw new SandboxValidationError('onLostBytes must be a function.', 'onLostBytes')
  }
  return { ...defined({ timeout, env, cwd }), ...inputBody(stdin), ...(encoding === 'bytes' && { encoding: 'base64' }) }
}

/** Bytes that are UTF-8 go as the text that they are, which every server takes. */
function inputBody(stdin: unknown): Pick<Execution, 'stdin' | 'stdinEncoding'> {
  if (stdin === undefined) return {}
  if (typeof stdin === 'string') return { stdin: checkWellFormed('stdin', stdin) }
  if (!isBytes(stdin)) throw new SandboxValidationError('stdin must be a string or a Uint8Array.', 'stdin')
  const text = exactText(stdin)
  return text === undefined ? { stdin: encodeBase64(stdin), stdinEncoding: 'base64' } : { stdin: text }
}

/** Where a page of a listing is another one than the caller named. */
interface Paging {
  /** Default the caller's. */
  readonly offset: number | undefined
  /** Whether the pages are as large as can be, unless the caller named a limit. */
  readonly largest: boolean
}

export function listSessionsQuery(request: ListSessionsRequest, paging: Paging): Query<'listSessions'> {
  checkObject('request', request)
  const { parameters } = limits.listSessions
  const { limit, offset } = pageOf(request, paging, parameters.limit.maximum)
  checkOptionalInteger('limit', limit, parameters.limit)
  checkOptionalInteger('offset', offset, parameters.offset)
  return defined({ limit, offset })
}

export function listFilesQuery(request: ListFilesRequest, paging: Paging): Query<'listFiles'> {
  checkObject('request', request)
  const { path, recursive } = request
  const { parameters } = limits.listFiles
  const { limit, offset } = pageOf(request, paging, parameters.limit.maximum)
  if (path !== undefined) checkRelativePath('path', path)
  checkBoolean('recursive', recursive)
  checkOptionalInteger('limit', limit, parameters.limit)
  checkOptionalInteger('offset', offset, parameters.offset)
  return defined({ path, recursive, limit, offset })
}

function pageOf(
  { limit, offset }: Pick<ListFilesRequest, 'limit' | 'offset'>,
  paging: Paging,
  maximum: number,
): Pick<ListFilesRequest, 'limit' | 'offset'> {
  return {
    // Not `??`: a null is the caller's mistake, and is told as one.
    limit: limit === undefined && paging.largest ? maximum : limit,
    offset: paging.offset ?? offset,
  }
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

/** The form that the wire has: 755 by mistake for 0o755 is no such thing. */
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

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> }

/** Without the properties that are undefined: they are not sent, and the server's default holds. */
function defined<T extends object>(properties: T): Defined<T> {
  const kept: Defined<T> = {}
  for (const [key, value] of Object.entries(properties)) {
    if (value !== undefined) Reflect.set(kept, key, value)
  }
  return kept
}
