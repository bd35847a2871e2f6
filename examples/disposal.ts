/** Sessions that delete themselves at the end of a block, also when it ends with an error. */
import assert from 'node:assert/strict'
import { SessionNotFoundError, SessionsClient } from 'sandbox-sessions-sdk'

await using client = new SessionsClient()

async function withSession(work: (sessionId: string) => void): Promise<void> {
  await using session = await client.createSession()
  work(session.sessionId)
}

let first = ''
await withSession((sessionId) => (first = sessionId))
await assert.rejects(client.getSession(first), SessionNotFoundError)
console.log(`${first} was deleted at the end of its block`)

let second = ''
const failing = withSession((sessionId) => {
  second = sessionId
  throw new Error('the work failed')
})
await assert.rejects(failing, /the work failed/)
await assert.rejects(client.getSession(second), SessionNotFoundError)
console.log(`${second} was deleted although its block failed`)

// Where `await using` is not to be had, this is the same. A session that is gone already is no error.
const third = await client.createSession()
try {
  await third.delete()
} finally {
  await third[Symbol.asyncDispose]()
}
