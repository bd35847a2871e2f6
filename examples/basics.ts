/** Create a session, run things in it, look at the results. */
import assert from 'node:assert/strict'
import { SessionsClient } from 'sandbox-sessions-sdk'

// Reads SANDBOX_API_URL and SANDBOX_API_TOKEN.
await using client = new SessionsClient()
assert.deepEqual(await client.health(), { status: 'healthy' })

await using session = await client.createSession({ ttl: 600, metadata: { example: 'basics' } })
console.log(`Session ${session.sessionId} lives until ${session.expiresAt.toISOString()}`)
assert.equal(session.status, 'running')
assert.deepEqual(session.metadata, { example: 'basics' })

const hello = await session.run('echo "Hello from $(uname -s)"')
console.log(hello.stdout.trim())
assert.deepEqual([hello.status, hello.exitCode, hello.stdout], ['completed', 0, 'Hello from Linux\n'])

const answer = await session.runCode('print(6 * 7)')
console.log(`6 * 7 = ${answer.stdout.trim()}`)
assert.equal(answer.stdout, '42\n')

// A non-zero exit is a result, not an error.
const failed = await session.run('ls no-such-file')
assert.equal(failed.ok, false)
assert.equal(failed.exitCode, 2)
assert.match(failed.stderr, /no-such-file/)
