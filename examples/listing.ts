/** One page, and all pages. */
import assert from 'node:assert/strict'
import { SessionsClient } from 'sandbox-sessions-sdk'

await using client = new SessionsClient()
const batch = `listing-${Date.now()}`

const created = await Promise.all(
  Array.from({ length: 7 }, (_, index) => client.createSession({ metadata: { batch, index } })),
)

// Await a listing for one page.
const page = await client.listSessions({ limit: 5, offset: 0 })
console.log(`${page.sessions.length} of ${page.total} sessions`)
assert.equal(page.sessions.length, 5)
assert.ok(page.total >= 7)

// Loop over it for every session, page by page. Deleting within the loop is safe.
const deleted = new Set<string>()
for await (const session of client.listSessions({ limit: 5 })) {
  if (session.metadata['batch'] !== batch) continue
  await session.delete()
  deleted.add(session.sessionId)
}
assert.deepEqual(deleted, new Set(created.map((session) => session.sessionId)))
console.log(`Deleted ${deleted.size}`)
