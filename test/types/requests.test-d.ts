/** What calls take: read-only, and an optional property may be given as undefined. */
import type {
  CodeLanguage,
  CodeRequest,
  CommandRequest,
  CreateSessionRequest,
  DeleteFileRequest,
  ExecutionOptions,
  Fetch,
  ListFilesRequest,
  ListSessionsRequest,
  OutputEncoding,
  RequestOptions,
  RunCodeOptions,
  SessionResources,
  SessionsClientOptions,
  StatFileRequest,
  TransferOptions,
  UpdateSessionRequest,
  UploadContent,
  UploadRequest,
  components,
} from 'sandbox-sessions-sdk'
import { describe, expectTypeOf, test } from 'vitest'

interface Execution {
  readonly timeout?: number | undefined
  readonly env?: Readonly<Record<string, string>> | undefined
  readonly cwd?: string | undefined
  readonly stdin?: string | Uint8Array | undefined
  readonly encoding?: 'text' | undefined
  readonly onLostBytes?: (() => void) | undefined
}

interface Page {
  readonly limit?: number | undefined
  readonly offset?: number | undefined
}

describe('requests', () => {
  test('of sessions', () => {
    expectTypeOf<CreateSessionRequest>().toEqualTypeOf<{
      readonly ttl?: number | undefined
      readonly image?: string | undefined
      readonly metadata?: components['schemas']['Metadata'] | undefined
      readonly resources?: SessionResources | undefined
      readonly network?: { readonly allow: readonly string[] } | undefined
    }>()
    expectTypeOf<SessionResources>().toEqualTypeOf<{
      readonly cpu?: number | undefined
      readonly memoryMb?: number | undefined
      readonly diskMb?: number | undefined
      readonly processes?: number | undefined
    }>()
    // @ts-expect-error - a limit that nobody knows
    const misspelt: SessionResources = { memory: 512 }
    expectTypeOf(misspelt).toEqualTypeOf<SessionResources>()
    expectTypeOf<UpdateSessionRequest>().toEqualTypeOf<{ readonly ttl: number }>()
    expectTypeOf<ListSessionsRequest>().toEqualTypeOf<Page>()
    // @ts-expect-error - a ttl is a number of seconds
    expectTypeOf({ ttl: '60' }).toExtend<CreateSessionRequest>()
    // @ts-expect-error - it is what an update is about
    expectTypeOf({ ttl: undefined }).toExtend<UpdateSessionRequest>()
  })

  test('of commands and code', () => {
    expectTypeOf<CommandRequest>().toExtend<Execution & { readonly command: string }>()
    expectTypeOf<Execution & { readonly command: string }>().toExtend<CommandRequest>()
    expectTypeOf<CodeRequest>().toExtend<
      Execution & { readonly code: string; readonly language?: CodeLanguage | undefined }
    >()
    expectTypeOf<{ code: string; language: 'python' }>().toExtend<CodeRequest>()
    expectTypeOf<ExecutionOptions>().toExtend<Execution>()
    expectTypeOf<keyof ExecutionOptions>().toEqualTypeOf<
      'timeout' | 'env' | 'cwd' | 'stdin' | 'encoding' | 'onLostBytes'
    >()
    expectTypeOf<{ command: string; encoding: 'bytes' }>().toExtend<CommandRequest<'bytes'>>()
    expectTypeOf<{ code: string; stdin: Uint8Array }>().toExtend<CodeRequest>()
    // @ts-expect-error - the word of the wire is not that of the SDK
    expectTypeOf<{ command: string; encoding: 'base64' }>().toExtend<CommandRequest<OutputEncoding>>()
    // @ts-expect-error - a language that the server does not have
    expectTypeOf<{ code: string; language: 'cobol' }>().toExtend<CodeRequest>()
    // @ts-expect-error - variables are strings
    expectTypeOf<{ command: string; env: { COUNT: number } }>().toExtend<CommandRequest>()
  })

  test('of files', () => {
    expectTypeOf<ListFilesRequest>().toEqualTypeOf<{
      readonly path?: string | undefined
      readonly recursive?: boolean | undefined
      readonly limit?: number | undefined
      readonly offset?: number | undefined
    }>()
    expectTypeOf<DeleteFileRequest>().toEqualTypeOf<{
      readonly filePath: string
      readonly recursive?: boolean | undefined
    }>()
    expectTypeOf<StatFileRequest>().toEqualTypeOf<{
      readonly filePath: string
      readonly checksum?: boolean | undefined
    }>()
    expectTypeOf<UploadRequest['path']>().toEqualTypeOf<string>()
    expectTypeOf<UploadRequest['overwrite']>().toEqualTypeOf<boolean | undefined>()
    expectTypeOf<UploadRequest['mode']>().toEqualTypeOf<number | string | undefined>()
    expectTypeOf<UploadContent>().toEqualTypeOf<
      | string
      | Blob
      | ArrayBuffer
      | ArrayBufferView<ArrayBuffer>
      | ReadableStream<Uint8Array>
      | AsyncIterable<Uint8Array | string>
    >()
  })
})

