/** `exec` is a pipe both ways: what goes in and comes out is exact to the byte, or there is a word about it. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { type Bend, bentServer, withoutEncodings } from './support/bent-server.js'
import { environment, newSession, program, sandbox, temporaryDirectory } from './support/sandbox.js'

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte)
const inBase64 = Buffer.from(everyByte).toString('base64')
const run = promisify(execFile)

/** Ignores what it does not know, as servers before 1.2.0 do. */
const old: Bend = { request: ({ body }) => ({ body: withoutEncodings(body) }) }

interface Piped {
  readonly code: ChildProcess['exitCode']
  readonly stdout: Buffer
  readonly stderr: string
}

/** Runs the command to its end, with its output as the bytes that they are. */
async function piped(args: readonly string[], input: Uint8Array = new Uint8Array(), url?: string): Promise<Piped> {
  const env = environment(url === undefined ? {} : { SANDBOX_API_URL: url })
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] })
  const closed = once(child, 'close')
  child.stdin.on('error', () => undefined).end(input)
  const [stdout, stderr] = await Promise.all([buffer(child.stdout), text(child.stderr)])
  await closed
  return { code: child.exitCode, stdout, stderr }
}

function lines(output: string | Buffer): unknown[] {
  return String(output)
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
}

describe('exec is a pipe', () => {
  test('[A5] for an archive that comes out of a session', async () => {
    const session = await newSession()
    await session.run('mkdir d; head -c 300000 /dev/urandom > d/random; echo "grüße" > d/text', { check: true })
    const { code, stdout, stderr } = await piped(['exec', session.sessionId, '--', 'tar cz d; md5sum d/* >&2; exit 4'])
    expect(code).toBe(4)
    const directory = await temporaryDirectory()
    const archive = path.join(directory, 'x.tgz')
    await writeFile(archive, stdout)
    await run('tar', ['xzf', archive, '-C', directory])
    const sums = await run('md5sum', ['d/random', 'd/text'], { cwd: directory })
    expect(sums.stdout).toBe(stderr)
  })

  test('[A5] for an archive that goes into one', async () => {
    const { sessionId } = await newSession()
    const directory = await temporaryDirectory()
    await mkdir(path.join(directory, 'd'))
    await writeFile(path.join(directory, 'd/all'), everyByte)
    const { stdout: archive } = await run('tar', ['cz', 'd'], { cwd: directory, encoding: 'buffer' })
    const { code, stdout, stderr } = await piped(['exec', '-i', sessionId, '--', 'tar xz; cat d/all'], archive)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout.equals(everyByte)).toBe(true)
  })

  test('[A5] on both outputs, with run as with exec', async () => {
    const { sessionId } = await newSession()
    for (const args of [
      ['exec', '-i', sessionId, '--', 'tee /dev/stderr'],
      ['run', '-i', sessionId, '-l', 'bash', '-c', 'tee /dev/stderr'],
    ]) {
      const { code, stdout, stderr } = await piped(args, everyByte)
      expect([code, stdout.equals(everyByte), stderr]).toEqual([0, true, Buffer.from(everyByte).toString()])
    }
  })

  test('[A5] for megabytes', async () => {
    const { sessionId } = await newSession()
    const input = Buffer.from(Uint8Array.from({ length: 5_000_000 }, (_, index) => (index * index) % 256))
    const { code, stdout } = await piped(['exec', '-i', sessionId, '--', 'cat'], input)
    expect([code, stdout.equals(input)]).toEqual([0, true])
  })
})

