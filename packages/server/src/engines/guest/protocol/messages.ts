import { ProtocolError } from './frames.js'
import { asRecord, booleanOf, countOf, parseRecord, stringMapOf, stringOf, stringsOf } from './json.js'
import type { JsonRecord } from './json.js'

/** The streams of a call. Only `exec` has a third one. */
export const Stream = { input: 0, output: 1, errorOutput: 2 } as const

/** The call number of the supervisor's first frame, the reply that says that it is ready. */
export const readyCall = 0

/** Bytes of the longest request. The kernel takes about 2 MiB of arguments and environment; JSON may escape them. */
export const maxRequestBytes = 16 * 1024 * 1024

/** Bytes of the longest frame from the supervisor: a full data frame is longer than any honest JSON message. */
export const maxAnswerBytes = 64 * 1024

/** Where a command's input comes from: the call's own input, later `input` calls, or nowhere. */
export type InputSource = 'call' | 'later' | 'none'

export type ExecMessage = {
  op: 'exec'
  id: string
  argv: string[]
  env: Record<string, string>
  cwd: string
  input: InputSource
  timeoutMs: number
  graceMs: number
  keepBytes: number
}
/** Operations on a command that was started by an `exec`, on any connection. */
export type ExecutionMessage = { op: 'attach' | 'kill' | 'forget'; id: string }
export type FollowMessage = { op: 'follow'; id: string; output: 'stdout' | 'stderr'; from: number }
/** Passes the call's input on; with `end` the command's input ends after it. */
export type InputMessage = { op: 'input'; id: string; end: boolean }
export type SignalMessage = { op: 'signal'; id: string; signal: string }
export type ListMessage = { op: 'list'; path: string; recursive: boolean; limit: number; offset: number }
/** `range` and `version` as in {@link ReadOptions} of the engine. */
export type ReadMessage = { op: 'read'; path: string; range?: RangeMessage; version?: string }
export type RangeMessage = { first: number; last?: number } | { suffix: number }
export type StatMessage = { op: 'stat'; path: string; checksum: boolean }
/** `mode` as in {@link WriteOptions} of the engine. */
export type WriteMessage = { op: 'write'; path: string; overwrite: boolean; mode?: number }
export type RemoveMessage = { op: 'remove'; path: string; recursive: boolean }
/**
 * `sweep` removes what interrupted uploads of an earlier run left behind; `usage` tells what the files take on a file system of
 * their own; `executions` lists ids, one a line.
 */
export type PlainMessage = { op: 'executions' | 'resume' | 'sweep' | 'usage' | 'ping' }
/** With `guard`, the supervisor stops again what goes on by itself: nobody else does. */
export type PauseMessage = { op: 'pause'; guard: boolean }

export type Request =
  | ExecMessage
  | ExecutionMessage
  | FollowMessage
  | InputMessage
  | SignalMessage
  | ListMessage
  | StatMessage
  | ReadMessage
  | WriteMessage
  | RemoveMessage
  | PauseMessage
  | PlainMessage

export function parseRequest(payload: Uint8Array): Request {
  const record = parseRecord(payload)
  const op = stringOf(record, 'op')
  switch (op) {
    case 'exec':
      return {
        op,
        id: stringOf(record, 'id'),
        argv: stringsOf(record, 'argv'),
        env: stringMapOf(record, 'env'),
        cwd: stringOf(record, 'cwd'),
        input: oneOf(record, 'input', ['call', 'later', 'none']),
        timeoutMs: countOf(record, 'timeoutMs'),
        graceMs: countOf(record, 'graceMs'),
        keepBytes: countOf(record, 'keepBytes'),
      }
    case 'attach':
    case 'kill':
    case 'forget':
      return { op, id: stringOf(record, 'id') }
    case 'follow': {
      const output = oneOf(record, 'output', ['stdout', 'stderr'])
      return { op, id: stringOf(record, 'id'), output, from: countOf(record, 'from') }
    }
    case 'input':
      return { op, id: stringOf(record, 'id'), end: booleanOf(record, 'end') }
    case 'signal':
      return { op, id: stringOf(record, 'id'), signal: stringOf(record, 'signal') }
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
      return { op, guard: booleanOf(record, 'guard') }
    case 'executions':
    case 'resume':
    case 'sweep':
    case 'usage':
    case 'ping':
      return { op }
    default:
      throw new ProtocolError(`The operation ${op} is unknown.`)
  }
}

function oneOf<Choice extends string>(record: JsonRecord, key: string, choices: readonly Choice[]): Choice {
  const value = stringOf(record, key)
  const choice = choices.find((each) => each === value)
  if (choice === undefined) throw new ProtocolError(`${key} must be one of ${choices.join(', ')}.`)
  return choice
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
  | 'ExecutionEnded'
  | 'ExecutionNotFound'
  | 'InputClosed'
  | 'OutputPosition'
  | 'SandboxPaused'
  | 'Cancelled'
  | 'Internal'

/** The outcome that a `done` frame tells. */
export type Outcome = { ok: unknown } | { failure: { code: FailureCode; message: string } }

export type ExecOutcome = { exitCode: number | null; signal: string | null; timedOut: boolean; durationMs: number }

/** What `follow` replies. */
export type FollowReply = { start: number }

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

/** What `usage` answers: bytes. */
export type UsageOutcome = { bytes: number }

/** What `stat` answers. */
export type StatOutcome = EntryMessage & { checksum?: string }
