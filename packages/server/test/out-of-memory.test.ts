import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TestServer } from 'sandbox-sessions-testkit/test-server'
import { limitsMissing } from './engines/limits/support.js'
import { EventReader } from './support/event-stream.js'

const missing = await limitsMissing()
const because = missing === undefined ? '' : ` (${missing})`
const mib = 1024 ** 2
const note = 'The sandbox ran out of memory (limit 192 MiB), and a program in it was killed.\n'
const hog = 'x = []\nwhile True: x.append(bytearray(1 << 20))'

describe.skipIf(missing !== undefined)(`a command that takes all memory${because}`, () => {
  let server: TestServer
  let id: string
  beforeAll(async () => {
    server = await TestServer.start({ engine: 'bubblewrap', limits: { maxMemoryBytes: 192 * mib } })
    id = await server.session()
  })
  afterAll(async () => {
    await server.close()
  })

  test('ends with a sentence that says so, below what it wrote itself', async () => {
    const code = `import sys\nsys.stderr.write("mine")\nsys.stderr.flush()\n${hog}`
    const { status, json } = await server.code(id, { code })
    expect(status).toBe(200)
    expect(json).toMatchObject({ status: 'failed', exitCode: 137, stderr: `mine\n${note}` })
    const next = await server.command(id, { command: 'echo on' })
    expect(next.json).toMatchObject({ status: 'completed', stdout: 'on\n', stderr: '' })
  })

  test('says it as the last piece of a stream of events', async () => {
    const reader = await EventReader.open(server.server, `/sessions/${id}/code`, { code: hog })
    const { stderr, ends } = await reader.collect()
    expect(stderr).toBe(`\n${note}`)
    expect(ends).toMatchObject([{ event: 'exit', data: { status: 'failed', exitCode: 137 } }])
  })

  test('says nothing when it was no more than a program that a successful command could do without', async () => {
    const command = `python3 -c '${hog}'; echo done`
    expect((await server.command(id, { command })).json).toMatchObject({ exitCode: 0, stdout: 'done\n' })
    expect((await server.command(id, { command })).json['stderr']).not.toContain(note)
  })

  test('adds nothing to bytes', async () => {
    const { json } = await server.code(id, { code: hog, encoding: 'base64' })
    expect(json).toMatchObject({ exitCode: 137, stderr: '', encoding: 'base64' })
  })
})
