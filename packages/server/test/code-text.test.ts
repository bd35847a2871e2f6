/** Code is text, whatever it says about its own encoding. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TestServer } from 'sandbox-sessions-testkit/test-server'

/** More than fits into an argument. */
const longFiller = 'ü'.repeat(60_000)

describe('code is text', () => {
  let server: TestServer
  let id: string
  beforeAll(async () => {
    server = await TestServer.start()
    id = await server.session()
  })
  afterAll(() => server.close())

  test.each(['latin-1', 'cp1252', 'utf-16', 'ascii', 'shift_jis', 'no-such-encoding', 'utf-8'])(
    '[A6] a cookie that says %s has no say',
    async (encoding) => {
      for (const head of [
        `# -*- coding: ${encoding} -*-\n`,
        `#!/usr/bin/python3\n# vim: set fileencoding=${encoding} :\n`,
      ]) {
        for (const code of [
          `${head}print("café €")\n`,
          `${head}text = "${longFiller}"\nprint("café €", len(text) // 60001)\n`,
        ]) {
          const { json } = await server.code(id, { code })
          expect(json).toMatchObject({
            stdout: code.includes('len') ? 'café € 0\n' : 'café €\n',
            stderr: '',
            exitCode: 0,
          })
        }
      }
    },
  )

  test('[A6] tracebacks show the lines of such code, and only line breaks part lines', async () => {
    const code =
      '# -*- coding: latin-1 -*-\r\ntext = "a\u2028b\u0085c"  # \f \x1c\rif text:\r\n    raise ValueError("é")\n'
    const { json } = await server.code(id, { code })
    expect(json['stderr']).toBe(
      'Traceback (most recent call last):\n  File "main.py", line 4, in <module>\n    raise ValueError("é")\nValueError: é\n',
    )
    const syntax = await server.code(id, { code: '# coding: latin-1\n\nprint("é"' })
    expect(syntax.json['stderr']).toMatch(/File "main.py", line 3\n {4}print\("é"\n[\s\S]*SyntaxError/)
  })

  test.each([
    ['python', 'print("ok")', '#'],
    ['javascript', 'console.log("ok")', '//'],
    ['javascript', 'import "node:fs"; console.log("ok")', '//'],
    ['bash', 'echo ok', '#'],
  ])('[A6] a byte order mark before %s is no part of it', async (language, code, comment) => {
    for (const text of [`\uFEFF${code}`, `\uFEFF${code} ${comment} ${longFiller}\n`]) {
      const { json } = await server.code(id, { language, code: text })
      expect(json).toMatchObject({ stdout: 'ok\n', stderr: '', exitCode: 0 })
    }
  })

  test.each([
    ['command', 'commands', { command: 'echo "\uD83D" > written' }],
    ['code', 'code', { code: 'open("written", "w").write("\uDC00")' }],
    ['stdin', 'commands', { command: 'cat > written', stdin: 'a\uD83D' }],
    ['env.A', 'commands', { command: 'echo > written', env: { A: '\uD83Da' } }],
    ['env', 'commands', { command: 'echo > written', env: { '\uDE00': 'a' } }],
    ['cwd', 'commands', { command: 'echo > written', cwd: '\uD83D' }],
  ])(
    '[A6] half of a surrogate pair in %s is refused, rather than that U+FFFD runs in its place',
    async (parameter, route, json) => {
      const answer = await server.call('POST', `/sessions/${id}/${route}`, { json })
      expect([answer.status, answer.json['error']]).toEqual([400, 'INVALID_PARAMETER'])
      expect(answer.json['details']).toMatchObject({ parameter })
      expect(answer.json['message']).toMatch(/surrogate pair.*\.$/)
      expect((await server.download(id, 'written')).status).toBe(404)
    },
  )

  test('[A6] a byte order mark within code, a command or stdin stays', async () => {
    const python = await server.code(id, {
      code: 'import sys; print(ascii("\uFEFF" + sys.stdin.read()))',
      stdin: '\uFEFFa',
    })
    expect(python.json['stdout']).toBe(`'\\ufeff\\ufeffa'\n`)
    const command = await server.command(id, { command: 'printf "\uFEFF"; cat', stdin: '\uFEFF' })
    expect(command.json['stdout']).toBe('\uFEFF\uFEFF')
  })
})
