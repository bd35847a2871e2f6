import { ProtocolError } from './frames.js'
import { asRecord, booleanOf, countOf, parseRecord, stringMapOf, stringOf, stringsOf } from './json.js'
import type { JsonRecord } from './json.js'

/** The streams of a call. Only `exec` has a third one. */
export const Stream = { input: 0, output: 1, errorOutput: 2 } as const

/** The call number of the supervisor's first word: the reply that says it is ready. */
export const READY_CALL = 0

/** Bytes of the longest request. The kernel takes about 2 MiB of arguments and environment; JSON may escape them. */
export const MAX_REQUEST_BYTES = 16 * 1024 * 1024

/** Bytes of the longest frame from the supervisor: a full data frame is longer than any honest JSON message. */
export const MAX_ANSWER_BYTES = 64 * 1024

export type ExecMessage = {
  op: 'exec'
  argv: string[]
  env: Record<string, string>
  cwd: string
  hasStdin: boolean
  timeoutMs: number
  graceMs: number
}
export type ListMessage = { op: 'list'; path: string; recursive: boolean; limit: number; offset: number }
/** `range` and `version` as in {@link ReadOptions} of the engine. */
export type ReadMessage = { op: 'read'; path: string; range?: RangeMessage; version?: string }
export type RangeMessage = { first: number; last?: number } | { suffix: number }
export type StatMessage = { op: 'stat'; path: string; checksum: boolean }
/** `mode` as in {@link WriteOptions} of the engine. */
export type WriteMessage = { op: 'write'; path: string; overwrite: boolean; mode?: number }
export type RemoveMessage = { op: 'remove'; path: string; recursive: boolean }
/** `sweep` removes what interrupted uploads of an earlier run left behind. */
export type PlainMessage = { op: 'pause' | 'resume' | 'sweep' | 'ping' }

export type Request =
  ExecMessage | ListMessage | StatMessage | ReadMessage | WriteMessage | RemoveMessage | PlainMessage

export function parseRequest(payload: Uint8Array): Request {
  const record = parseRecord(payload)
  const op = stringOf(record, 'op')
  switch (op) {
    case 'exec':
      return {
        op,
        argv: stringsOf(record, 'argv'),
        env: stringMapOf(record, 'env'),
        cwd: stringOf(record, 'cwd'),
        hasStdin: booleanOf(record, 'hasStdin'),
        timeoutMs: countOf(record, 'timeoutMs'),
        graceMs: countOf(record, 'graceMs'),
      }
    case 'list':
      return {
        op,
        path: stringOf(record, 'path'),
        recursive: booleanOf(record, 'recursive'),
        limit: countOf(record, 'limit'),
        offset: countOf(record, 'offset'),
      }
    case 'read':
      return {
        op,
        path: stringOf(record, 'path'),
        ...('range' in record && { range: rangeOf(asRecord(record['range'])) }),
        ...('version' in record && { version: stringOf(record, 'version') }),
      }
    case 'stat':
      return { op, path: stringOf(record, 'path'), checksum: booleanOf(record, 'checksum') }
    case 'write':
      return {
        op,
        path: stringOf(record, 'path'),
        overwrite: booleanOf(record, 'overwrite'),
        ...('mode' in record && { mode: countOf(record, 'mode') }),
      }
    case 'remove':
      return { op, path: stringOf(record, 'path'), recursive: booleanOf(record, 'recursive') }
    case 'pause':
    case 'resume':
    case 'sweep':
    case 'ping':
      return { op }
    default:
      throw new ProtocolError(`unknown operation: ${op}`)
  }
}

function rangeOf(record: JsonRecord): RangeMessage {
  if ('suffix' in record) return { suffix: countOf(record, 'suffix') }
  const first = countOf(record, 'first')
  return 'last' in record ? { first, last: countOf(record, 'last') } : { first }
}

/** Why a call failed; the engine has one error class for each. */
export type FailureCode =
  | 'PathEscapes'
  | 'FileNotFound'
  | 'FileExists'
  | 'IsADirectory'
  | 'NotADirectory'
  | 'DirectoryNotEmpty'
  | 'FileAccess'
  | 'FileTooBig'
  | 'NoSpace'
  | 'ExecStart'
  | 'Cancelled'
  | 'Internal'

/** The outcome that a `done` frame tells. */
export type Outcome = { ok: unknown } | { failure: { code: FailureCode; message: string } }

export type ExecOutcome = { exitCode: number | null; timedOut: boolean; durationMs: number }

export type EntryMessage = {
  name: string
  path: string
  type: 'file' | 'directory' | 'symlink'
  size: number
  permissions: string
  /** Milliseconds since the epoch. */
  createdAt: number
  modifiedAt: number
  version: string
}

/** What `read` replies: no part when no byte of the file is in the range. */
export type ReadReply = EntryMessage & { part: { start: number; length: number } | null }

/** What `stat` answers. */
export type StatOutcome = EntryMessage & { checksum?: string }
