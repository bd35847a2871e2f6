/** What the methods of the client answer. */
import {
  type Bytes,
  type CodeRequest,
  type CommandRequest,
  type CommandResult,
  type CommandStream,
  type CreateSessionRequest,
  type FileDownload,
  type FileInfo,
  type FilePage,
  type Health,
  type Listing,
  type RequestOptions,
  type SandboxApi,
  type Session,
  type SessionPage,
  SessionsClient,
  type SessionsClientOptions,
  type TransferOptions,
  type UploadContent,
  type UploadRequest,
  sdkVersion,
  specVersion,
} from 'sandbox-sessions-sdk'
import { describe, expectTypeOf, test } from 'vitest'

declare const client: SessionsClient
declare const id: string

describe('SessionsClient', () => {
  test('is made with options or without', () => {
    expectTypeOf(SessionsClient).constructorParameters.toEqualTypeOf<[options?: SessionsClientOptions]>()
    expectTypeOf(client).toExtend<AsyncDisposable>()
    expectTypeOf<ReturnType<SessionsClient['close']>>().toBeVoid()
    expectTypeOf(client.api).toEqualTypeOf<SandboxApi>()
  })

  test('answers sessions', () => {
    expectTypeOf<Parameters<SessionsClient['createSession']>>().toEqualTypeOf<
      [request?: CreateSessionRequest, options?: RequestOptions]
    >()
    expectTypeOf(client.createSession()).toEqualTypeOf<Promise<Session>>()
    expectTypeOf(client.getSession(id)).toEqualTypeOf<Promise<Session>>()
    expectTypeOf(client.updateSession(id, { ttl: 60 })).toEqualTypeOf<Promise<Session>>()
    expectTypeOf(client.pauseSession(id)).toEqualTypeOf<Promise<Session>>()
    expectTypeOf(client.resumeSession(id)).toEqualTypeOf<Promise<Session>>()
    expectTypeOf(client.deleteSession(id)).toEqualTypeOf<Promise<void>>()
    expectTypeOf(client.listSessions()).toEqualTypeOf<Listing<SessionPage, Session>>()
    // @ts-expect-error - a session has an id
    void client.getSession()
    // @ts-expect-error - there is nothing to change
    void client.updateSession(id, {})
  })

  test('answers results', () => {
    expectTypeOf<Parameters<SessionsClient['executeCommand']>>().toEqualTypeOf<
      [sessionId: string, request: CommandRequest, options?: RequestOptions]
    >()
    expectTypeOf<Parameters<SessionsClient['executeCode']>>().toEqualTypeOf<
      [sessionId: string, request: CodeRequest, options?: RequestOptions]
    >()
    expectTypeOf(client.executeCommand(id, { command: 'ls' })).toEqualTypeOf<Promise<CommandResult>>()
    expectTypeOf(client.executeCode(id, { code: '1' })).toEqualTypeOf<Promise<CommandResult>>()
    expectTypeOf(client.streamCommand(id, { command: 'ls' })).toEqualTypeOf<CommandStream>()
    expectTypeOf(client.streamCode(id, { code: '1' })).toEqualTypeOf<CommandStream>()
    const bytes = { command: 'cat', stdin: new Uint8Array(1), encoding: 'bytes' } as const
    expectTypeOf(client.executeCommand(id, bytes)).toEqualTypeOf<Promise<CommandResult<Bytes>>>()
    expectTypeOf(client.executeCode(id, { code: '1', encoding: 'bytes' })).toEqualTypeOf<
      Promise<CommandResult<Bytes>>
    >()
    expectTypeOf(client.streamCommand(id, bytes)).toEqualTypeOf<CommandStream<Bytes>>()
    expectTypeOf(client.streamCode(id, { code: '1', encoding: 'bytes' })).toEqualTypeOf<CommandStream<Bytes>>()
    // @ts-expect-error - there is no command
    void client.executeCommand(id, {})
  })

  test('answers files', () => {
    expectTypeOf<Parameters<SessionsClient['uploadFile']>>().toEqualTypeOf<
      [sessionId: string, request: UploadRequest, content: UploadContent, options?: RequestOptions & TransferOptions]
    >()
    expectTypeOf(client.uploadFile(id, { path: 'a' }, 'text')).toEqualTypeOf<Promise<FileInfo>>()
    expectTypeOf(client.downloadFile(id, 'a')).toEqualTypeOf<Promise<FileDownload>>()
    expectTypeOf(client.statFile(id, { filePath: 'a' })).toEqualTypeOf<Promise<FileInfo>>()
    expectTypeOf(client.listFiles(id)).toEqualTypeOf<Listing<FilePage, FileInfo>>()
    expectTypeOf(client.deleteFile(id, { filePath: 'a' })).toEqualTypeOf<Promise<void>>()
  })

  test('tells the state of the service', () => {
    expectTypeOf(client.health()).toEqualTypeOf<Promise<Health>>()
    expectTypeOf<Health>().toEqualTypeOf<{ status: 'healthy' }>()
  })
})

test('versions are constants', () => {
  expectTypeOf(sdkVersion).toExtend<string>()
  expectTypeOf(specVersion).toExtend<`${number}.${number}.${number}`>()
})
