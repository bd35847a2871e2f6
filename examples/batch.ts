/** Many sessions at once, a few at a time: grade submissions, each in a sandbox of its own. */
import assert from 'node:assert/strict'
import { type CommandResult, SessionsClient } from 'sandbox-sessions-sdk'

const submissions = [
  'def add(a, b): return a + b',
  'def add(a, b): return a - b',
  'def add(a, b): return b + a',
  'def add(a, b) return a + b',
  'import time\ndef add(a, b): time.sleep(60)',
  'def add(a, b): return sum([a, b])',
]
const check = '\nassert add(2, 3) == 5, "2 + 3 is 5"\nprint("passed")'
const atOnce = 3

await using client = new SessionsClient()

async function grade(submission: string): Promise<CommandResult> {
  await using session = await client.createSession({ ttl: 60, image: 'python:3' })
  return await session.runCode(submission + check, { timeout: 2 })
}

const results: CommandResult[] = []
const queue = submissions.entries()
async function worker(): Promise<void> {
  for (const [index, submission] of queue) results[index] = await grade(submission)
}
await Promise.all(Array.from({ length: atOnce }, worker))

for (const [index, { status, exitCode }] of results.entries()) {
  console.log(`Submission ${index + 1}: ${status} (exit code ${exitCode ?? 'none'})`)
}
assert.deepEqual(
  results.map((result) => result.status),
  ['completed', 'failed', 'completed', 'failed', 'timeout', 'completed'],
)
