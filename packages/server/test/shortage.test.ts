import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ManualClock } from 'sandbox-sessions-testkit/manual-clock'
import { EngineError } from '../dist/index.js'
import { toApiError } from '../dist/http/error-map.js'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { markedSleep, processesWith } from 'sandbox-sessions-testkit/processes'
import { disksMissing } from './engines/support.js'
import { startChild } from './support/child.js'
import { type Answer, TestServer } from 'sandbox-sessions-testkit/test-server'
import { temporaryDirectory } from 'sandbox-sessions-testkit/temporary-directory'
import { SmallDisk } from './support/small-disk.js'

const run = promisify(execFile)
const hasDisks = (await disksMissing()) === undefined

function expectFull({ status, json, headers }: Answer): void {
  expect([status, json['error']]).toEqual([503, 'CAPACITY_EXCEEDED'])
  expect(json['message']).toContain('disk')
  // Nothing was done, so the same request may be sent again.
  expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
}

describe.each(['process', 'bubblewrap'] as const)('on %s, with a full disk', (engine) => {
  let disk: SmallDisk
  let clock: ManualClock
  let on: TestServer

  beforeEach(async () => {
    disk = await SmallDisk.mount()
    clock = new ManualClock()
    on = await TestServer.start({ engine, clock, dataDir: path.join(disk.directory, 'data') })
  })
  afterEach(async () => {
    await on.close()
    await disk[Symbol.asyncDispose]()
  })

  const filesIn = (name: string) => readdir(path.join(on.dataDir, name))
  const statusOf = async (id: string) => (await on.call('GET', `/sessions/${id}`)).json['status']

  describe.each(['bytes', 'files'] as const)('no room for %s', (what) => {
    test('[B11] create leaves nothing, and its key free', async () => {
      const id = await on.session()
      disk.fill(what)
      const create = () => on.call('POST', '/sessions', { json: {}, headers: { 'idempotency-key': 'key' } })
      expectFull(await create())
      expectFull(await on.call('POST', '/sessions'))
      expect((await on.call('GET', '/sessions')).json).toMatchObject({ total: 1 })
      expect(await filesIn('sessions')).toEqual([`${id}.json`])
      expect(await filesIn('idempotency-keys')).toEqual([])
      expect(await filesIn(`sandboxes/${engine}/sandboxes`)).toEqual([id])
      disk.free()
      const first = await create()
      expect(first.status).toBe(200)
      expect((await create()).json['sessionId']).toBe(first.json['sessionId'])
    })

    test('[B11] pause and resume that cannot be kept have not happened', async () => {
      const id = await on.session()
      const sleep = markedSleep()
      await on.command(id, { command: `sleep ${sleep} >/dev/null 2>&1 & disown` })
      const standsStill = async () => {
        const [pid] = processesWith(`sleep\0${sleep}`)
        return (await readFile(`/proc/${pid}/stat`, 'latin1')).includes(') T ')
      }
      disk.fill(what)
      expectFull(await on.call('POST', `/sessions/${id}/pause`))
      expect(await statusOf(id)).toBe('running')
      expect(await standsStill()).toBe(false)
      expect((await on.command(id, { command: 'echo on' })).json).toMatchObject({ stdout: 'on\n' })
      disk.free()
      expect((await on.call('POST', `/sessions/${id}/pause`)).status).toBe(200)
      await eventually(standsStill, 'it stands still')
      disk.fill(what)
      expectFull(await on.call('POST', `/sessions/${id}/resume`))
      expect(await statusOf(id)).toBe('paused')
      await eventually(standsStill, 'it stands still')
      expect((await on.command(id, { command: 'true' })).json['error']).toBe('SESSION_PAUSED')
      disk.free()
      expect((await on.call('POST', `/sessions/${id}/resume`)).status).toBe(200)
      expect((await on.command(id, { command: 'echo on' })).json).toMatchObject({ stdout: 'on\n' })
    })

    test.each([60, 600])('[B11] an end moved to %i s that cannot be kept is where it was', async (ttl) => {
      const id = await on.session({ ttl: 300 })
      const { json: before } = await on.call('GET', `/sessions/${id}`)
      disk.fill(what)
      expectFull(await on.call('PATCH', `/sessions/${id}`, { json: { ttl } }))
      expect((await on.call('GET', `/sessions/${id}`)).json).toEqual(before)
      clock.advance(299_999)
      expect(await statusOf(id)).toBe('running')
      clock.advance(1)
      expect((await on.call('GET', `/sessions/${id}`)).status).toBe(404)
      await eventually(async () => (await filesIn('sessions')).length === 0, 'the state is gone')
    })

    test('[B11] an upload names the disk, and leaves the old file', async () => {
      const id = await on.session()
      await on.upload(id, 'path=file', 'old')
      disk.fill(what)
      const upload = await on.upload(id, 'path=file&overwrite=true', Buffer.alloc(100_000))
      if (engine === 'bubblewrap' && what === 'files' && hasDisks) {
        // The files of a session are in one of the machine's.
        expect(upload.status).toBe(201)
        return
      }
      expect([upload.status, upload.json['error']]).toEqual([413, 'QUOTA_EXCEEDED'])
      expect(upload.json['message']).toContain('disk')
      expect((await on.download(id, 'file')).text).toBe('old')
    })

    test('[B11] a session can be deleted, its key outlives it, and the server starts again', async () => {
      const create = () =>
        on.call('POST', '/sessions', { json: { metadata: { a: 1 } }, headers: { 'idempotency-key': 'key' } })
      const first = await create()
      const id = String(first.json['sessionId'])
      const other = await on.session()
      disk.fill(what)
      expect((await on.call('DELETE', `/sessions/${id}`)).status).toBe(200)
      expect(await filesIn('sessions')).toEqual([`${other}.json`])
      expect(await filesIn(`sandboxes/${engine}/sandboxes`)).toEqual([other])
      await on.server.close()
      if (what === 'files') disk.free()
      on = await on.restart()
      expect((await on.call('GET', '/sessions')).json).toMatchObject({ total: 1, sessions: [{ sessionId: other }] })
      expect((await create()).json).toEqual(first.json)
      expect((await on.call('GET', '/sessions')).json).toMatchObject({ total: 1 })
    })
  })
})

