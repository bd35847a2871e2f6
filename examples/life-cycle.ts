/** A session from its creation to its end: extend, pause, resume, delete. */
import assert from 'node:assert/strict'
import { ConflictError, SessionNotFoundError, SessionStatus, SessionsClient } from 'sandbox-sessions-sdk'

await using client = new SessionsClient()
const session = await client.createSession({ ttl: 60 })
assert.ok(session.remainingMs() <= 60_000)

await session.extend(1800)
assert.ok(session.remainingMs() > 1_700_000)
console.log(`Extended to ${session.expiresAt.toISOString()}`)

// Renamed, not rewritten, so that a download never meets half of it.
await session.run('touch clock; while true; do date +%s%N > next; mv next clock; sleep 0.05; done >/dev/null 2>&1 &')
await session.pause()
assert.equal(session.status, SessionStatus.Paused)
await assert.rejects(session.run('true'), ConflictError)
// Files stay within reach while nothing runs, and nothing changes them.
const readClock = async (): Promise<string> => (await session.files.download('clock')).text()
const stopped = await readClock()
assert.equal(await readClock(), stopped)
console.log('Paused: the clock in the session stands still')

await session.resume()
assert.equal((await session.refresh()).status, SessionStatus.Running)
assert.equal((await session.run('sleep 0.3')).ok, true)
assert.notEqual(await readClock(), stopped)
console.log('Resumed: it goes on')

await session.delete()
await assert.rejects(session.refresh(), SessionNotFoundError)
