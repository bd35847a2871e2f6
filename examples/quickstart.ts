/** What a newcomer sees first: a real session, code run in it, files moved, everything cleaned up. */
import assert from 'node:assert/strict'
import { SessionNotFoundError, SessionsClient } from 'sandbox-sessions-sdk'

await using client = new SessionsClient()

const session = await client.createSession({ ttl: 300, metadata: { example: 'quickstart' } })
console.log(
  `Created session ${session.sessionId} (engine: ${session.engine ?? 'unknown'}, image: ${session.image ?? 'none'}).`,
)
try {
  const programs = [
    ['python', 'import platform; print("Python", platform.python_version(), "says", 6 * 7)'],
    ['javascript', 'console.log("Node", process.version, "says", 6 * 7)'],
    ['bash', 'echo "Bash $BASH_VERSION says $((6 * 7))"'],
  ] as const
  for (const [language, code] of programs) {
    const { ok, stdout } = await session.runCode(code, { language })
    assert.ok(ok)
    assert.match(stdout, /says 42\n$/)
    console.log(`Ran ${language}: ${stdout.trim()}`)
  }

  const { size } = await session.files.upload('data/names.txt', 'carol\nalice\nbob\n')
  console.log(`Uploaded data/names.txt (${size} bytes).`)
  const { exitCode } = await session.run('sort data/names.txt > data/sorted.txt')
  console.log(`Ran "sort" over it (exit code ${exitCode ?? 'none'}).`)
  const sorted = await (await session.files.download('data/sorted.txt')).text()
  assert.equal(sorted, 'alice\nbob\ncarol\n')
  console.log(`Downloaded data/sorted.txt: ${sorted.trim().split('\n').join(', ')}.`)
} finally {
  await session.delete()
}
await assert.rejects(session.refresh(), SessionNotFoundError)
console.log('Deleted the session; its files and processes are gone.')
