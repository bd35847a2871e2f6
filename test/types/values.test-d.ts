/** Named values: those that the spec knows are offered, and what a server may send beside them passes. */
import {
  CodeLanguage,
  CommandStatus,
  ErrorCode,
  type FileInfo,
  FileType,
  LogLevel,
  SessionStatus,
  type components,
} from 'sandbox-sessions-sdk'
import { describe, expectTypeOf, test } from 'vitest'

/** Any string, while the known values are still offered by an editor. */
type Unknown = string & {}

describe('answers', () => {
  test('may hold a value that is not known', () => {
    expectTypeOf<SessionStatus>().toEqualTypeOf<'running' | 'paused' | Unknown>()
    expectTypeOf<CommandStatus>().toEqualTypeOf<'completed' | 'failed' | 'timeout' | Unknown>()
    expectTypeOf<FileType>().toEqualTypeOf<'file' | 'directory' | 'symlink' | Unknown>()
    expectTypeOf<ErrorCode>().toEqualTypeOf<components['schemas']['KnownErrorCode'] | Unknown>()
    expectTypeOf<'stopped'>().toExtend<SessionStatus>()
    expectTypeOf<string>().toExtend<ErrorCode>()
  })

  test('of a file', () => {
    expectTypeOf<FileInfo>().toEqualTypeOf<{
      readonly name: string
      readonly path: string
      readonly type: FileType
      readonly size: number
      readonly permissions: string | undefined
      readonly createdAt: Date | undefined
      readonly modifiedAt: Date | undefined
      readonly checksum: string | undefined
    }>()
  })
})

describe('requests', () => {
  test('hold known values only', () => {
    expectTypeOf<CodeLanguage>().toEqualTypeOf<'python' | 'javascript' | 'bash'>()
    expectTypeOf<LogLevel>().toEqualTypeOf<'debug' | 'info' | 'warn' | 'error'>()
  })
})

describe('constants', () => {
  test('are the values themselves', () => {
    expectTypeOf(SessionStatus.Running).toEqualTypeOf<'running'>()
    expectTypeOf(SessionStatus.Paused).toEqualTypeOf<'paused'>()
    expectTypeOf(CommandStatus.Timeout).toEqualTypeOf<'timeout'>()
    expectTypeOf(FileType.Directory).toEqualTypeOf<'directory'>()
    expectTypeOf(CodeLanguage.Python).toEqualTypeOf<'python'>()
    expectTypeOf(LogLevel.Warn).toEqualTypeOf<'warn'>()
    expectTypeOf(ErrorCode.SessionNotFound).toEqualTypeOf<'SESSION_NOT_FOUND'>()
    expectTypeOf<(typeof ErrorCode)[keyof typeof ErrorCode]>().toEqualTypeOf<components['schemas']['KnownErrorCode']>()
    expectTypeOf(SessionStatus).not.toHaveProperty('Stopped')
    // @ts-expect-error - constants stay
    SessionStatus.Running = 'running'
  })
})
