import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { markedSleep, processesWith } from 'sandbox-sessions-testkit/processes'
import { TestServer } from 'sandbox-sessions-testkit/test-server'

describe.each(['process', 'bubblewrap'] as const)('commands and code on %s', (engine) => {
  let server: TestServer
  let id: string
  beforeAll(async () => {
    server = await TestServer.start({ engine, limits: { maxOutputBytes: 100_000 } })
    id = await server.session()
  })
  afterAll(() => server.close())

  test('tells outputs and exit codes apart', async () => {
    const ok = await server.command(id, { command: 'echo out; echo err >&2; echo ${BASH_VERSION:+bash}' })
    const whole = { status: 'completed', exitCode: 0, stdout: 'out\nbash\n', stderr: 'err\n', truncated: false }
    const { durationMs, ...rest } = ok.json
    expect(rest).toEqual(whole)
    expect(Number.isInteger(durationMs)).toBe(true)
    const failed = await server.command(id, { command: 'exit 7' })
    expect(failed.json).toMatchObject({ status: 'failed', exitCode: 7 })
  })

  test('takes env, cwd and stdin', async () => {
    const settings = { env: { GREETING: 'grüß' }, cwd: 'sub', stdin: 'a\nb' }
    await server.command(id, { command: 'mkdir -p sub' })
    const command = 'echo $GREETING; basename $PWD; cat'
    expect((await server.command(id, { command, ...settings })).json['stdout']).toBe('grüß\nsub\na\nb')
    const python = 'import os, sys; print(os.environ["GREETING"], os.path.basename(os.getcwd()), sys.stdin.read())'
    expect((await server.code(id, { code: python, ...settings })).json['stdout']).toBe('grüß sub a\nb\n')
    const js = `console.log(process.env.GREETING, require('path').basename(process.cwd()), require('fs').readFileSync(0, 'utf8'))`
    const ran = await server.code(id, { code: js, language: 'javascript', ...settings })
    expect(ran.json['stdout']).toBe('grüß sub a\nb\n')
    expect((await server.code(id, { code: command, language: 'bash', ...settings })).json['stdout']).toBe(
      'grüß\nsub\na\nb',
    )
  })

  test('an empty command and empty code do nothing, successfully: version 1.0.0 does not forbid them', async () => {
    expect((await server.command(id, { command: '' })).json).toMatchObject({
      status: 'completed',
      exitCode: 0,
      stdout: '',
    })
    expect((await server.code(id, { code: '' })).json).toMatchObject({ status: 'completed', exitCode: 0, stdout: '' })
  })

  test.each([
    ['command', {}],
    ['command', { command: 'a\0b' }],
    ['timeout', { command: 'true', timeout: 0 }],
    ['timeout', { command: 'true', timeout: 301 }],
    ['timeout', { command: 'true', timeout: '5' }],
    ['env.A', { command: 'true', env: { A: 1 } }],
    ['env.A', { command: 'true', env: { A: 'x\0' } }],
    ['env.A', { command: 'true', env: { A: 'x'.repeat(200_000) } }],
    ['env', { command: 'true', env: { 'A=B': '' } }],
    ['env', { command: 'true', env: { '': '' } }],
    [
      'env',
      {
        command: 'true',
        env: Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`V${n}`, 'x'.repeat(100_000)])),
      },
    ],
    ['cwd', { command: 'true', cwd: '' }],
    ['cwd', { command: 'true', cwd: 'a\0' }],
  ])('refuses a bad %s', async (parameter, json) => {
    const { status, json: error } = await server.command(id, json)
    expect(status).toBe(400)
    expect(error).toMatchObject({ error: 'INVALID_PARAMETER', details: { parameter } })
  })

  test.each(['nowhere', '..', '/etc', 'sub/../../..'])('refuses the working directory %s', async (cwd) => {
    const { status, json } = await server.command(id, { command: 'true', cwd })
    expect([status, json['error']]).toEqual([400, 'INVALID_PARAMETER'])
    expect(json['message']).toMatch(/^The .+(Use|make|choose) .+\.$/)
  })

  test('refuses JSON that is no UTF-8, rather than run something else', async () => {
    const body = Buffer.from('{"command": "echo \xff"}', 'latin1')
    const headers = { 'content-type': 'application/json' }
    const { status, json } = await server.call('POST', `/sessions/${id}/commands`, { body, headers })
    expect([status, json['error']]).toEqual([400, 'INVALID_PARAMETER'])
    expect(json['message']).toContain('not UTF-8')
  })

  test('ends what outlives its timeout, with what it started', async () => {
    const sleep = markedSleep()
    const { status, json } = await server.command(id, {
      command: `echo before; setsid sleep ${sleep} & sleep ${sleep}`,
      timeout: 5,
    })
    expect(status).toBe(200)
    expect(json).toMatchObject({ status: 'timeout', exitCode: null, stdout: 'before\n' })
    await eventually(() => processesWith(sleep).length === 0, 'the processes ended')
    const python = await server.code(id, { code: 'print("so far")\nwhile True: pass', timeout: 5 })
    expect(python.json).toMatchObject({ status: 'timeout', exitCode: null, stdout: 'so far\n' })
  })

  test('keeps so much output, says so, and lets the command end', async () => {
    const { json } = await server.command(id, { command: 'head -c 3000000 /dev/zero | tr "\\0" "x"; echo done >&2' })
    expect(json).toMatchObject({ status: 'completed', truncated: true, stderr: 'done\n' })
    expect(String(json['stdout'])).toBe('x'.repeat(100_000))
    // The cap falls between the two bytes of the last letter.
    const cut = await server.code(id, { code: 'import sys; sys.stdout.write("x" + "ü" * 60000)' })
    expect(String(cut.json['stdout'])).toBe('x' + 'ü'.repeat(49_999))
  })

  test('decodes UTF-8 across chunks, and puts U+FFFD for what is none', async () => {
    const split = String.raw`printf '\xf0\x9f'; sleep 0.05; printf '\x98\x80'; printf '\xff'; printf '\xef\xbb\xbf'`
    expect((await server.command(id, { command: split })).json['stdout']).toBe('😀\uFFFD\uFEFF')
  })

  test('runs 1 MB of code or command, with stdin after it, and leaves no file', async () => {
    const filler = 'ü'.repeat(524_288)
    const python = `import sys, hashlib\ntext = "${filler}"\nprint(len(text), sys.stdin.read())`
    const javascript = `const text = "${filler}"\nconsole.log(text.length, require('fs').readFileSync(0, 'utf8'))`
    const module = `import fs from 'node:fs'\nconst text = "${filler}"\nconsole.log(await text.length, fs.readFileSync(0, 'utf8'))`
    const bash = `text="${filler}"\necho \${#text} "$(cat)"`
    for (const [language, code] of Object.entries({ python, javascript })) {
      const { json } = await server.code(id, { language, code, stdin: 'rest' })
      expect(json).toMatchObject({ status: 'completed', stdout: '524288 rest\n' })
    }
    const esm = await server.code(id, { language: 'javascript', code: module, stdin: 'rest' })
    expect(esm.json).toMatchObject({ stdout: '524288 rest\n', stderr: '' })
    const env = { LC_ALL: 'C.UTF-8' }
    const shell = await server.code(id, { language: 'bash', code: bash, stdin: 'rest', env })
    expect(shell.json).toMatchObject({ stdout: '524288 rest\n', stderr: '' })
    const command = await server.command(id, { command: bash, stdin: 'rest', env })
    expect(command.json).toMatchObject({ stdout: '524288 rest\n', stderr: '' })
    const { json } = await server.call('GET', `/sessions/${id}/files/list?recursive=true`)
    expect(json['files']).toEqual([expect.objectContaining({ path: 'sub' })])
    expect((await server.command(id, { command: 'ls -A /tmp | grep -c code' })).json['stdout']).toBe('0\n')
  })

  test('shows tracebacks with lines, and nothing of the loader', async () => {
    const python = await server.code(id, { code: 'def f():\n    raise ValueError("boom")\n\nf()\n' })
    expect(python.json['stderr']).toBe(
      'Traceback (most recent call last):\n  File "main.py", line 4, in <module>\n    f()\n' +
        '  File "main.py", line 2, in f\n    raise ValueError("boom")\nValueError: boom\n',
    )
    expect(python.json).toMatchObject({ status: 'failed', exitCode: 1 })
    const syntax = await server.code(id, { code: 'print("no)' })
    expect(syntax.json['stderr']).toMatch(/File "main.py", line 1[\s\S]*SyntaxError/)
    expect(syntax.json['stderr']).not.toContain('_load')
    const js = await server.code(id, { language: 'javascript', code: '\n\nthrow new Error("boom")' })
    expect(js.json['stderr']).toContain('[eval]:3')
    const bash = await server.code(id, { language: 'bash', code: '\n\nno_such_command' })
    expect(bash.json['stderr']).toBe('bash: line 3: no_such_command: command not found\n')
  })

  test('finds the modules that were uploaded', async () => {
    const other = await server.session()
    await server.upload(other, 'path=helper.py', 'answer = 42')
    await server.upload(other, 'path=helper.cjs', 'module.exports = 42')
    await server.upload(other, 'path=helper.mjs', 'export default 42')
    const run = async (language: string, code: string) => (await server.code(other, { language, code })).json['stdout']
    expect(await run('python', 'import helper; print(helper.answer, __name__)')).toBe('42 __main__\n')
    expect(await run('javascript', 'console.log(require("./helper.cjs"))')).toBe('42\n')
    expect(await run('javascript', 'import answer from "./helper.mjs"; console.log(await answer)')).toBe('42\n')
    expect(await run('javascript', '-1; import("./helper.mjs").then((m) => console.log(m.default))')).toBe('42\n')
    const padding = `//${'x'.repeat(200_000)}\n`
    expect(await run('javascript', `${padding}console.log(require("./helper.cjs"))`)).toBe('42\n')
    expect(await run('javascript', `${padding}import("./helper.mjs").then((m) => console.log(m.default))`)).toBe('42\n')
    expect(await run('javascript', `${padding}import a from "./helper.mjs"; console.log(await a)`)).toBe('42\n')
    await server.call('DELETE', `/sessions/${other}`)
  })

  test('[C2] runs JavaScript with require, import and a top-level await together, short or long', async () => {
    const mixed = `const fs = require('node:fs')\nimport { basename } from 'node:path'
fs.writeFileSync('mixed', await Promise.resolve('text'))
console.log(fs.readFileSync('mixed', 'utf8'), basename(process.cwd()) === basename(require('node:path').resolve(__dirname)))`
    for (const code of [mixed, `${mixed}\n//${'x'.repeat(200_000)}`]) {
      const { json } = await server.code(id, { language: 'javascript', code })
      expect(json).toMatchObject({ status: 'completed', exitCode: 0, stdout: 'text true\n', stderr: '' })
    }
    await server.command(id, { command: 'rm mixed' })
  })

  test('kills the command of a caller that goes away', async () => {
    const sleep = markedSleep()
    const controller = new AbortController()
    const call = server.command(
      id,
      { command: `setsid sleep ${sleep} & sleep ${sleep}` },
      { signal: controller.signal },
    )
    const failed = expect(call).rejects.toThrow()
    await eventually(() => processesWith(sleep).length > 1, 'the command runs')
    controller.abort()
    await failed
    await eventually(() => processesWith(sleep).length === 0, 'the command ended')
    expect((await server.command(id, { command: 'echo alive' })).json['stdout']).toBe('alive\n')
  })

  test('answers 404 to the command of a session that is deleted under it', async () => {
    const other = await server.session()
    const sleep = markedSleep()
    const call = server.command(other, { command: `sleep ${sleep}` })
    await eventually(() => processesWith(sleep).length > 0, 'the command runs')
    expect((await server.call('DELETE', `/sessions/${other}`)).status).toBe(200)
    const { status, json } = await call
    expect([status, json['error']]).toEqual([404, 'SESSION_NOT_FOUND'])
    expect(processesWith(sleep)).toEqual([])
  })

  test('runs many at a time without mixing them up', async () => {
    const inputs = Array.from({ length: 12 }, (_, index) => createHash('md5').update(String(index)).digest('hex'))
    const answers = await Promise.all(inputs.map((stdin) => server.command(id, { command: 'cat', stdin })))
    expect(answers.map(({ json }) => json['stdout'])).toEqual(inputs)
  })
})
