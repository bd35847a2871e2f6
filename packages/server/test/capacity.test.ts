import { afterEach, expect, test } from 'vitest'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { type Answer, TestServer } from 'sandbox-sessions-testkit/test-server'

let server: TestServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

function expectFull({ status, json, headers }: Answer, limit: number): void {
  expect([status, json['error'], json['details']]).toEqual([503, 'CAPACITY_EXCEEDED', { limit }])
  expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1)
}

const wait = 'touch begun.$$; while [ ! -e go ]; do sleep 0.02; done; echo done'

async function runs(on: TestServer, id: string, count: number): Promise<void> {
  await eventually(async () => {
    const { files } = (await on.call('GET', `/sessions/${id}/files/list`)).json
    return Array.isArray(files) && files.length === count
  }, `${count} commands run`)
}

test('a session, and the server, run so many commands at a time', async () => {
  const on = (server = await TestServer.start({
    limits: { maxRunningCommands: 3, maxRunningCommandsPerSession: 2, maxWaitingCommands: 0 },
  }))
  const [first, second] = [await on.session(), await on.session()]
  const running = [on.command(first, { command: wait }), on.code(first, { language: 'bash', code: wait })]
  await runs(on, first, 2)
  expectFull(await on.command(first, { command: 'true' }), 2)
  running.push(on.command(second, { command: wait }))
  await runs(on, second, 1)
  expectFull(await on.code(second, { code: '1' }), 3)
  // Files are not commands.
  for (const id of [first, second]) expect((await on.upload(id, 'path=go', '')).status).toBe(201)
  for (const answer of await Promise.all(running)) expect(answer.json).toMatchObject({ stdout: 'done\n' })
  expect((await on.command(first, { command: 'true' })).status).toBe(200)
})

test('a command gives its place back however it ends', async () => {
  const on = (server = await TestServer.start({ limits: { maxRunningCommands: 1, maxWaitingCommands: 0 } }))
  const id = await on.session()
  expect((await on.command(id, { command: 'true', cwd: 'nowhere' })).status).toBe(400)
  expect((await on.command(id, { command: 'exit 3' })).json['exitCode']).toBe(3)
  expect((await on.command(id, { command: 'sleep 100', timeout: 1 })).json['status']).toBe('timeout')
  const caller = new AbortController()
  const lost = expect(on.command(id, { command: wait }, { signal: caller.signal })).rejects.toThrow()
  await runs(on, id, 1)
  expectFull(await on.command(id, { command: 'true' }), 1)
  caller.abort()
  await lost
  await eventually(async () => (await on.command(id, { command: 'true' })).status === 200, 'the place is free')
  const other = await on.session()
  const cut = on.command(other, { command: wait })
  await runs(on, other, 1)
  await on.call('DELETE', `/sessions/${other}`)
  expect((await cut).status).toBe(404)
  expect((await on.command(id, { command: 'true' })).status).toBe(200)
})
