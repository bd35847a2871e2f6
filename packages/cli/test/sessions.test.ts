/** Sessions from birth to death. */
import { describe, expect, test } from 'vitest'
import { httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { wireSession } from '../../../test/support/wire.js'
import { connect, newSession, sandbox, sandboxJson } from './support/sandbox.js'

const unknownId = '00000000-0000-4000-8000-000000000000'

describe('create', () => {
  test('prints the id and nothing else on stdout', async () => {
    const { code, stdout, stderr } = await sandbox([
      'create',
      '--ttl',
      '600',
      '--metadata',
      'user=alice',
      '--metadata',
      'a=b=c',
    ])
    expect(code).toBe(0)
    expect(stderr).toMatch(/^expires \d{4}-\d\d-\d\d \d\d:\d\d \(9m 5\ds left\)\n$|^expires .* \(10m 0s left\)\n$/)
    const session = await connect().getSession(stdout.trim())
    expect(stdout).toBe(`${session.sessionId}\n`)
    expect(session.metadata).toEqual({ user: 'alice', a: 'b=c' })
    await session.delete()
  })

  test('says with --json what the server said', async () => {
    const created = await sandboxJson('create', '--metadata', 'user=alice')
    expect(created).toMatchObject({ status: 'running', metadata: { user: 'alice' } })
    await connect().deleteSession(String(Reflect.get(Object(created), 'sessionId')))
  })

  test.each([
    [['--ttl', '1'], '--ttl must be an integer from 60 to 28800, got 1'],
    [['--ttl', 'long'], 'It must be a whole number'],
    [['--metadata', 'novalue'], 'It must be name=value'],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await sandbox(['create', ...args])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
  })
})

describe('ls', () => {
  test('shows an aligned table', async () => {
    const session = await newSession({ user: 'alice', escape: '\u001b[31m\n' })
    const { code, stdout } = await sandbox(['ls'])
    expect(code).toBe(0)
    const lines = stdout.split('\n')
    const heading = lines[0] ?? ''
    const line = lines.find((each) => each.startsWith(session.sessionId)) ?? ''
    expect(heading).toMatch(/^SESSION {2,}STATUS {2,}IMAGE {2,}CREATED {2,}EXPIRES {2,}METADATA$/)
    expect(line.slice(heading.indexOf('STATUS'))).toMatch(/^running /)
    expect(line.slice(heading.indexOf('EXPIRES'))).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d \(/)
    // What a terminal would obey is shown instead.
    expect(line.slice(heading.indexOf('METADATA'))).toBe(String.raw`user=alice escape=\u001b[31m\u000a`)
  })

  test('shows ids with --quiet, and everything with --json', async () => {
    const session = await newSession()
    expect((await sandbox(['ls', '-q'])).stdout.split('\n')).toContain(session.sessionId)
    expect(await sandboxJson('ls')).toContainEqual(expect.objectContaining({ sessionId: session.sessionId }))
  })
})

describe('pause, resume, extend', () => {
  test('take several sessions, by id or its beginning', async () => {
    const [one, two] = [await newSession(), await newSession()]
    const ids = [one.sessionId, two.sessionId.slice(0, 13)]
    const paused = await sandbox(['pause', ...ids])
    expect(paused).toEqual({ code: 0, stdout: '', stderr: `paused ${one.sessionId}\npaused ${two.sessionId}\n` })
    expect((await two.refresh()).status).toBe('paused')
    expect(await sandboxJson('resume', ...ids)).toMatchObject([{ status: 'running' }, { status: 'running' }])
    expect((await sandbox(['extend', ...ids])).code).toBe(2)
    const before = Date.now()
    expect((await sandbox(['extend', '--ttl', '7200', ...ids])).code).toBe(0)
    expect((await two.refresh()).expiresAt.getTime()).toBeGreaterThanOrEqual(before + 7_200_000)
  })

  test('go on after a failure, and end with its exit code', async () => {
    const session = await newSession()
    const { code, stdout, stderr } = await sandbox(['pause', '--json', unknownId, session.sessionId])
    expect(code).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject([{ sessionId: session.sessionId, status: 'paused' }])
    expect(JSON.parse(stderr)).toMatchObject({ error: { name: 'SessionNotFoundError', statusCode: 404, exitCode: 3 } })
    expect((await sandbox(['pause', session.sessionId])).code).toBe(5)
  })
})

describe('rm', () => {
  test('deletes', async () => {
    const session = await newSession()
    expect(await sandboxJson('rm', session.sessionId)).toEqual([{ sessionId: session.sessionId, deleted: true }])
    const again = await sandbox(['rm', session.sessionId])
    expect(again.code).toBe(3)
    expect(again.stderr).toMatch(/^sandbox-sessions: No session .*\(request id \S+\)\n$/)
  })

  test('takes no beginnings, and then deletes nothing at all', async () => {
    const [one, two] = [await newSession(), await newSession()]
    expect((await sandbox(['rm', one.sessionId, two.sessionId.slice(0, 8)])).code).toBe(2)
    expect((await one.refresh()).status).toBe('running')
  })
})

describe('the beginning of an id', () => {
  test('must be of one session only', async () => {
    const ids = ['abcd0000-0000-4000-8000-000000000001', 'abcd0000-0000-4000-8000-000000000002']
    const sessions = ids.map((sessionId) => wireSession({ sessionId }))
    await using server = await httpFixture((_request, response) =>
      respond(response, 200, { sessions, total: 2, limit: 100, offset: 0 }),
    )
    const { code, stderr } = await sandbox(['pause', 'ABCD'], { env: { SANDBOX_API_URL: server.url } })
    expect([code, stderr]).toEqual([2, `sandbox-sessions: "ABCD" may be ${ids.join(' or ')}.\n`])
    expect(server.count).toBe(1)
  })

  test('must be there, and long enough', async () => {
    expect((await sandbox(['pause', '00000000-0000'])).code).toBe(3)
    expect((await sandbox(['pause', 'abc'])).code).toBe(2)
    expect((await sandbox(['pause', 'nonsense'])).code).toBe(2)
  })
})

test('health needs no token', async () => {
  const env = { SANDBOX_API_TOKEN: undefined }
  expect(await sandbox(['health'], { env })).toEqual({ code: 0, stdout: 'healthy\n', stderr: '' })
  expect(JSON.parse((await sandbox(['health', '--json'], { env })).stdout)).toMatchObject({ status: 'healthy' })
})