test.each(['process', 'bubblewrap'] as const)('[B11] on %s, a server without descriptors lives on', async (engine) => {
  const dataDir = await temporaryDirectory()
  const child = await startChild(dataDir, engine)
  const descriptors = (await readdir(`/proc/${child.pid}/fd`)).length + 30
  // The soft limit alone: what the server starts may raise it again for itself.
  await run('prlimit', ['--pid', String(child.pid), `--nofile=${descriptors}:`])
  const headers = { authorization: `Bearer ${child.token}` }
  // Read to the end: an answer that nobody reads holds its connection, and so a descriptor of the server's.
  const create = async () => {
    const response = await fetch(`${child.url}/sessions`, { method: 'POST', headers })
    const json: unknown = await response.json()
    return { status: response.status, headers: response.headers, json }
  }
  let refused = await create()
  for (let tries = 0; refused.status === 200 && tries < descriptors; tries++) refused = await create()
  expect(refused.json).toMatchObject({ error: 'CAPACITY_EXCEEDED', details: { resource: 'descriptors' } })
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
  const listed = await fetch(`${child.url}/sessions`, { headers })
  const ids = [...(await listed.text()).matchAll(/"sessionId":"([^"]+)"/g)].map(([, id]) => id)
  expect(ids.length).toBeGreaterThan(0)
  expect((await readdir(path.join(dataDir, 'sandboxes', engine, 'sandboxes'))).sort()).toEqual([...ids].sort())
  for (const id of ids) {
    expect((await fetch(`${child.url}/sessions/${id}`, { method: 'DELETE', headers })).status).toBe(200)
  }
  // What a deleted session held is given back when its streams have closed, which the answer does not wait for.
  await eventually(async () => (await create()).status === 200, 'there is room again')
  expect((await child.kill('SIGTERM')).code).toBe(0)
})

test.each([
  ['ENOSPC', 'write', 'disk'],
  ['EDQUOT', 'write', 'disk'],
  ['EROFS', 'open', 'disk'],
  ['EMFILE', 'open', 'descriptors'],
  ['ENFILE', 'spawn bwrap', 'descriptors'],
  ['EAGAIN', 'spawn bwrap', 'processes'],
  ['ENOMEM', 'spawn bwrap', 'processes'],
])('[B11] %s of %s is a lack of room, however deep it lies', (code, syscall, resource) => {
  const cause = Object.assign(new Error(code), { code, syscall })
  for (const error of [cause, new EngineError('it failed', { cause: new Error('inside', { cause }) })]) {
    const { status, code: name, details, headers, message } = toApiError(error, { path: undefined, maxBodyBytes: 0 })
    expect([status, name, details]).toEqual([503, 'CAPACITY_EXCEEDED', { resource }])
    expect(Number(headers['Retry-After'])).toBeGreaterThan(0)
    expect(message).not.toContain(code)
  }
})

test('[B11] what is no lack of room, and what goes in circles, is a failure of the service', () => {
  const circle = new Error('circle')
  circle.cause = circle
  const busy = Object.assign(new Error('EAGAIN'), { code: 'EAGAIN', syscall: 'read' })
  for (const error of [circle, busy, new Error('EMFILE'), 'ENOSPC']) {
    expect(toApiError(error, { path: undefined, maxBodyBytes: 0 }).code).toBe('INTERNAL_ERROR')
  }
})
