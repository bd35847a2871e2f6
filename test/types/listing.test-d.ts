/** Listings: awaited for a page, looped over for every entry. */
import type { FileInfo, FilePage, Listing, PageInfo, Session, SessionPage, SessionsClient } from 'sandbox-sessions-sdk'
import { expectTypeOf, test } from 'vitest'

declare const client: SessionsClient
declare const session: Session

test('an awaited listing is one page', async () => {
  const page = await client.listSessions({ limit: 10 })
  expectTypeOf(page).toEqualTypeOf<SessionPage>()
  expectTypeOf(page.sessions).toEqualTypeOf<readonly Session[]>()
  expectTypeOf(page).toExtend<PageInfo>()
  expectTypeOf<PageInfo>().toEqualTypeOf<{ readonly total: number; readonly limit: number; readonly offset: number }>()
  expectTypeOf((await session.files.list()).files).toEqualTypeOf<readonly FileInfo[]>()
  expectTypeOf<Listing<FilePage, FileInfo>>().toExtend<Promise<FilePage>>()
})

test('a loop gives entries', async () => {
  for await (const each of client.listSessions()) expectTypeOf(each).toEqualTypeOf<Session>()
  for await (const each of session.files.list('data', { recursive: true })) expectTypeOf(each).toEqualTypeOf<FileInfo>()
  expectTypeOf(client.listSessions().toArray()).toEqualTypeOf<Promise<Session[]>>()
})

test('a listing is not an array', () => {
  // @ts-expect-error - a loop needs await
  for (const each of client.listSessions()) console.log(each)
  // @ts-expect-error - a session is not paged
  void client.listSessions({ path: 'data' })
})
