/** Metadata through the SDK and the local server. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { createSandboxServer, type SandboxServer } from 'sandbox-sessions-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SessionsClient } from '../../src/index.js'
import { IdleEngine } from 'sandbox-sessions-testkit/idle-engine'
import { isRecord } from '../../src/internal/guards.js'
import { awkwardNames, jsonObjectText } from 'sandbox-sessions-testkit/json-values'

let dataDir: string
let server: SandboxServer
let client: SessionsClient

beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'sdk-metadata-'))
  server = await createSandboxServer({ port: 0, dataDir, token: 'token', engine: new IdleEngine() })
  client = new SessionsClient({ apiUrl: server.url, bearerToken: 'token' })
})
afterAll(async () => {
  client.close()
  await server.close()
  await rm(dataDir, { recursive: true })
})

/** What the SDK takes: it refuses half characters, which another server may change on the way. */
const metadataText = jsonObjectText.filter((text) => !/\\ud[89a-f]/i.test(text))

test('[B13] property: any JSON object is kept and comes back as it was', async () => {
  await fc.assert(
    fc.asyncProperty(metadataText, async (text) => {
      const value: unknown = JSON.parse(text)
      if (!isRecord(value)) throw new TypeError('the text is that of an object')
      const metadata = value
      const wanted = JSON.stringify(metadata)
      const created = await client.createSession({ metadata })
      const found = await client.getSession(created.sessionId)
      expect([JSON.stringify(created.metadata), JSON.stringify(found.metadata)]).toEqual([wanted, wanted])
      await created.delete()
    }),
  )
})

test.each(awkwardNames)('[B13] %j is an own property of the metadata, and pollutes nothing', async (name) => {
  const metadata = Object.fromEntries([[name, { polluted: true }]])
  const session = await client.createSession({ metadata })
  expect(Object.entries(session.metadata)).toEqual([[name, { polluted: true }]])
  const page = await client.listSessions({ limit: 100 })
  const listed = page.sessions.find(({ sessionId }) => sessionId === session.sessionId)
  expect(Object.keys(listed?.metadata ?? {})).toEqual([name])
  expect('polluted' in {}).toBe(false)
})
