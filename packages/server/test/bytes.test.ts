/** Input and output exact to the byte, for whoever asks for it; text, as ever, for whoever does not. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EventReader } from './support/event-stream.js'
import { TestServer } from 'sandbox-sessions-testkit/test-server'

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
const maxOutputBytes = 1_000
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
const decoded = (text: unknown) => Buffer.from(String(text), 'base64')

describe.each(['process', 'bubblewrap'] as const)('bytes on %s', (engine) => {
  let server: TestServer
  let id: string
  beforeAll(async () => {
    server = await TestServer.start({ engine, limits: { maxOutputBytes, maxBodyBytes: 100_000 } })
    id = await server.session()
  })
  afterAll(() => server.close())

  const open = (body: object, route = 'commands') => EventReader.open(server.server, `/sessions/${id}/${route}`, body)
  const raw = async (body: object, headers: Record<string, string> = {}) =>
    (await server.command(id, body, { headers })).text

  test('[A5] a result in base64 is what the command wrote, and base64 on stdin what it reads', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), async (first, second) => {
        const stdin = base64(Buffer.concat([first, second]))
        const command = `head -c ${first.length}; cat >&2`
        const { json } = await server.command(id, { command, stdin, stdinEncoding: 'base64', encoding: 'base64' })
        expect(json).toMatchObject({ status: 'completed', encoding: 'base64' })
        expect([json['stdout'], json['stderr']]).toEqual([base64(first), base64(second)])
      }),
      { numRuns: 20, examples: [[everyByte, new Uint8Array()]] },
    )
  })

  test('[A5] code likewise, and each way by itself', async () => {
    const code = 'import sys; sys.stdout.buffer.write(sys.stdin.buffer.read()[::-1])'
    const reversed = base64(Buffer.from(everyByte).reverse())
    const both = await server.code(id, { code, stdin: base64(everyByte), stdinEncoding: 'base64', encoding: 'base64' })
    expect(both.json).toMatchObject({ encoding: 'base64', stdout: reversed })
    const out = await server.code(id, { code, stdin: 'ab', encoding: 'base64' })
    expect(out.json).toMatchObject({ encoding: 'base64', stdout: base64(Buffer.from('ba')) })
    const into = await server.code(id, { code, stdin: base64(Buffer.from('ab')), stdinEncoding: 'base64' })
    expect(into.json).toMatchObject({ stdout: 'ba' })
    expect(into.json).not.toHaveProperty('encoding')
  })

  test('[A5] events carry pieces that each stand for themselves, past the cap of a result', async () => {
    const stdin = base64(everyByte)
    const command = 'read -r -d "" -n 1; cat > all; for i in $(seq 700); do cat all; done; head -c 1 all >&2; exit 3'
    const reader = await open({ command, stdin, stdinEncoding: 'base64', encoding: 'base64' })
    const { pieces, ends } = await reader.collect()
    expect(pieces.every(({ data }) => data['encoding'] === 'base64')).toBe(true)
    const of = (output: string) =>
      Buffer.concat(pieces.filter(({ event }) => event === output).map(({ data }) => decoded(data['data'])))
    const expected = Buffer.concat(Array.from({ length: 700 }, () => everyByte.subarray(1)))
    expect(of('stdout').equals(expected)).toBe(true)
    expect(of('stderr')).toEqual(Buffer.from([1]))
    expect(Math.max(...pieces.map(({ data }) => decoded(data['data']).length))).toBeLessThanOrEqual(65_536)
    expect(ends).toMatchObject([{ event: 'exit', data: { exitCode: 3, stdout: '', stderr: '', encoding: 'base64' } }])
  })

  test('[A5] a piece that ends within a character is passed on as it is', async () => {
    const command = String.raw`printf '\xe2'; until [ -e on ]; do sleep 0.02; done; printf '\x82\xac'`
    const reader = await open({ command, encoding: 'base64' })
    expect(await reader.next()).toEqual({ event: 'stdout', data: { data: '4g==', encoding: 'base64' } })
    await server.upload(id, 'path=on', '')
    expect(await reader.next()).toEqual({ event: 'stdout', data: { data: 'gqw=', encoding: 'base64' } })
    reader.close()
  })

  test('[A5] the cap counts bytes', async () => {
    const command = 'head -c 2000 /dev/zero; head -c 1000 /dev/zero >&2'
    const { json } = await server.command(id, { command, encoding: 'base64' })
    expect(json).toMatchObject({ truncated: true, encoding: 'base64', status: 'completed' })
    expect([decoded(json['stdout']).length, decoded(json['stderr']).length]).toEqual([maxOutputBytes, maxOutputBytes])
  })

  test('[A5] output of very many small writes is kept whole', async () => {
    const code = 'import os\nfor n in range(1500): os.write(1, bytes([n % 256]))'
    const { json } = await server.code(id, { code, encoding: 'base64' })
    const expected = Buffer.from(Array.from({ length: maxOutputBytes }, (_, n) => n % 256))
    expect([json['truncated'], decoded(json['stdout']).equals(expected)]).toEqual([true, true])
  })

  test.each([
    ['a character of another alphabet', 'ab-_'],
    ['no padding', 'YQ'],
    ['too much padding', 'YWI=='],
    ['padding within', 'YQ==YQ=='],
    ['a line break', 'YWJj\nYWJj'],
    ['a space at the end', 'YWJj '],
    ['bits that nothing stands for', 'YR=='],
    ['text', 'no base64 at all'],
    ['a NUL', 'YWJ\0'],
  ])('[A5] stdin with %s is no base64, and refused', async (_, stdin) => {
    for (const route of ['commands', 'code']) {
      const json = { command: 'cat', code: '1', stdin, stdinEncoding: 'base64' }
      const answer = await server.call('POST', `/sessions/${id}/${route}`, { json })
      expect([answer.status, answer.json['error']]).toEqual([400, 'INVALID_PARAMETER'])
      expect(answer.json['details']).toMatchObject({ parameter: 'stdin' })
      expect(answer.json['message']).toMatch(/^stdin must be base64 .*padding.*\.$/)
    }
  })

  test.each(['encoding', 'stdinEncoding'])('[A5] an unknown %s is refused', async (parameter) => {
    for (const value of ['hex', 'BASE64', '', null, 1]) {
      const { status, json } = await server.command(id, { command: 'true', [parameter]: value })
      expect([status, json['error'], json['details']]).toMatchObject([400, 'INVALID_PARAMETER', { parameter }])
    }
  })

  test('[A5] who does not ask for bytes gets what a server of 1.1.0 answers, to the letter', async () => {
    const command = String.raw`printf 'a\xffb'; exit 3`
    const result =
      /^\{"status":"failed","exitCode":3,"stdout":"a\uFFFDb","stderr":"","truncated":false,"durationMs":\d+\}$/
    const stream = new RegExp(
      String.raw`^(: keep-alive\n\n)*event: stdout\ndata: \{"data":"a\uFFFDb"\}\n\n` +
        String.raw`event: exit\ndata: \{"status":"failed","exitCode":3,"durationMs":\d+,"stdout":"","stderr":"","truncated":false\}\n\n$`,
    )
    for (const asked of [{}, { encoding: 'utf-8', stdinEncoding: 'utf-8' }]) {
      expect(await raw({ command, ...asked })).toMatch(result)
      expect(await raw({ command, ...asked }, { accept: 'text/event-stream' })).toMatch(stream)
    }
    expect(await raw({ command: 'cat', stdin: 'YQ==' })).toContain('"stdout":"YQ=="')
  })

  test('[A6] text that a cap cuts ends with a whole character, of whatever length', async () => {
    for (const [character, width] of [
      ['é', 2],
      ['€', 3],
      ['😀', 4],
    ] as const) {
      for (let before = 0; before < width; before += 1) {
        const code = `import sys; sys.stdout.write("x" * ${before} + "${character}" * ${maxOutputBytes})`
        const { json } = await server.code(id, { code })
        const fits = Math.floor((maxOutputBytes - before) / width)
        expect([json['stdout'], json['truncated']]).toEqual(['x'.repeat(before) + character.repeat(fits), true])
      }
    }
  })

  test('[C2] a body that is too large is refused with the limit in bytes', async () => {
    for (const stdin of ['y\n'.repeat(50_000), 'y'.repeat(3_000_000)]) {
      const { status, json } = await server.command(id, { command: 'cat', stdin })
      expect([status, json['error'], json['details']]).toEqual([413, 'FILE_TOO_LARGE', { limit: 100_000 }])
      expect(json['message']).toContain('100000 bytes')
    }
  })
})
