import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type CodeLanguage, ConflictError, SandboxValidationError, type Session } from '../../src/index.js'
import { connect } from '../support/client.js'

describe('commands and code', () => {
  const client = connect()
  let session: Session

  beforeAll(async () => {
    session = await client.createSession()
  })

  afterAll(async () => {
    await session.delete()
    client.close()
  })

  test.each<[CodeLanguage, string]>([
    ['python', 'import sys; print(6 * 7); print("warn", file=sys.stderr)'],
    ['javascript', 'console.log(6 * 7); console.error("warn")'],
    ['bash', 'echo $((6 * 7)); echo warn >&2'],
  ])('runs %s', async (language, code) => {
    const result = await session.runCode(code, { language })
    expect(result.durationMs).toBeGreaterThanOrEqual(0)
    expect(result).toMatchObject({
      status: 'completed',
      exitCode: 0,
      stdout: '42\n',
      stderr: 'warn\n',
      truncated: false,
      ok: true,
    })
  })

  test('runs Python when no language is named', async () => {
    expect((await session.runCode('print(type(1).__name__)')).stdout).toBe('int\n')
  })

  test('passes env, cwd and stdin to commands', async () => {
    await session.run('mkdir -p some/where')
    const result = await session.run('echo "$GREETING from $(pwd)"; cat', {
      env: { GREETING: 'grüße "quoted" $HOME' },
      cwd: 'some/where',
      stdin: 'line 1\nline 2',
    })
    expect(result.stdout).toMatch(/^grüße "quoted" \$HOME from .*\/some\/where\nline 1\nline 2$/)
  })

  test.each<[CodeLanguage, string]>([
    ['python', 'import os, sys; print(os.environ["NAME"], os.getcwd().split("/")[-1], sys.stdin.read())'],
    [
      'javascript',
      'const fs = require("fs"); console.log(process.env.NAME, process.cwd().split("/").at(-1), fs.readFileSync(0, "utf8"))',
    ],
    ['bash', 'echo "$NAME ${PWD##*/} $(cat)"'],
  ])('passes env, cwd and stdin to %s', async (language, code) => {
    await session.run('mkdir -p inside')
    const result = await session.runCode(code, { language, env: { NAME: 'value' }, cwd: 'inside', stdin: 'from stdin' })
    expect(result).toMatchObject({ stdout: 'value inside from stdin\n', stderr: '' })
  })

  test.each<[CodeLanguage, string]>([
    ['python', 'import sys; print("before"); sys.exit(3)'],
    ['javascript', 'console.log("before"); process.exit(3)'],
    ['bash', 'echo before; exit 3'],
  ])('a non-zero exit of %s is a result', async (language, code) => {
    const result = await session.runCode(code, { language })
    expect(result).toMatchObject({ status: 'failed', exitCode: 3, stdout: 'before\n', ok: false })
  })

  test('a timeout is a result with the output so far', async () => {
    const result = await session.run('echo before; sleep 100; echo after', { timeout: 5 })
    expect(result).toMatchObject({ status: 'timeout', exitCode: null, stdout: 'before\n', ok: false })
  })

  test('a command that is not there fails with 127', async () => {
    const result = await session.run('no-such-command')
    expect(result).toMatchObject({ status: 'failed', exitCode: 127 })
    expect(result.stderr).toContain('no-such-command')
  })

  test('a background process outlives its command and ends with a later one', async () => {
    const { stdout } = await session.run('sleep 300 >/dev/null 2>&1 & echo $!')
    expect((await session.run(`kill -0 ${stdout.trim()} && echo alive`)).stdout).toBe('alive\n')
    expect((await session.run(`kill ${stdout.trim()}`)).ok).toBe(true)
  })

  test('runs commands side by side', async () => {
    const results = await Promise.all(Array.from({ length: 8 }, (_, index) => session.run(`sleep 0.2; echo ${index}`)))
    expect(results.map((result) => result.stdout)).toEqual(Array.from({ length: 8 }, (_, index) => `${index}\n`))
  })

  test('output that is not UTF-8 comes with replacement characters', async () => {
    expect((await session.run("printf 'a\\377b\\0c'")).stdout).toBe('a\uFFFDb\0c')
  })

  test('[A5] output and stdin as bytes are exact, in results and as they come', async () => {
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte)
    const options = { stdin: all, encoding: 'bytes' } as const
    expect(await session.run('tee /dev/stderr', options)).toMatchObject({ stdout: all, stderr: all, ok: true })
    const code = 'import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())'
    expect((await session.runCode(code, options)).stdout).toEqual(all)
    const pieces: Uint8Array[] = []
    const heard = await session.run('cat; printf "\\342"; sleep 0.1; printf "\\202\\254"', {
      ...options,
      onStdout: (piece) => pieces.push(piece),
    })
    const expected = Uint8Array.from([...all, 0xe2, 0x82, 0xac])
    expect([heard.stdout, Uint8Array.from(Buffer.concat(pieces))]).toEqual([expected, expected])
    const { stdout, result } = session.stream('gzip -c | gzip -dc', options)
    expect(new Uint8Array(await new Response(stdout).arrayBuffer())).toEqual(all)
    expect(await result).toMatchObject({ ok: true })
  })

  test('[A6] the comment that names an encoding has no say about code', async () => {
    const { stdout, stderr } = await session.runCode('# -*- coding: latin-1 -*-\nprint("café")')
    expect([stdout, stderr]).toEqual(['café\n', ''])
  })

  test('nothing runs in a paused session', async () => {
    await session.pause()
    try {
      await expect(session.run('true')).rejects.toMatchObject({ errorCode: 'SESSION_PAUSED', statusCode: 409 })
      await expect(session.runCode('1')).rejects.toBeInstanceOf(ConflictError)
      await expect(session.pause()).rejects.toMatchObject({ errorCode: 'INVALID_STATE' })
    } finally {
      await session.resume()
    }
    await expect(session.resume()).rejects.toMatchObject({ errorCode: 'INVALID_STATE' })
    expect((await session.run('echo again')).stdout).toBe('again\n')
  })

  test.each([
    ['command', () => session.run('')],
    ['code', () => session.runCode('')],
    ['timeout', () => session.run('true', { timeout: 0 })],
    ['timeout', () => session.run('true', { timeout: 301 })],
    ['cwd', () => session.run('true', { cwd: '../out' })],
    ['cwd', () => session.run('true', { cwd: '/etc' })],
  ])('a wrong %s is refused before it is sent', async (parameter, call) => {
    await expect(call()).rejects.toBeInstanceOf(SandboxValidationError)
    await expect(call()).rejects.toMatchObject({ parameter })
  })
})
