/**
 * What is left on the host: nothing. These tests look at this machine's processes and files, so they run on a server of
 * their own, once with each engine.
 */
import { randomUUID } from 'node:crypto'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type EngineChoice, type SandboxServer, createSandboxServer } from 'sandbox-sessions-server'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Session, SessionNotFoundError, SessionsClient } from '../../src/index.js'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { processesWith } from 'sandbox-sessions-testkit/processes'
import { ManualClock } from 'sandbox-sessions-testkit/manual-clock'

/** What is on the host of a session: its state, and the directory with its files, or with their image; also what is being removed. */
async function filesOf(dataDir: string, engine: EngineChoice, { sessionId }: Session): Promise<string[]> {
  const places = ['sessions', path.join('sandboxes', engine, 'sandboxes')]
  const names = await Promise.all(places.map((place) => readdir(path.join(dataDir, place))))
  return names.flat().filter((name) => name.includes(sessionId) || name.startsWith('.trash-'))
}

describe.each<EngineChoice>(['bubblewrap', 'process'])('on the host, with the %s engine', (engine) => {
  const clock = new ManualClock()
  let dataDir: string
  let server: SandboxServer
  let client: SessionsClient

  beforeAll(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'sandbox-host-test-'))
    server = await createSandboxServer({ port: 0, dataDir, engine, allowUnsafe: engine === 'process', clock })
    client = new SessionsClient({ apiUrl: server.url, bearerToken: server.token })
  })

  afterAll(async () => {
    client.close()
    await server.close()
    await rm(dataDir, { recursive: true, force: true })
  })

  test('a timeout leaves no process, not even one with a session of its own', async () => {
    await using session = await client.createSession()
    const mark = `timeout-${randomUUID()}`
    const sleeper = `exec -a ${mark} sleep 1000`
    const result = await session.run(
      `(${sleeper}) & setsid bash -c '${sleeper}' & (setsid bash -c '${sleeper} &' &) ; echo started; sleep 1000`,
      { timeout: 5 },
    )
    expect(result).toMatchObject({ status: 'timeout', exitCode: null, stdout: 'started\n' })
    expect(processesWith(mark)).toEqual([])
  })

  test('a command whose caller goes away is killed', async () => {
    await using session = await client.createSession()
    const mark = `abandoned-${randomUUID()}`
    const controller = new AbortController()
    const call = session.run(`exec -a ${mark} sleep 1000`, { signal: controller.signal })
    await eventually(() => processesWith(mark).length > 0)
    controller.abort(new Error('enough'))
    await expect(call).rejects.toThrow('enough')
    await eventually(() => processesWith(mark).length === 0)
  })

  test('a deleted session leaves no process and no file', async () => {
    const session = await client.createSession()
    const mark = `deleted-${randomUUID()}`
    await session.run(`setsid bash -c 'exec -a ${mark} sleep 1000' >/dev/null 2>&1 & echo x > ${mark}`)
    await eventually(() => processesWith(mark).length > 0)
    expect(await filesOf(dataDir, engine, session)).toHaveLength(2)
    await session.delete()
    expect(processesWith(mark)).toEqual([])
    expect(await filesOf(dataDir, engine, session)).toEqual([])
  })

  test('a session past its ttl answers 404, and its processes and files are gone', async () => {
    const session = await client.createSession({ ttl: 60 })
    const mark = `expired-${randomUUID()}`
    await session.run(`setsid bash -c 'exec -a ${mark} sleep 1000' >/dev/null 2>&1 & echo x > ${mark}`)
    clock.advance(59_000)
    await session.refresh()
    clock.advance(2_000)
    await expect(session.refresh()).rejects.toBeInstanceOf(SessionNotFoundError)
    await expect(session.run('true')).rejects.toBeInstanceOf(SessionNotFoundError)
    expect(await client.listSessions()).toMatchObject({ total: 0 })
    await eventually(() => processesWith(mark).length === 0)
    await eventually(async () => (await filesOf(dataDir, engine, session)).length === 0)
  })

  test('extend moves the end', async () => {
    const session = await client.createSession({ ttl: 60 })
    clock.advance(50_000)
    await session.extend(120)
    clock.advance(100_000)
    await session.refresh()
    clock.advance(30_000)
    await expect(session.refresh()).rejects.toBeInstanceOf(SessionNotFoundError)
  })

  test('a planted link is not followed with the rights of the server', async () => {
    await using session = await client.createSession()
    const secret = path.join(dataDir, `secret-${randomUUID()}`)
    await session.run(`ln -s ${secret} link && ln -s ${dataDir} directory`)
    for (const target of ['link', `directory/${path.basename(secret)}`]) {
      await expect(session.files.upload(target, 'x', { overwrite: true })).rejects.toMatchObject({ statusCode: 400 })
    }
    await expect(stat(secret)).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
