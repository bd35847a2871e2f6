/** What can go wrong, and how a program tells it apart. */
import assert from 'node:assert/strict'
import {
  ConflictError,
  FileNotFoundError,
  SandboxAPIError,
  SandboxConnectionError,
  SandboxTimeoutError,
  SandboxValidationError,
  SessionNotFoundError,
  SessionsClient,
  UnauthorizedError,
} from 'sandbox-sessions-sdk'

await using client = new SessionsClient()
await using session = await client.createSession()

// Refused before anything is sent; the message says what is allowed.
await assert.rejects(client.createSession({ ttl: 30 }), (error) => {
  assert.ok(error instanceof SandboxValidationError)
  assert.equal(error.parameter, 'ttl')
  console.log(error.message)
  return true
})

// A class for each thing that a program may want to handle.
await assert.rejects(client.getSession('00000000-0000-0000-0000-000000000000'), SessionNotFoundError)
await assert.rejects(session.files.download('missing.txt'), FileNotFoundError)
await session.files.upload('taken.txt', 'first')
await assert.rejects(session.files.upload('taken.txt', 'second'), ConflictError)

// Everything else that is worth logging is on the error. No token ever is.
const stranger = new SessionsClient({ bearerToken: 'not-the-right-token' })
await assert.rejects(stranger.listSessions(), (error) => {
  assert.ok(error instanceof UnauthorizedError)
  assert.ok(error instanceof SandboxAPIError)
  console.log(`${error.name}: ${error.statusCode} ${error.errorCode}, request ${error.requestId}`)
  assert.ok(!JSON.stringify(error).includes('not-the-right-token'))
  return true
})

// No response at all.
const nowhere = new SessionsClient({ apiUrl: 'http://127.0.0.1:9/v1' })
await assert.rejects(nowhere.health(), SandboxConnectionError)

// The deadline of one call.
await assert.rejects(session.run('sleep 10', { timeoutMs: 200 }), SandboxTimeoutError)

// The caller's own abort comes out as it is.
const reason = new Error('changed my mind')
await assert.rejects(session.run('sleep 10', { signal: AbortSignal.abort(reason) }), reason)