describe('--json', () => {
  test('[A5] names the encoding of what is no text, and only of that', async () => {
    const session = await newSession()
    await session.files.upload('all', everyByte)
    const { code, stdout, stderr } = await piped(['exec', '--json', session.sessionId, '--', 'cat all; echo text >&2'])
    expect([code, stderr]).toEqual([0, ''])
    const events = lines(stdout)
    expect(events).toContainEqual({ type: 'stdout', data: inBase64, encoding: 'base64' })
    expect(events).toContainEqual({ type: 'stderr', data: 'text\n' })
    expect(events.at(-1)).toMatchObject({ type: 'exit', exitCode: 0 })
    expect(events.at(-1)).not.toHaveProperty('encoding')
  })

  test('[A5] keeps text text, wherever the bytes are cut, to the last one', async () => {
    const session = await newSession()
    const wait = (file: string) => `echo . >&2; until [ -e ${file} ]; do sleep 0.02; done`
    const command = String.raw`printf '\xf0\x9f'; ${wait('a')}; printf '\x98\x80\xe2'; ${wait('b')}; printf '\x82\xac\xc3'`
    const child = spawn(process.execPath, [program, 'exec', '--json', session.sessionId, '--', command], {
      env: environment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (piece) => (output += String(piece)))
    for (const [count, file] of [
      [1, 'a'],
      [2, 'b'],
    ] as const) {
      while (output.split('"stderr"').length <= count) await once(child.stdout, 'data')
      await session.files.upload(file, '')
    }
    await once(child, 'close')
    const written = lines(output).filter((line) => JSON.stringify(line).includes('"stdout"'))
    expect(written).toEqual([
      { type: 'stdout', data: '😀' },
      { type: 'stdout', data: '€' },
      { type: 'stdout', data: 'ww==', encoding: 'base64' },
    ])
  })
})

describe('with a server of 1.1.0', () => {
  test('[A5] text passes as ever, without a word', async () => {
    const { sessionId } = await newSession()
    const url = await bentServer(old)
    const { code, stdout, stderr } = await piped(
      ['exec', '-i', sessionId, '--', 'cat; exit 3'],
      Buffer.from('grüße 😀\0'),
      url,
    )
    expect([code, String(stdout), stderr]).toEqual([3, 'grüße 😀\0', ''])
  })

  test('[A5] output that lost bytes comes with one warning, and the exit code of the command', async () => {
    const { sessionId } = await newSession()
    const url = await bentServer(old)
    const command = String.raw`printf 'a\377b'; sleep 0.1; printf '\376'; printf '\375' >&2; exit 3`
    const { code, stdout, stderr } = await piped(['exec', '-q', sessionId, '--', command], undefined, url)
    expect([code, String(stdout)]).toEqual([3, 'a\uFFFDb\uFFFD'])
    expect(stderr.replace('\uFFFD', '')).toMatch(/^sandbox-sessions: warning: .*1\.2\.0.*U\+FFFD.*\n$/)
    const json = await piped(['exec', '--json', sessionId, '--', String.raw`printf 'a\377b'`], undefined, url)
    expect(lines(json.stdout)).toMatchObject([{ type: 'stdout', data: 'a\uFFFDb' }, { type: 'exit' }])
    const warning: unknown = expect.stringContaining('1.2.0')
    expect(lines(json.stderr)).toEqual([{ warning: { message: warning } }])
  })

  test('[A5] input that it would damage does not reach it', async () => {
    const session = await newSession()
    const url = await bentServer(old)
    const { code, stdout, stderr } = await piped(['exec', '-i', session.sessionId, '--', 'cat > got'], everyByte, url)
    expect([code, String(stdout)]).toEqual([1, ''])
    expect(stderr).toMatch(/^sandbox-sessions: stdin is not UTF-8.*1\.2\.0/)
    expect(await session.files.exists('got')).toBe(false)
  })
})

test('[A6] code that is not UTF-8 is refused with the same words, from a file as from standard input', async () => {
  const { sessionId } = await newSession()
  const code = Buffer.from('print("caf\xe9")\n', 'latin1')
  const file = path.join(await temporaryDirectory(), 'latin.py')
  await writeFile(file, code)
  const ofFile = await sandbox(['run', sessionId, file])
  expect([ofFile.code, ofFile.stdout]).toEqual([2, ''])
  expect(ofFile.stderr).toMatch(/^sandbox-sessions: The code must be UTF-8.*\.\n$/)
  expect(await sandbox(['run', sessionId, '-'], { input: code })).toEqual(ofFile)
  await writeFile(file, '\uFEFF# -*- coding: latin-1 -*-\nprint("café")\n')
  expect(await sandbox(['run', sessionId, file])).toEqual({ code: 0, stdout: 'café\n', stderr: '' })
  const same = await readFile(file)
  expect(await sandbox(['run', sessionId, '-'], { input: same })).toEqual({ code: 0, stdout: 'café\n', stderr: '' })
})

describe('[C2] input that is too long is refused with the limit in bytes', () => {
  test('by the server', async () => {
    const { sessionId } = await newSession()
    for (const input of ['y\n'.repeat(3_500_000), Buffer.alloc(20_000_000, 'ä')]) {
      const { code, stderr } = await sandbox(['exec', '-i', sessionId, '--', 'wc -c'], { input })
      expect(code).toBe(1)
      expect(stderr).toMatch(/^sandbox-sessions: .*10485760 bytes/)
    }
  })

  test.each([
    ['exec', '-i', 'SESSION', '--', 'cat'],
    ['run', 'SESSION', '-'],
    ['run', 'SESSION', '/dev/zero'],
  ])('by the command itself: %s %s %s', async (...args) => {
    const { sessionId } = await newSession()
    const input = Buffer.alloc(65 * 1024 ** 2)
    const { code, stderr } = await sandbox(
      args.map((each) => each.replace('SESSION', sessionId)),
      { input },
    )
    expect(code).toBe(2)
    expect(stderr).toMatch(/^sandbox-sessions: (Standard input|\/dev\/zero) is longer than 67108864 bytes/)
  })
})
