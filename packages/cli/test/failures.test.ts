/** One line that says what is wrong, an exit code that says what kind of thing, and never a token. */
import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { closedPort, httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { environment, program, sandbox } from './support/sandbox.js'

const id = '00000000-0000-4000-8000-000000000000'

describe('a wrong command line', () => {
  test.each([
    [['--nope'], "unknown option '--nope'"],
    [['exce'], "unknown command 'exce' (Did you mean exec?)"],
    [['exec', id], "missing required argument 'command'"],
    [['ls', 'x'], 'too many arguments'],
    [['exec', id, '--'], "missing required argument 'command'"],
    [
      ['exec', id, '--timeout', '5', '--', 'ls'],
      '--timeout stands where the command begins. Put options before the session.',
    ],
    [['exec', '-l', id, 'ls'], "unknown option '-l'"],
    [['completion', 'csh'], 'Allowed choices are bash, zsh, fish'],
    [['--url', 'nonsense', 'ls'], '--url (SANDBOX_API_URL) must be an absolute http or https address'],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await sandbox(args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
    expect(stderr).toMatch(/^sandbox-sessions: .*\n$/)
    const json = await sandbox(['--json', ...args])
    expect(json.stdout).toBe('')
    expect(JSON.parse(json.stderr)).toMatchObject({ error: { exitCode: 2 } })
    expect(json.stderr).toContain(JSON.stringify(message).slice(1, -1))
  })

  test('shows help when there is no command', async () => {
    const { code, stdout, stderr } = await sandbox([])
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('Usage: sandbox-sessions [options] [command]')
  })
})

test('help and version go to stdout', async () => {
  const help = await sandbox(['--help'])
  expect(help).toMatchObject({ code: 0, stderr: '' })
  for (const text of ['SANDBOX_API_TOKEN', 'other users of this machine can see it', 'Exit codes:']) {
    expect(help.stdout).toContain(text)
  }
  expect((await sandbox(['exec', '--help'])).stdout).toContain(
    'Usage: sandbox-sessions exec [options] <session> <command...>',
  )
  const version = await sandbox(['--version'])
  expect(version).toMatchObject({ code: 0, stderr: '' })
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
})

test('[C4] help and scripts know the command by its name alone', async () => {
  const shown = [
    ['--help'],
    ['exec', '--help'],
    ['completion', '--help'],
    ['completion', 'bash'],
    ['completion', 'zsh'],
    ['completion', 'fish'],
  ]
  for (const args of shown) {
    const { stdout } = await sandbox(args)
    expect(stdout).toContain('sandbox-sessions')
    expect(stdout).not.toMatch(/(?<![\w-])sandbox (?!sessions)|sandbox$/m)
  }
})

describe('the service', () => {
  test('is not there', async () => {
    const url = `http://127.0.0.1:${await closedPort()}/v1`
    const { code, stdout, stderr } = await sandbox(['--url', url, 'health'])
    expect([code, stdout]).toEqual([69, ''])
    expect(stderr).toMatch(/^sandbox-sessions: No response came.*\(request id \S+\)\n$/)
  })

  test('is not named', async () => {
    const { code, stderr } = await sandbox(['ls'], { env: { SANDBOX_API_URL: undefined } })
    expect([code, stderr]).toEqual([2, expect.stringContaining('set SANDBOX_API_URL')])
  })

  test('knows no such token, which is never shown', async () => {
    const env = { SANDBOX_DEBUG: '1', SANDBOX_API_TOKEN: undefined }
    for (const json of [[], ['--json']]) {
      const { code, stdout, stderr } = await sandbox(['--token', 'a-secret-token', ...json, 'ls'], { env })
      expect([code, stdout]).toEqual([4, ''])
      expect(stderr).not.toContain('a-secret-token')
    }
  })

  test('[C4] gets no token, and the message names what to pass here', async () => {
    const { code, stderr } = await sandbox(['ls'], {
      env: { SANDBOX_API_TOKEN: undefined, SANDBOX_API_KEY: undefined },
    })
    expect([code, stderr]).toEqual([4, expect.stringContaining('pass --token, or set SANDBOX_API_TOKEN')])
    const odd = await sandbox(['--token', 'a b', 'ls'])
    expect(odd.stderr).toMatch(/^sandbox-sessions: --token \(SANDBOX_API_TOKEN\) must be a non-empty string/)
  })

  test('answers what a terminal would obey, or has no room', async () => {
    await using server = await httpFixture((request, response) => {
      if (request.url === '/v1/health') respond(response, 400, { error: 'X', message: 'a\u001b[2J\nb' })
      else respond(response, 503, { error: 'X', message: 'full' }, { 'retry-after': '3600' })
    })
    const env = { SANDBOX_API_URL: server.url }
    const strange = await sandbox(['health'], { env })
    expect([strange.code, strange.stderr]).toEqual([
      1,
      expect.stringContaining(String.raw`sandbox-sessions: a\u001b[2J b (request id`),
    ])
    expect((await sandbox(['ls'], { env })).code).toBe(69)
  })
})

test('SANDBOX_DEBUG adds the stack', async () => {
  expect((await sandbox(['exec', id, '--', 'true'])).stderr).not.toContain('    at ')
  expect((await sandbox(['exec', id, '--', 'true'], { env: { SANDBOX_DEBUG: '1' } })).stderr).toContain('    at ')
})

describe('output', () => {
  const shell = (script: string) =>
    spawnSync('bash', ['-o', 'pipefail', '-c', script, 'bash', process.execPath, program], {
      env: environment(),
      encoding: 'utf8',
    })

  test('into a pipe that is closed ends quietly', () => {
    const { status, stdout, stderr } = shell('"$1" "$2" --help | true')
    expect([status === 0 || status === 141, stdout, stderr]).toEqual([true, '', ''])
  })

  test('that can not be written is a failure', () => {
    const { status, stderr } = shell('"$1" "$2" completion bash > /dev/full')
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^sandbox-sessions: ENOSPC.*\n$/)])
  })
})
