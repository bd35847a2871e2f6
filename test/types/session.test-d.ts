/** A session: its fields, its verbs and its files. */
import type {
  CommandResult,
  CommandStream,
  FileDownload,
  FileInfo,
  FilePage,
  Listing,
  RunCodeOptions,
  RunOptions,
  Session,
  SessionFiles,
  SessionStatus,
  components,
} from 'sandbox-sessions-sdk'
import { describe, expectTypeOf, test } from 'vitest'

declare const session: Session

describe('Session', () => {
  test('has dates for times', () => {
    expectTypeOf(session.sessionId).toEqualTypeOf<string>()
    expectTypeOf(session.status).toEqualTypeOf<SessionStatus>()
    expectTypeOf(session.createdAt).toEqualTypeOf<Date>()
    expectTypeOf(session.expiresAt).toEqualTypeOf<Date>()
    expectTypeOf(session.lastActivityAt).toEqualTypeOf<Date | undefined>()
    expectTypeOf(session.metadata).toEqualTypeOf<Readonly<Record<string, unknown>>>()
    expectTypeOf(session.image).toEqualTypeOf<string | undefined>()
    expectTypeOf(session.engine).toEqualTypeOf<string | undefined>()
    expectTypeOf(session.files).toEqualTypeOf<SessionFiles>()
    expectTypeOf(session.isExpired()).toEqualTypeOf<boolean>()
    expectTypeOf(session.remainingMs()).toEqualTypeOf<number>()
    expectTypeOf(session.toJSON()).toEqualTypeOf<components['schemas']['Session']>()
    // @ts-expect-error - the server says what it is
    session.status = 'paused'
  })

  test('has verbs', () => {
    expectTypeOf(session.refresh()).toEqualTypeOf<Promise<Session>>()
    expectTypeOf(session.extend(60)).toEqualTypeOf<Promise<Session>>()
    expectTypeOf(session.pause()).toEqualTypeOf<Promise<Session>>()
    expectTypeOf(session.resume()).toEqualTypeOf<Promise<Session>>()
    expectTypeOf(session.delete()).toEqualTypeOf<Promise<void>>()
    expectTypeOf(session).toExtend<AsyncDisposable>()
    // @ts-expect-error - seconds, not a request
    void session.extend({ ttl: 60 })
  })

  test('runs commands and code', () => {
    expectTypeOf<Parameters<Session['run']>>().toEqualTypeOf<[command: string, options?: RunOptions]>()
    expectTypeOf<Parameters<Session['runCode']>>().toEqualTypeOf<[code: string, options?: RunCodeOptions]>()
    expectTypeOf(session.run('ls')).toEqualTypeOf<Promise<CommandResult>>()
    expectTypeOf(session.runCode('1', { language: 'javascript' })).toEqualTypeOf<Promise<CommandResult>>()
    expectTypeOf(session.stream('ls')).toEqualTypeOf<CommandStream>()
    expectTypeOf(session.streamCode('1', { language: 'bash' })).toEqualTypeOf<CommandStream>()
    void session.run('ls', {
      check: true,
      timeout: undefined,
      onStdout: (text) => expectTypeOf(text).toEqualTypeOf<string>(),
      onStderr: async (text) => {
        expectTypeOf(text).toEqualTypeOf<string>()
      },
    })
    // @ts-expect-error - a language is for code
    void session.run('ls', { language: 'python' })
    // @ts-expect-error - a stream is read, not listened to
    session.stream('ls', { onStdout: (text: string) => text })
  })

  test('has files', () => {
    const { files } = session
    expectTypeOf(files.upload('a', new Uint8Array(1), { overwrite: true, verify: true, mode: 0o755 })).toEqualTypeOf<
      Promise<FileInfo>
    >()
    expectTypeOf(files.download('a')).toEqualTypeOf<Promise<FileDownload>>()
    expectTypeOf(files.stat('a', { checksum: true })).toEqualTypeOf<Promise<FileInfo>>()
    expectTypeOf(files.exists('a')).toEqualTypeOf<Promise<boolean>>()
    expectTypeOf(files.list()).toEqualTypeOf<Listing<FilePage, FileInfo>>()
    expectTypeOf(files.delete('a', { recursive: true })).toEqualTypeOf<Promise<void>>()
    // @ts-expect-error - a number is no content
    void files.upload('a', 5)
  })

  test('gives a download in the form that is asked for', () => {
    expectTypeOf<FileDownload['name']>().toEqualTypeOf<string>()
    expectTypeOf<FileDownload['size']>().toEqualTypeOf<number | undefined>()
    expectTypeOf<FileDownload>().toExtend<AsyncDisposable>()
    expectTypeOf<ReturnType<FileDownload['stream']>>().toEqualTypeOf<ReadableStream<Uint8Array<ArrayBuffer>>>()
    expectTypeOf<ReturnType<FileDownload['bytes']>>().toEqualTypeOf<Promise<Uint8Array<ArrayBuffer>>>()
    expectTypeOf<ReturnType<FileDownload['text']>>().toEqualTypeOf<Promise<string>>()
    expectTypeOf<ReturnType<FileDownload['blob']>>().toEqualTypeOf<Promise<Blob>>()
  })
})
