import { spawn } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ManualClock } from 'sandbox-sessions-testkit/manual-clock'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { markedSleep, processesWith } from 'sandbox-sessions-testkit/processes'
import { EventReader } from './support/event-stream.js'
import { TestServer } from 'sandbox-sessions-testkit/test-server'

/** A tree with a child in a session of its own, all of it found by the mark, and all of it deaf to SIGTERM. */
const tree = (sleep: string) =>
  `trap '' TERM; setsid sleep ${sleep} & (sleep ${sleep} & wait) & echo up; sleep ${sleep}`

/** Writes without end. */
const flood = (sleep: string) => `setsid sleep ${sleep} & echo up; yes ${sleep}`

describe.each(['process', 'bubblewrap'] as const)('the end of an event stream on %s', (engine) => {
  const clock = new ManualClock()
  let server: TestServer
  beforeAll(async () => {
    server = await TestServer.start({ engine, clock })
  })
  afterAll(() => server.close())

  const start = async (script: (sleep: string) => string, on = server) => {
    const id = await on.session()
    const sleep = markedSleep()
    const reader = await EventReader.open(on.server, `/sessions/${id}/commands`, { command: script(sleep) })
    await reader.until('stdout', 'up\n')
    await eventually(() => processesWith(sleep).length >= 2, 'the tree runs')
    const gone = () => eventually(() => processesWith(sleep).length === 0, 'the tree is gone')
    return { id, sleep, reader, gone }
  }

  test.each([
    ['a silent tree', tree],
    ['a flood that nobody reads', flood],
  ])('closing the connection ends %s', async (_, script) => {
    const { id, reader, gone } = await start(script)
    reader.close()
    await gone()
    // The session goes on.
    expect((await server.command(id, { command: 'echo on' })).json['stdout']).toBe('on\n')
  })

  describe('[C7] with a grace that no test could wait for', () => {
    const limits = { killGraceMs: 3_600_000, maxRunningCommandsPerSession: 1 }
    /** What says that it was asked to end, and does not. */
    const stubborn = (sleep: string) =>
      `trap 'touch caught' TERM; (trap '' TERM; sleep ${sleep}) & echo up; while :; do sleep 0.05; done`
    let patient: TestServer
    beforeAll(async () => {
      patient = await TestServer.start({ engine, limits })
    })
    afterAll(() => patient.close())

    const leave = async (on: TestServer) => {
      const { id, reader, sleep, gone } = await start(stubborn, on)
      reader.close()
      await eventually(async () => (await on.download(id, 'caught')).status === 200, 'it was asked to end')
      return { id, sleep, gone }
    }

    test('closing the connection lets a command act on SIGTERM', async () => {
      const polite = (sleep: string) =>
        `trap 'echo bye > bye; exit' TERM; sleep ${sleep} & sleep ${sleep} & echo up; while :; do sleep 0.05; done`
      const { id, reader, gone } = await start(polite, patient)
      reader.close()
      await gone()
      await eventually(async () => (await patient.download(id, 'bye')).text === 'bye\n', 'the trap was run')
      await eventually(async () => (await patient.command(id, { command: 'true' })).status === 200, 'its slot is free')
      await patient.call('DELETE', `/sessions/${id}`)
    })

    test('a command holds its slot until nothing of it is left, and deleting the session waits for nothing', async () => {
      const { id, gone } = await leave(patient)
      expect((await patient.command(id, { command: 'true' })).status).toBe(503)
      expect((await patient.call('DELETE', `/sessions/${id}`)).status).toBe(200)
      await gone()
    })

    test('the server closes', async () => {
      const other = await TestServer.start({ engine, limits })
      const { sleep } = await leave(other)
      await other.close()
      expect(processesWith(sleep)).toEqual([])
    })
  })

  test.each([
    ['a silent tree', tree],
    ['a flood that nobody reads', flood],
  ])('killing the client ends %s', async (_, script) => {
    const id = await server.session()
    const sleep = markedSleep()
    const program = `
      const [url, token, command] = process.argv.slice(1)
      const headers = { authorization: 'Bearer ' + token, 'content-type': 'application/json', accept: 'text/event-stream' }
      const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify({ command }) })
      const { value } = await response.body.getReader().read()
      process.stdout.write(value)
      setInterval(() => undefined, 1000)
    `
    const { url, token = '' } = server.server
    const args = ['--input-type=module', '-e', program, `${url}/sessions/${id}/commands`, token, script(sleep)]
    const client = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    for await (const chunk of client.stdout) if (String(chunk).includes('up')) break
    await eventually(() => processesWith(sleep).filter((pid) => pid !== client.pid).length >= 2, 'the tree runs')
    client.kill('SIGKILL')
    await eventually(() => processesWith(sleep).length === 0, 'the tree is gone')
  })

  test.each([
    ['a silent tree', tree],
    ['a flood', flood],
  ])('deleting the session ends %s with an error', async (_, script) => {
    const { id, reader, gone } = await start(script)
    expect((await server.call('DELETE', `/sessions/${id}`)).status).toBe(200)
    await gone()
    const { ends } = await reader.collect()
    expect(ends).toMatchObject([{ event: 'error', data: { error: 'SESSION_NOT_FOUND' } }])
    expect(ends[0]?.data['requestId']).toBe(reader.response.headers['x-request-id'])
  })

  test('so does the end of its time', async () => {
    const { reader, gone } = await start(tree)
    clock.advance(3_600_000)
    await gone()
    expect((await reader.collect()).ends).toMatchObject([{ event: 'error', data: { error: 'SESSION_NOT_FOUND' } }])
  })

  test('a sandbox that ends by itself ends it with an error', async () => {
    const { id, reader } = await start(tree)
    // Its supervisor can be reached by whoever runs in it.
    await server.command(id, { command: 'kill -9 $PPID' })
    expect((await reader.collect()).ends).toMatchObject([{ event: 'error', data: { error: 'INVALID_STATE' } }])
  })

  test.each([
    ['a silent tree', tree],
    ['a flood that nobody reads', flood],
  ])('a server that closes ends %s with an error, and closes', async (_, script) => {
    const other = await TestServer.start({ engine })
    const { sleep, reader } = await start(script, other)
    const closed = other.close()
    const { ends } = script === tree ? await reader.collect() : { ends: undefined }
    await closed
    expect(processesWith(sleep)).toEqual([])
    if (script === tree) expect(ends).toMatchObject([{ event: 'error', data: { error: 'CAPACITY_EXCEEDED' } }])
  })

  test('pausing stops it and resuming goes on', async () => {
    const id = await server.session()
    const command = 'echo up; while [ ! -e go ]; do sleep 0.02; done; echo on'
    const reader = await EventReader.open(server.server, `/sessions/${id}/commands`, { command })
    await reader.until('stdout', 'up\n')
    await server.call('POST', `/sessions/${id}/pause`)
    await server.upload(id, 'path=go', '')
    await server.call('POST', `/sessions/${id}/resume`)
    expect(await reader.collect()).toMatchObject({ stdout: 'on\n', ends: [{ event: 'exit' }] })
  })

  test('a reader who takes nothing for too long is let go', async () => {
    const other = await TestServer.start({ engine, limits: { readerIdleTimeoutMs: 200, keepAliveMs: 50 } })
    const { sleep, gone } = await start(flood, other)
    await gone()
    expect(processesWith(sleep)).toEqual([])
    await other.close()
  })
})
