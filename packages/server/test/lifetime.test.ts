import { existsSync } from 'node:fs'
import { readdir, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { ManualClock } from 'sandbox-sessions-testkit/manual-clock'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { markedSleep, processesWith } from 'sandbox-sessions-testkit/processes'
import { startChild } from './support/child.js'
import { TestServer } from 'sandbox-sessions-testkit/test-server'
import { temporaryDirectory } from 'sandbox-sessions-testkit/temporary-directory'

/** Directories of the sandboxes that an engine holds. */
async function sandboxesIn(dataDir: string, engine: string): Promise<string[]> {
  const base = path.join(dataDir, 'sandboxes', engine, 'sandboxes')
  const names = await readdir(base)
  return names.filter((name) => /^[0-9a-f-]{36}$/.test(name)).map((name) => path.join(base, name))
}

describe.each(['process', 'bubblewrap'] as const)('on %s', (engine) => {
  test('a session ends when its time is up, with its processes and files', async () => {
    const clock = new ManualClock()
    const server = await TestServer.start({ engine, clock })
    try {
      const id = await server.session({ ttl: 60 })
      const other = await server.session({ ttl: 120 })
      await server.upload(id, 'path=file', 'x')
      const sleep = markedSleep()
      await server.command(id, { command: `setsid sleep ${sleep} >/dev/null 2>&1 & disown` })
      const running = server.command(id, { command: `sleep ${sleep}` })
      await eventually(() => processesWith(sleep).length >= 2, 'both processes run')
      clock.advance(59_999)
      expect((await server.call('GET', `/sessions/${id}`)).status).toBe(200)
      clock.advance(1)
      expect((await server.call('GET', `/sessions/${id}`)).json['error']).toBe('SESSION_NOT_FOUND')
      expect((await running).json['error']).toBe('SESSION_NOT_FOUND')
      await eventually(() => processesWith(sleep).length === 0, 'the processes ended')
      await eventually(async () => (await sandboxesIn(server.dataDir, engine)).length === 1, 'the files are gone')
      await eventually(() => !existsSync(path.join(server.dataDir, 'sessions', `${id}.json`)), 'the state is gone')
      expect((await server.call('GET', '/sessions')).json).toMatchObject({ total: 1, sessions: [{ sessionId: other }] })
      // A later end counts from the moment it is set.
      await server.call('PATCH', `/sessions/${other}`, { json: { ttl: 300 } })
      clock.advance(299_999)
      expect((await server.call('GET', `/sessions/${other}`)).status).toBe(200)
      clock.advance(1)
      expect((await server.call('GET', `/sessions/${other}`)).status).toBe(404)
    } finally {
      await server.close()
    }
  })

  test('sessions and files outlive a restart; processes, expired sessions and strays do not', async () => {
    const clock = new ManualClock()
    let server = await TestServer.start({ engine, clock })
    try {
      const kept = await server.session({ ttl: 3600, metadata: { a: 1 } })
      const paused = await server.session({ ttl: 3600 })
      const short = await server.session({ ttl: 60 })
      const lost = await server.session()
      await server.upload(kept, 'path=dir/file', 'still here')
      const sleep = markedSleep()
      await server.command(kept, { command: `setsid sleep ${sleep} >/dev/null 2>&1 & disown` })
      await server.call('POST', `/sessions/${paused}/pause`)
      const { json: before } = await server.call('GET', `/sessions/${kept}`)
      await server.server.close()
      expect(processesWith(sleep)).toEqual([])
      const states = path.join(server.dataDir, 'sessions')
      expect((await stat(path.join(states, `${kept}.json`))).mode & 0o777).toBe(0o600)
      await writeFile(path.join(states, `${lost}.json`), '{"half":')
      await writeFile(path.join(states, 'stray.json.123'), 'x')
      clock.advance(60_000)
      server = await server.restart()
      expect((await server.call('GET', `/sessions/${kept}`)).json).toEqual(before)
      expect((await server.download(kept, 'dir/file')).text).toBe('still here')
      expect((await server.command(kept, { command: 'cat dir/file' })).json['stdout']).toBe('still here')
      for (const gone of [short, lost]) expect((await server.call('GET', `/sessions/${gone}`)).status).toBe(404)
      expect((await server.command(paused, { command: 'true' })).json['error']).toBe('SESSION_PAUSED')
      expect((await server.call('POST', `/sessions/${paused}/resume`)).json['status']).toBe('running')
      expect((await server.command(paused, { command: 'true' })).json['exitCode']).toBe(0)
      expect((await readdir(states)).sort()).toEqual([`${kept}.json`, `${paused}.json`].sort())
      expect(await sandboxesIn(server.dataDir, engine)).toHaveLength(2)
    } finally {
      await server.close()
    }
  })

  test('sessions and files outlive a kill -9, and no process does', async () => {
    const dataDir = await temporaryDirectory()
    const child = await startChild(dataDir, engine)
    const call = async (route: string, body: object) => {
      const response = await fetch(child.url + route, {
        method: 'POST',
        headers: { authorization: `Bearer ${child.token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      const answer: unknown = await response.json()
      return Object.fromEntries(Object.entries(typeof answer === 'object' && answer ? answer : {}))
    }
    const { sessionId } = await call('/sessions', {})
    const id = String(sessionId)
    const sleep = markedSleep()
    await call(`/sessions/${id}/commands`, {
      command: `echo kept > file; setsid sleep ${sleep} >/dev/null 2>&1 & disown`,
    })
    const cut = expect(call(`/sessions/${id}/commands`, { command: `sleep ${sleep}` })).rejects.toThrow()
    await eventually(() => processesWith(sleep).length >= 2, 'both processes run')
    await child.kill('SIGKILL')
    await cut
    await eventually(() => processesWith(sleep).length === 0, 'the processes ended')
    const server = await TestServer.start({ engine, dataDir })
    try {
      expect(server.server.token).toBe(child.token)
      expect((await server.download(id, 'file')).text).toBe('kept\n')
      expect((await server.command(id, { command: 'cat file' })).json['stdout']).toBe('kept\n')
    } finally {
      await server.close()
    }
  })
})

test('closing lets calls end within the grace period, takes no new work, and ends the rest', async () => {
  const server = await TestServer.start({ engine: 'process' })
  const id = await server.session()
  const long = markedSleep()
  const cut = server.command(id, { command: `sleep ${long}` })
  const ends = server.command(id, { command: 'touch started; while [ ! -e go ]; do sleep 0.02; done; echo ended' })
  await eventually(async () => (await server.download(id, 'started')).status === 200, 'the command runs')
  await eventually(() => processesWith(long).length > 0, 'the other runs as well')
  const closing = server.server.close({ graceMs: 3_000 })
  for (const answer of [await server.call('POST', '/sessions'), await server.command(id, { command: 'true' })]) {
    expect([answer.status, answer.json['error']]).toEqual([503, 'CAPACITY_EXCEEDED'])
    expect(answer.headers.get('retry-after')).not.toBeNull()
  }
  expect((await server.upload(id, 'path=go', '')).status).toBe(503)
  expect((await server.call('GET', `/sessions/${id}`)).status).toBe(200)
  const [sandbox = ''] = await sandboxesIn(server.dataDir, 'process')
  await writeFile(path.join(sandbox, 'go'), '')
  expect((await ends).json).toMatchObject({ status: 'completed', stdout: 'ended\n' })
  const { status, headers } = await cut
  expect(status).toBe(503)
  // What has begun must not be sent again by itself.
  expect(headers.get('retry-after')).toBeNull()
  await closing
  expect(processesWith(long)).toEqual([])
  await server.close()
})

test('[B6] a grace period that is longer than a timer lasts, too', async () => {
  const server = await TestServer.start({ engine: 'process' })
  const id = await server.session()
  const ends = server.command(id, { command: 'touch started; while [ ! -e go ]; do sleep 0.02; done; echo ended' })
  await eventually(async () => (await server.download(id, 'started')).status === 200, 'the command runs')
  const closing = server.server.close({ graceMs: 2 ** 31 * 1_000 })
  // An answer that comes after a timer of no length would have fired, and ended the command.
  for (let count = 0; count < 3; count += 1) {
    expect((await server.command(id, { command: 'true' })).status).toBe(503)
  }
  const [sandbox = ''] = await sandboxesIn(server.dataDir, 'process')
  await writeFile(path.join(sandbox, 'go'), '')
  expect((await ends).json).toMatchObject({ status: 'completed', stdout: 'ended\n' })
  await closing
  await server.close()
})
