import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Child, runServer, startChild, type Wrapper } from './support/child.js'
import { TestServer } from 'sandbox-sessions-testkit/test-server'
import { temporaryDirectory } from 'sandbox-sessions-testkit/temporary-directory'

/** What a container has of its own: process ids, and the /proc that tells them. It ends when the wrapper does. */
const inOwnPidNamespace: Wrapper = [
  'unshare',
  ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
  '--pid',
  '--fork',
  '--mount-proc',
  '--kill-child',
  '--',
]

let dataDir: string
beforeEach(async () => {
  dataDir = await temporaryDirectory()
})
afterEach(() => rm(dataDir, { recursive: true, force: true }))

const unsafe = () => ['--port', '0', '--data-dir', dataDir, '--engine', 'process', '--allow-unsafe']

async function call({ url, token }: Child, method: string, route: string, body?: object): Promise<Response> {
  return await fetch(url + route, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
}

async function makeSession(child: Child): Promise<string> {
  return /"sessionId":"([^"]+)"/.exec(await (await call(child, 'POST', '/sessions')).text())?.[1] ?? ''
}

test.each([
  ['of one PID namespace', [], []],
  ['of two PID namespaces', inOwnPidNamespace, inOwnPidNamespace],
  ['one of them in a PID namespace', [], inOwnPidNamespace],
] as const)('[B1] two servers never share a data directory: %s', async (_, firstIn, secondIn) => {
  const first = await startChild(dataDir, 'process', [], {}, firstIn)
  const id = await makeSession(first)
  const second = await runServer(unsafe(), {}, secondIn)
  expect([second.code, second.stdout]).toEqual([1, ''])
  expect(second.stderr).toContain('Another server')
  expect(second.stderr).toContain('--data-dir')
  // Nothing happened to the session of the first.
  const command = await call(first, 'POST', `/sessions/${id}/commands`, { command: 'echo alive' })
  expect(await command.json()).toMatchObject({ stdout: 'alive\n' })
  // No hand work after the worst end.
  await first.kill('SIGKILL')
  const next = await startChild(dataDir, 'process', [], {}, secondIn)
  expect((await call(next, 'GET', `/sessions/${id}`)).status).toBe(200)
  await next.kill('SIGKILL')
})

test('[B1] of servers that start at the same time, one wins', async () => {
  const starts = await Promise.allSettled([1, 2, 3, 4].map(() => startChild(dataDir, 'process')))
  const started = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []))
  const refused = starts.flatMap((start) => (start.status === 'rejected' ? [String(start.reason)] : []))
  expect(started).toHaveLength(1)
  for (const reason of refused) expect(reason).toContain('Another server')
  for (const child of started) await child.kill('SIGTERM')
})

test('[B1] a server that hangs keeps its directory, and one that goes on finds it as it was', async () => {
  const first = await startChild(dataDir, 'process')
  process.kill(first.pid, 'SIGSTOP')
  try {
    expect((await runServer(unsafe())).stderr).toContain(`Another server (process ${first.pid}`)
  } finally {
    process.kill(first.pid, 'SIGCONT')
  }
  expect((await call(first, 'GET', '/sessions')).status).toBe(200)
  await first.kill('SIGTERM')
})

test('[B1] two servers of one process share no directory either, and one that was closed leaves it free', async () => {
  const first = await TestServer.start({ dataDir })
  await expect(TestServer.start({ dataDir })).rejects.toThrow('Another server')
  // The refusal took nothing from the first.
  await expect(TestServer.start({ dataDir })).rejects.toThrow('Another server')
  await first.server.close()
  const second = await TestServer.start({ dataDir })
  await expect(TestServer.start({ dataDir })).rejects.toThrow('Another server')
  await second.server.close()
})

test.each(['', 'no JSON', '{"pid":1,"begun":null}'])(
  '[B1] what a dead server left in the lock is no lock: %j',
  async (text) => {
    await writeFile(path.join(dataDir, 'lock'), text)
    await (await TestServer.start({ dataDir })).server.close()
  },
)

test('[B1] what a sandbox runs does not hold the lock when the server is killed', async () => {
  const first = await startChild(dataDir, 'process')
  const id = await makeSession(first)
  // It leaves everything that it could be found by, and outlives the process engine.
  const command = 'setsid env -i sleep 20 </dev/null >/dev/null 2>&1 & disown; ls -l /proc/self/fd'
  const listed = await call(first, 'POST', `/sessions/${id}/commands`, { command })
  expect(await listed.text()).not.toContain(path.join(dataDir, 'lock'))
  await first.kill('SIGKILL')
  const next = await startChild(dataDir, 'process')
  await next.kill('SIGTERM')
})

test('[B1] says what is missing without the flock of util-linux', async () => {
  const { code, stderr } = await runServer(unsafe(), { PATH: '/nowhere' })
  expect(code).toBe(1)
  expect(stderr).toContain('util-linux')
})
