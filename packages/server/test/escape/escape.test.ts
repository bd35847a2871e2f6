/**
 * What a hostile guest tries, with a server of root and with one of an ordinary user. After each attempt another session and the
 * server answer as before.
 */
import { createServer } from 'node:net'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SandboxAPIError, type Session, SessionsClient } from 'sandbox-sessions-sdk'
import { temporaryDirectory } from 'sandbox-sessions-testkit/temporary-directory'
import { bubblewrapMissing } from '../engines/support.js'
import { type Child, startChild } from '../support/child.js'
import { asOrdinaryUser, directoryOfUser } from '../support/ordinary-user.js'
import type { Scene } from './attempt.js'
import { fileAttempts } from './files.js'
import { kernelAttempts } from './kernel.js'
import { networkAttempts } from './network.js'
import { resourceAttempts } from './resources.js'

const missing = await bubblewrapMissing()
const isRoot = process.getuid?.() === 0
const because = missing === undefined ? (isRoot ? '' : ' (the tests must run as root)') : ` (${missing})`

/** Those that end a sandbox come last. */
const attempts = [...fileAttempts, ...kernelAttempts, ...networkAttempts, ...resourceAttempts].sort(
  (a, b) => Number(a.ends ?? false) - Number(b.ends ?? false),
)

test('there are at least 60 attempts, each with a name of its own', () => {
  expect(attempts.length).toBeGreaterThanOrEqual(60)
  expect(new Set(attempts.map(({ name }) => name)).size).toBe(attempts.length)
})

describe.skipIf(missing !== undefined || !isRoot).each([
  ['root', [], temporaryDirectory],
  ['an ordinary user', asOrdinaryUser, directoryOfUser],
] as const)(`with a server of %s, nobody reaches${because}`, (_, wrapper, directory) => {
  const secret = randomUUID()
  const socketName = `escape-test-${randomUUID()}`
  const listener = createServer()
  let child: Child
  let client: SessionsClient
  let victim: Session
  let attacker: Session
  let dataDir: string

  beforeAll(async () => {
    listener.listen(`\0${socketName}`)
    await once(listener, 'listening')
    dataDir = await directory()
    const env = { SECRET: secret, HOME: dataDir }
    child = await startChild(dataDir, 'bubblewrap', [], env, wrapper)
    client = new SessionsClient({ apiUrl: child.url, bearerToken: child.token, timeoutMs: 180_000 })
    victim = await client.createSession()
    attacker = await client.createSession()
    await victim.files.upload('own', 'of the victim')
  })

  afterAll(async () => {
    client.close()
    listener.close()
    await child.kill('SIGTERM')
    await rm(dataDir, { recursive: true, force: true })
  })

  test.each(attempts.map((attempt) => [attempt.name, attempt] as const))('%s', async (_name, attempt) => {
    const { port } = new URL(child.url)
    const entry = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
    const server = { dataDir, entry, secret, socketName, serverPid: child.pid, serverPort: Number(port) }
    const scene: Scene = { ...server, client, attacker, victimId: victim.sessionId }
    const seen = await attempt.make(scene).catch((error: unknown) => {
      // A command that is lost with its sandbox.
      if (attempt.ends === true && error instanceof SandboxAPIError) return error.errorCode ?? ''
      throw error
    })
    expect(seen).toMatch(attempt.expected)
    expect((await victim.run('cat own')).stdout).toBe('of the victim')
    expect(await client.health()).toEqual({ status: 'healthy' })
    // The first call after the sandbox was ended may find out that it was.
    const { stdout } = await attacker.run('echo usable').catch(() => attacker.run('echo usable'))
    expect(stdout).toBe('usable\n')
  })
})
