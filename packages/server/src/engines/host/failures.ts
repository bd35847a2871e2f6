import {
  DirectoryNotEmptyError,
  EngineError,
  ExecStartError,
  ExecutionEndedError,
  ExecutionNotFoundError,
  FileAccessError,
  FileExistsError,
  FileNotFoundError,
  FileTooBigError,
  InputClosedError,
  IsADirectoryError,
  NoSpaceError,
  NotADirectoryError,
  OutputPositionError,
  PathEscapesError,
  SandboxPausedError,
} from '../contract/errors.js'
import { asRecord, stringOf } from '../guest/protocol/json.js'
import { asSentence } from './as-sentence.js'

const errorClasses = new Map<string, new (message: string) => EngineError>([
  ['PathEscapes', PathEscapesError],
  ['FileNotFound', FileNotFoundError],
  ['FileExists', FileExistsError],
  ['IsADirectory', IsADirectoryError],
  ['NotADirectory', NotADirectoryError],
  ['DirectoryNotEmpty', DirectoryNotEmptyError],
  ['FileAccess', FileAccessError],
  ['FileTooBig', FileTooBigError],
  ['NoSpace', NoSpaceError],
  ['ExecStart', ExecStartError],
  ['ExecutionEnded', ExecutionEndedError],
  ['ExecutionNotFound', ExecutionNotFoundError],
  ['InputClosed', InputClosedError],
  ['OutputPosition', OutputPositionError],
  ['SandboxPaused', SandboxPausedError],
])

/** @throws {ProtocolError} when this is not a failure. */
export function failureOf(value: unknown): EngineError {
  const record = asRecord(value)
  const message = stringOf(record, 'message').slice(0, 1000)
  const code = stringOf(record, 'code').slice(0, 50)
  const Class = errorClasses.get(code)
  return Class === undefined
    ? new EngineError(`The supervisor failed (${code}). ${asSentence(message)}`)
    : new Class(message)
}