/** Every optional property, with undefined in it. */
type Undefined<T> = { readonly [Key in keyof T as object extends Pick<T, Key> ? Key : never]: undefined }

test('what may be left out may be undefined', () => {
  // The comparison of types above does not tell the two apart.
  expectTypeOf<Undefined<CreateSessionRequest>>().toExtend<CreateSessionRequest>()
  expectTypeOf<Undefined<ListSessionsRequest>>().toExtend<ListSessionsRequest>()
  expectTypeOf<Undefined<ListFilesRequest>>().toExtend<ListFilesRequest>()
  expectTypeOf<Undefined<ExecutionOptions>>().toExtend<ExecutionOptions>()
  expectTypeOf<Undefined<CodeRequest> & { readonly code: string }>().toExtend<CodeRequest>()
  expectTypeOf<Undefined<RunCodeOptions>>().toExtend<RunCodeOptions>()
  expectTypeOf<Undefined<UploadRequest> & { readonly path: string }>().toExtend<UploadRequest>()
  expectTypeOf<Undefined<RequestOptions & TransferOptions>>().toExtend<RequestOptions & TransferOptions>()
  expectTypeOf<Undefined<SessionsClientOptions>>().toExtend<SessionsClientOptions>()
})

describe('options', () => {
  test('of a call', () => {
    expectTypeOf<RequestOptions>().toEqualTypeOf<{
      readonly signal?: AbortSignal | undefined
      readonly timeoutMs?: number | undefined
      readonly maxRetries?: number | undefined
      readonly headers?: Readonly<Record<string, string>> | undefined
    }>()
  })

  test('of a transfer', () => {
    expectTypeOf<keyof TransferOptions>().toEqualTypeOf<'onProgress' | 'verify'>()
    const options: TransferOptions = {
      onProgress: ({ loaded, total }) => {
        expectTypeOf(loaded).toEqualTypeOf<number>()
        expectTypeOf(total).toEqualTypeOf<number | undefined>()
      },
    }
    expectTypeOf(options.verify).toEqualTypeOf<boolean | undefined>()
  })

  test('of a client', () => {
    expectTypeOf<SessionsClientOptions['bearerToken']>().toEqualTypeOf<
      string | (() => string | Promise<string>) | undefined
    >()
    expectTypeOf<SessionsClientOptions['apiUrl']>().toEqualTypeOf<string | undefined>()
    expectTypeOf<SessionsClientOptions['apiKey']>().toEqualTypeOf<string | undefined>()
    expectTypeOf(fetch).toExtend<Fetch>()
    expectTypeOf<typeof console>().toExtend<NonNullable<SessionsClientOptions['logger']>>()
    expectTypeOf<SessionsClientOptions['logLevel']>().toEqualTypeOf<'debug' | 'info' | 'warn' | 'error' | undefined>()
  })
})
