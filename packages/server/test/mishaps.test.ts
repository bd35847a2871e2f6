import { readdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { ExecStartError } from '../dist/index.js'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { markedSleep, processesWith } from 'sandbox-sessions-testkit/processes'
import { ancestorsOf } from 'sandbox-sessions-testkit/ancestors'
import { Gate, HookedEngine } from './support/engine.js'
import { TestServer } from 'sandbox-sessions-testkit/test-server'
import { temporaryDirectory } from 'sandbox-sessions-testkit/temporary-directory'

let server: TestServer | undefined
afterEach(async () => {
  await server?.close()
  server = undefined
})

/** What runs a command: who started it comes first, the process that the server started last. */
async function pedigree(sleep: string): Promise<number[]> {
  const find = () => processesWith(`sleep\0${sleep}`)
  await eventually(() => find().length > 0, 'the command runs')
  return find().flatMap(ancestorsOf)
}

function kill(pid: number | undefined): void {
  // 0 and what is below it are whole groups of processes.
  if (pid === undefined || pid <= 1) throw new Error('nothing is there to be killed')
  process.kill(pid, 'SIGKILL')
}

describe.each([
  ['process', 'the supervisor', (chain: number[]) => chain.at(-1)],
  ['bubblewrap', 'the outer bwrap', (chain: number[]) => chain.at(-1)],
  ['bubblewrap', 'the supervisor', (chain: number[]) => chain[1]],
] as const)('on %s, when %s is killed', (engine, _, choose) => {
  /** A session whose sandbox has a file and is dead, and what a command answered that ran in it. */
  async function deadSandbox() {
    const on = (server = await TestServer.start({ engine }))
    const id = await on.session()
    await on.upload(id, 'path=dir/file', 'kept')
    const sleep = markedSleep()
    await on.command(id, { command: `setsid sleep ${sleep} >/dev/null 2>&1 & disown` })
    const own = markedSleep()
    const running = on.command(id, { command: `echo begun; sleep ${own}; echo ended` })
    kill(choose(await pedigree(own)))
    return { on, id, cut: await running, marks: [sleep, own] }
  }

  test('its command is lost, its files are kept, and the next call works', async () => {
    const { on, id, cut, marks } = await deadSandbox()
    expect([cut.status, cut.json['error']]).toEqual([409, 'INVALID_STATE'])
    expect(cut.headers.get('retry-after')).toBeNull()
    const answers = await Promise.all([1, 2, 3].map(() => on.command(id, { command: 'cat dir/file' })))
    expect(answers.map(({ json }) => json['stdout'])).toEqual(['kept', 'kept', 'kept'])
    for (const mark of marks) expect(processesWith(mark)).toEqual([])
    expect((await on.call('GET', `/sessions/${id}`)).json).toMatchObject({ sessionId: id, status: 'running' })
    expect((await on.download(id, 'dir/file')).text).toBe('kept')
    expect((await on.upload(id, 'path=other', 'x')).status).toBe(201)
  })

  test('it can be deleted, and nothing is left', async () => {
    const { on, id, marks } = await deadSandbox()
    expect((await on.call('DELETE', `/sessions/${id}`)).status).toBe(200)
    for (const mark of marks) expect(processesWith(mark)).toEqual([])
    expect(await readdir(sandboxesOf(on))).toEqual([])
    expect(await readdir(path.join(on.dataDir, 'sessions'))).toEqual([])
  })

  test('it is over when its files are gone as well', async () => {
    const { on, id } = await deadSandbox()
    await rm(path.join(sandboxesOf(on), id), { recursive: true })
    const answer = await on.command(id, { command: 'true' })
    expect([answer.status, answer.json['error']]).toEqual([404, 'SESSION_NOT_FOUND'])
    expect((await on.call('GET', '/sessions')).json).toMatchObject({ total: 0 })
    expect((await on.call('POST', '/sessions')).status).toBe(200)
  })

  function sandboxesOf(on: TestServer): string {
    return path.join(on.dataDir, 'sandboxes', engine, 'sandboxes')
  }
})

describe.each(['process', 'bubblewrap'] as const)('on %s', (engine) => {
  test('a paused session whose sandbox is killed stays paused, and its files can be read', async () => {
    const on = (server = await TestServer.start({ engine }))
    const id = await on.session()
    await on.upload(id, 'path=file', 'kept')
    const sleep = markedSleep()
    const running = on.command(id, { command: `sleep ${sleep}; true` })
    const chain = await pedigree(sleep)
    await on.call('POST', `/sessions/${id}/pause`)
    kill(chain.at(-1))
    expect((await running).status).toBe(409)
    expect((await on.download(id, 'file')).text).toBe('kept')
    expect((await on.command(id, { command: 'true' })).json['error']).toBe('SESSION_PAUSED')
    expect((await on.call('POST', `/sessions/${id}/resume`)).json['status']).toBe('running')
    expect((await on.command(id, { command: 'cat file' })).json['stdout']).toBe('kept')
  })
})

test('closing during a create answers it, and leaves nothing of it', async () => {
  const dataDir = await temporaryDirectory()
  const gate = new Gate()
  const engine = new HookedEngine(dataDir, { created: () => gate.pass() })
  const on = (server = await TestServer.start({ dataDir, engine }))
  const creating = on.call('POST', '/sessions', { json: {}, headers: { 'idempotency-key': 'key' } })
  await gate.reached
  const closing = on.server.close({ graceMs: 0 })
  gate.open()
  const { status, json, headers } = await creating
  expect([status, json['error']]).toEqual([503, 'CAPACITY_EXCEEDED'])
  expect(headers.get('retry-after')).not.toBeNull()
  await closing
  expect(await readdir(path.join(dataDir, 'sessions'))).toEqual([])
  expect(await readdir(path.join(dataDir, 'process', 'sandboxes'))).toEqual([])
  // The key was left free.
  const next = (server = await TestServer.start({ dataDir }))
  expect((await next.call('POST', '/sessions', { json: {}, headers: { 'idempotency-key': 'key' } })).status).toBe(200)
})

test('commands run in sh where the sandbox has no Bash, and Bash code is refused', async () => {
  const dataDir = await temporaryDirectory()
  const started: string[] = []
  const starting = ({ argv: [program] }: { readonly argv: readonly [string, ...string[]] }) => {
    started.push(program)
    if (program === 'bash') throw new ExecStartError('Bash was not found.')
  }
  const on = (server = await TestServer.start({ dataDir, engine: new HookedEngine(dataDir, { starting }) }))
  const id = await on.session()
  for (const filler of ['', '#'.repeat(200_000)]) {
    const { json } = await on.command(id, { command: `echo "$0"; cat\n${filler}`, stdin: 'input' })
    expect(json).toMatchObject({ status: 'completed', stdout: 'sh\ninput' })
  }
  const { status, json } = await on.code(id, { language: 'bash', code: 'true' })
  expect([status, json['error']]).toEqual([400, 'INVALID_PARAMETER'])
  expect(started).toEqual(['bash', 'sh', 'bash', 'sh', 'bash'])
})
