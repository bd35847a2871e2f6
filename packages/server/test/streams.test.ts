import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { type Collected, EventReader } from './support/event-stream.js'
import { TestServer } from 'sandbox-sessions-testkit/test-server'

/** A shell's way to wait for a file, so that nothing here depends on time. */
const waitFor = (file: string) => `while [ ! -e ${file} ]; do sleep 0.02; done`

const aString: unknown = expect.any(String)
const aNumber: unknown = expect.any(Number)
const completed = { status: 'completed', exitCode: 0, stdout: '', stderr: '', truncated: false }

describe.each(['process', 'bubblewrap'] as const)('event streams on %s', (engine) => {
  let server: TestServer
  let id: string
  beforeAll(async () => {
    server = await TestServer.start({ engine, limits: { maxOutputBytes: 1_000, keepAliveMs: 50 } })
    id = await server.session()
  })
  afterAll(() => server.close())

  const open = (body: object, route = 'commands') => EventReader.open(server.server, `/sessions/${id}/${route}`, body)
  const collect = async (command: string, more: object = {}): Promise<Collected> =>
    (await open({ command, ...more })).collect()

  test('the head comes before any output, and output before the end', async () => {
    const reader = await open({ command: `${waitFor('go1')}; echo first; ${waitFor('go2')}; echo second; exit 3` })
    expect(reader.response.statusCode).toBe(200)
    expect(reader.response.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
      'x-request-id': aString,
    })
    await server.upload(id, 'path=go1', '')
    expect(await reader.next()).toEqual({ event: 'stdout', data: { data: 'first\n' } })
    await server.upload(id, 'path=go2', '')
    const { stdout, ends } = await reader.collect()
    expect(stdout).toBe('second\n')
    expect(ends).toEqual([
      { event: 'exit', data: { ...completed, status: 'failed', exitCode: 3, durationMs: aNumber } },
    ])
  })

  test('runs code as well, with what a command takes', async () => {
    const reader = await open({ code: 'import sys; print(sys.stdin.read())', stdin: 'grüß' }, 'code')
    const { stdout, ends } = await reader.collect()
    expect(stdout).toBe('grüß\n')
    expect(ends).toMatchObject([{ event: 'exit', data: completed }])
  })

  test.each([
    ['application/json', 'application/json'],
    ['*/*', 'application/json'],
    ['image/png', 'application/json'],
    ['text/*', 'text/event-stream'],
    ['application/json;q=0.5, text/event-stream', 'text/event-stream'],
    ['text/event-stream;q=0.5, application/json', 'application/json'],
  ])('answers who accepts %s with %s', async (accept, type) => {
    const { status, headers } = await server.command(id, { command: 'true' }, { headers: { accept } })
    expect([status, headers.get('content-type')?.split(';')[0]]).toEqual([200, type])
  })

  test.each([
    [400, 'INVALID_PARAMETER', {}],
    [400, 'INVALID_PARAMETER', { command: 'true', timeout: 0 }],
    [400, 'INVALID_PARAMETER', { command: 'true', cwd: 'nowhere' }],
    [400, 'INVALID_PARAMETER', { command: 'true', env: { A: '\0' } }],
  ])('what cannot run is answered with %i %s: %j', async (status, code, body) => {
    const answer = await server.command(id, body, { headers: { accept: 'text/event-stream' } })
    expect([answer.status, answer.json['error']]).toEqual([status, code])
    expect(answer.headers.get('content-type')).toContain('application/json')
  })

  test('so are a session that is unknown or paused, and a caller without credentials', async () => {
    const headers = { accept: 'text/event-stream' }
    const nobody = await server.command(id, { command: 'true' }, { headers, token: '' })
    expect([nobody.status, nobody.json['error']]).toEqual([401, 'UNAUTHORIZED'])
    const unknown = await server.command('00000000-0000-0000-0000-000000000000', { command: 'true' }, { headers })
    expect([unknown.status, unknown.json['error']]).toEqual([404, 'SESSION_NOT_FOUND'])
    const paused = await server.session()
    await server.call('POST', `/sessions/${paused}/pause`)
    const refused = await server.command(paused, { command: 'true' }, { headers })
    expect([refused.status, refused.json['error']]).toEqual([409, 'SESSION_PAUSED'])
    await server.call('DELETE', `/sessions/${paused}`)
  })

  test('a timeout ends it as an exit, also of a command that ignores SIGTERM', async () => {
    const { stdout, ends } = await collect(`trap '' TERM; echo on; ${waitFor('never')}`, { timeout: 5 })
    expect(stdout).toBe('on\n')
    expect(ends).toMatchObject([{ event: 'exit', data: { status: 'timeout', exitCode: null } }])
  })

  test('is not cut where a JSON answer is', async () => {
    const { stdout, ends } = await collect('head -c 5000000 /dev/zero | tr "\\0" x')
    expect(stdout).toBe('x'.repeat(5_000_000))
    expect(ends).toMatchObject([{ data: completed }])
  })

  test('yes | head', async () => {
    const { stdout, stderr, ends } = await collect('yes | head -n 100000')
    expect([stdout === 'y\n'.repeat(100_000), stderr]).toEqual([true, ''])
    expect(ends).toMatchObject([{ data: completed }])
  })

  test('a command that closes its outputs and goes on', async () => {
    const command = 'echo out; exec >&-; echo err >&2; sleep 0.05; echo more >&2; exec 2>&-; sleep 0.05; touch went-on'
    const { stdout, stderr, ends } = await collect(command)
    expect([stdout, stderr]).toEqual(['out\n', 'err\nmore\n'])
    expect(ends).toMatchObject([{ data: completed }])
    expect((await server.download(id, 'went-on')).status).toBe(200)
  })

  test('a command that writes to stderr only, and one that writes nothing', async () => {
    const { pieces, stderr } = await collect('seq 1000 >&2')
    expect(stderr.trimEnd().split('\n')).toHaveLength(1_000)
    expect(pieces.every(({ event }) => event === 'stderr')).toBe(true)
    expect(await collect('true')).toMatchObject({ pieces: [], ends: [{ data: completed }] })
  })

  test('lines of 1 MB come in pieces of at most 64 KiB', async () => {
    const { stdout, pieces } = await collect('for i in a b c; do head -c 1000000 /dev/zero | tr "\\0" $i; echo; done')
    expect(stdout).toBe(['a', 'b', 'c'].map((letter) => `${letter.repeat(1_000_000)}\n`).join(''))
    expect(Math.max(...pieces.map(({ data }) => String(data['data']).length))).toBeLessThanOrEqual(65_536)
  })

  test('NUL bytes, line breaks of every kind, a byte order mark and what looks like an event', async () => {
    const command = String.raw`printf 'a\0b\r\nc\rd\n\nevent: exit\ndata: {}\n\n\xef\xbb\xbf\xe2\x80\xa8'`
    const { stdout, ends } = await collect(command)
    expect(stdout).toBe('a\0b\r\nc\rd\n\nevent: exit\ndata: {}\n\n\uFEFF\u2028')
    expect(ends).toHaveLength(1)
  })

  test('bytes that are no UTF-8 become U+FFFD', async () => {
    const { stdout } = await collect(String.raw`printf 'a\xff\xc3(\xe2\x82'`)
    expect(stdout).toBe('a\uFFFD\uFFFD(\uFFFD')
  })

  test('a character split across pieces stays whole, for each output by itself', async () => {
    const command = [
      String.raw`printf 'x\xf0\x9f'; sleep 0.05; printf '\xe2\x82' >&2; sleep 0.05`,
      String.raw`printf '\x98\x80'; sleep 0.05; printf '\xac' >&2`,
    ].join('\n')
    const { stdout, stderr, pieces } = await collect(command)
    expect([stdout, stderr]).toEqual(['x😀', '€'])
    expect(pieces.every(({ data }) => data['data'] !== '')).toBe(true)
    // So many that one of them is bound to be split by a full buffer.
    const many = await collect(`python3 -c "print('x' + '€' * 1000000, end='')"`)
    expect(many.stdout).toBe('x' + '€'.repeat(1_000_000))
  })

  test('says that it is alive while nothing comes', async () => {
    const reader = await open({ command: `${waitFor('go3')}; echo on` })
    for (let comments = 0; comments < 3;) if ((await reader.line()) === ': keep-alive') comments += 1
    await server.upload(id, 'path=go3', '')
    expect(await reader.collect()).toMatchObject({ stdout: 'on\n', ends: [{ data: completed }] })
  })

  test('waits for a reader who stops, and loses nothing', async () => {
    const blocks = 60
    // Renamed, not rewritten: a download of a file that shrinks meanwhile breaks off.
    const note = 'echo $i > next; mv next progress'
    const command = `for i in $(seq ${blocks}); do seq $((i * 100000)) $((i * 100000 + 99999)); ${note}; done`
    const reader = await open({ command })
    await eventually(async () => (await server.download(id, 'progress')).status === 200, 'it runs')
    const progress = async () => Number((await server.download(id, 'progress')).text)
    let last = -1
    // Many looks without a change: nobody tells when a process waits.
    for (let same = 0; same < 25;) {
      const now = await progress()
      same = now === last ? same + 1 : 0
      last = now
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    expect(last).toBeLessThan(blocks)
    const { stdout, ends } = await reader.collect()
    const expected = Array.from({ length: blocks * 100_000 }, (_, index) => `${index + 100_000}\n`).join('')
    expect(stdout === expected).toBe(true)
    expect(ends).toMatchObject([{ data: completed }])
  })
})
