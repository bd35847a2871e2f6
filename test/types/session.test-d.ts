/** A session: its fields, its verbs and its files. */
import type {
  Bytes,
  CommandResult,
  CommandStream,
  FileDownload,
  FileInfo,
  FilePage,
  Listing,
  OutputEncoding,
  RunCodeOptions,
  RunOptions,
  Session,
  SessionFiles,
  SessionStatus,
  components,
} from 'sandbox-sessions-sdk'
import { describe, expectTypeOf, test } from 'vitest'

declare const session: Session
declare const encoding: OutputEncoding

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

  test('runs them with output as bytes, for who asks for it', () => {
    const bytes = { encoding: 'bytes' } as const
    expectTypeOf(session.run('ls', bytes)).toEqualTypeOf<Promise<CommandResult<Bytes>>>()
    expectTypeOf(session.run('ls', { encoding: 'bytes', check: true }))
      .resolves.toHaveProperty('stdout')
      .toEqualTypeOf<Bytes>()
    expectTypeOf(session.runCode('1', { ...bytes, language: 'bash' })).toEqualTypeOf<Promise<CommandResult<Bytes>>>()
    expectTypeOf(session.stream('ls', bytes)).toEqualTypeOf<CommandStream<Bytes>>()
    expectTypeOf(session.streamCode('1', bytes).stdout).toEqualTypeOf<ReadableStream<Bytes>>()
    expectTypeOf(session.stream('ls').stdout).toEqualTypeOf<ReadableStream<string>>()
    void session.run('ls', { encoding: 'bytes', onStdout: (piece) => expectTypeOf(piece).toEqualTypeOf<Bytes>() })
    void session.runCode('1', { onStderr: (piece) => expectTypeOf(piece).toEqualTypeOf<Bytes>(), encoding: 'bytes' })
    void session.run('ls', { encoding: 'text', onStdout: (piece) => expectTypeOf(piece).toEqualTypeOf<string>() })
    expectTypeOf(session.run('ls', { encoding: undefined })).toEqualTypeOf<Promise<CommandResult>>()
    expectTypeOf(session.run('ls', { encoding: 'text' })).toEqualTypeOf<Promise<CommandResult>>()
    expectTypeOf(session.run('ls', { stdin: new Uint8Array(1) })).toEqualTypeOf<Promise<CommandResult>>()
    expectTypeOf(session.run('ls', { encoding })).toEqualTypeOf<Promise<CommandResult<string | Bytes>>>()
    // What comes out can go in again.
    void session.run('ls', bytes).then(({ stdout }) => session.files.upload('out', stdout))
    // @ts-expect-error - the listener gets bytes
    void session.run('ls', { encoding: 'bytes', onStdout: (text: string) => text })
    // @ts-expect-error - no such encoding
    void session.run('ls', { encoding: 'base64' })
    // @ts-expect-error - text is not bytes
    void session.run('ls', { stdin: [1, 2] })
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
