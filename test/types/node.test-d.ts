/** The entry for Node. */
import {
  type FileInfo,
  type RequestOptions,
  type Session,
  SessionsClient,
  type TransferOptions,
} from 'sandbox-sessions-sdk'
import {
  type DownloadReport,
  type NodeFetch,
  type NodeFetchOptions,
  type PathTransferOptions,
  type Pem,
  type SkippedEntry,
  type UploadedFiles,
  createNodeFetch,
  downloadToPath,
  uploadFromPath,
} from 'sandbox-sessions-sdk/node'
import { expectTypeOf, test } from 'vitest'

test('a fetch of its own is one that a client takes', () => {
  expectTypeOf(createNodeFetch).parameters.toEqualTypeOf<[options?: NodeFetchOptions]>()
  expectTypeOf(createNodeFetch).returns.toEqualTypeOf<NodeFetch>()
  expectTypeOf<NodeFetch>().toExtend<AsyncDisposable>()
  expectTypeOf<NodeFetch['close']>().toEqualTypeOf<() => Promise<void>>()
  expectTypeOf(new SessionsClient({ fetch: createNodeFetch() })).toEqualTypeOf<SessionsClient>()
  expectTypeOf<Pem>().toEqualTypeOf<string | Uint8Array | readonly (string | Uint8Array)[]>()
  expectTypeOf<NodeFetchOptions['proxy']>().toEqualTypeOf<string | URL | false | undefined>()
  // @ts-expect-error - it is false or an address
  createNodeFetch({ proxy: true })
})

test('files and directories go by their paths', () => {
  type Arguments = [session: Session, from: string, to: string, options?: PathTransferOptions]
  expectTypeOf(uploadFromPath).parameters.toEqualTypeOf<Arguments>()
  expectTypeOf(uploadFromPath).returns.toEqualTypeOf<Promise<UploadedFiles>>()
  expectTypeOf<UploadedFiles>().toExtend<FileInfo[]>()
  expectTypeOf<UploadedFiles['skipped']>().toEqualTypeOf<readonly SkippedEntry[]>()
  expectTypeOf(downloadToPath).parameters.toEqualTypeOf<Arguments>()
  expectTypeOf(downloadToPath).returns.toEqualTypeOf<Promise<DownloadReport>>()
  expectTypeOf<DownloadReport['skipped']>().toEqualTypeOf<readonly SkippedEntry[]>()
  expectTypeOf<SkippedEntry['part']>().toEqualTypeOf<'entry' | 'content' | 'permissions'>()
  expectTypeOf<PathTransferOptions>().toExtend<RequestOptions & TransferOptions>()
  expectTypeOf<PathTransferOptions['overwrite']>().toEqualTypeOf<boolean | undefined>()
  expectTypeOf<PathTransferOptions['concurrency']>().toEqualTypeOf<number | undefined>()
})
