/** Output while it is written, in every way that there is to read it. */
import assert from 'node:assert/strict'
import { CommandFailedError, SessionsClient } from 'sandbox-sessions-sdk'

await using client = new SessionsClient()
await using session = await client.createSession()

// Listeners, and the whole output in the end.
const heard: string[] = []
const counted = await session.run('for i in 1 2 3; do echo $i; sleep 0.1; done', {
  onStdout: (text) => {
    heard.push(text)
  },
})
assert.equal(heard.join(''), '1\n2\n3\n')
assert.equal(counted.stdout, '1\n2\n3\n')
console.log(`Heard ${heard.length} pieces in ${counted.durationMs} ms`)

// Events, the last of which is the exit.
for await (const event of session.streamCode('import sys; print("out"); print("err", file=sys.stderr)')) {
  if (event.type === 'exit') assert.equal(event.result.exitCode, 0)
  else console.log(`${event.type}: ${event.data.trim()}`)
}

// Leaving the loop kills the command, with everything that it started.
const endless = session.stream('while true; do echo tick; sleep 0.05; done')
for await (const event of endless) {
  assert.equal(event.type, 'stdout')
  break
}
await assert.rejects(endless.result, /left before the command ended/)

// Text streams, for what takes a ReadableStream.
const { stdout, result } = session.stream('seq 1000')
let lines = 0
for await (const text of stdout) lines += text.split('\n').length - 1
assert.equal(lines, 1000)
assert.equal((await result).ok, true)

// A non-zero exit as an error, for those who want it.
await assert.rejects(session.run('echo oops >&2; exit 3', { check: true }), (error) => {
  assert.ok(error instanceof CommandFailedError)
  assert.equal(error.result.exitCode, 3)
  console.log(error.message)
  return true
})
