/** Commands and code: what they write comes as they write it, and the process ends as they did. */
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { processesWith } from 'sandbox-sessions-testkit/processes'
import { type Running, newSession, sandbox, start, temporaryDirectory } from './support/sandbox.js'

/** A number of seconds that no other process sleeps. */
const uniqueSleep = () => `6${Math.random().toString().slice(2, 10)}`

/** The most memory that the process has had so far, in KiB. */
async function peakMemory({ child }: Running): Promise<number> {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(await readFile(`/proc/${String(child.pid)}/status`, 'utf8'))?.[1])
}

describe('exec', () => {
  test('keeps stdout and stderr apart and passes the exit code on', async () => {
    const { sessionId } = await newSession()
    const ended = await sandbox(['exec', sessionId, '--', 'echo out; echo err >&2; exit 7'])
    expect(ended).toEqual({ code: 7, stdout: 'out\n', stderr: 'err\n' })
  })

  test('takes one word as a shell command, several as a program with its arguments', async () => {
    const { sessionId } = await newSession()
    const words = ['a', 'b c', '$HOME', "it's", '', '*', '--json', '-n', '--', '\n', 'a=b']
    const { stdout } = await sandbox(['exec', sessionId, '--', 'printf', '<%s>', ...words])
    expect(stdout).toBe(words.map((word) => `<${word}>`).join(''))
    expect((await sandbox(['exec', sessionId, '--', 'echo $((6 * 7)) | cat'])).stdout).toBe('42\n')
  })

  test('[C4] leaves to the command what follows the session, with or without --', async () => {
    const { sessionId } = await newSession()
    const show = ['printf', '<%s>', '-q', '--json', '--timeout', '5', '-', '--help', '--version', '--url=x']
    const shown = '<-q><--json><--timeout><5><-><--help><--version><--url=x>'
    for (const words of [show, ['--', ...show]]) {
      expect(await sandbox(['exec', sessionId, ...words])).toEqual({ code: 0, stdout: shown, stderr: '' })
      expect(await sandbox(['exec', '--timeout', '50', '-q', sessionId, ...words])).toMatchObject({ stdout: shown })
    }
    expect((await sandbox(['exec', '--', sessionId, 'printf', '%s', '-x'])).stdout).toBe('-x')
    expect((await sandbox(['exec', sessionId, 'echo $((6 * 7))'])).stdout).toBe('42\n')
    const { stdout } = await sandbox(['exec', '--json', sessionId, 'echo', '--json'])
    expect(JSON.parse(stdout.split('\n')[0] ?? '')).toEqual({ type: 'stdout', data: '--json\n' })
  })

  test('[C4] takes an absolute --cwd below the workspace for the relative one that it means', async () => {
    const session = await newSession()
    await session.run('mkdir inner')
    for (const [cwd, name] of [
      ['/workspace/inner', 'inner'],
      ['/workspace//inner/', 'inner'],
    ] as const) {
      const { stdout } = await sandbox(['exec', '--cwd', cwd, session.sessionId, 'echo "${PWD##*/}"'])
      expect(stdout).toBe(`${name}\n`)
    }
    const listed = await sandbox(['exec', '--cwd', '/workspace', session.sessionId, 'ls'])
    expect(listed).toEqual({ code: 0, stdout: 'inner\n', stderr: '' })
    const code = 'import os; print(os.path.basename(os.getcwd()))'
    expect((await sandbox(['run', '--cwd', '/workspace/inner', session.sessionId, '-c', code])).stdout).toBe('inner\n')
    for (const cwd of ['/', '/etc', '/workspaces', '/workspace/../etc']) {
      const refused = await sandbox(['exec', '--cwd', cwd, session.sessionId, 'ls'])
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/relative to/)])
    }
  })

  test('sets variables and the working directory', async () => {
    const session = await newSession()
    await session.run('mkdir inner')
    const command = ['--', 'echo "$A $HIDDEN ${PWD##*/}"']
    const { stdout } = await sandbox(
      ['exec', '--env', 'A=1=2', '-e', 'HIDDEN', '--cwd', 'inner', session.sessionId, ...command],
      { env: { HIDDEN: 'from here' } },
    )
    expect(stdout).toBe('1=2 from here inner\n')
    expect((await sandbox(['exec', '-e', 'NOT_SET_HERE', session.sessionId, ...command])).code).toBe(2)
    expect((await sandbox(['exec', '--cwd', '../..', session.sessionId, ...command])).code).toBe(2)
  })

  test('reads standard input only when it is told to', async () => {
    const { sessionId } = await newSession()
    const input = 'grüße\n'
    expect((await sandbox(['exec', '-i', sessionId, '--', 'cat'], { input })).stdout).toBe(input)
    expect((await sandbox(['exec', sessionId, '--', 'cat'], { input })).stdout).toBe('')
  })

  test('shows output before the command ends', async () => {
    const session = await newSession()
    const running = start([
      'exec',
      session.sessionId,
      '--',
      'echo first; until [ -e go ]; do sleep 0.05; done; echo second',
    ])
    await running.printed('first\n')
    expect(running.child.exitCode).toBeNull()
    await session.files.upload('go', '')
    expect(await running.ended).toEqual({ code: 0, stdout: 'first\nsecond\n', stderr: '' })
  })

  test('writes a JSON line for each event', async () => {
    const { sessionId } = await newSession()
    const { code, stdout, stderr } = await sandbox([
      'exec',
      '--json',
      sessionId,
      '--',
      'echo out; echo err >&2; exit 3',
    ])
    const events: unknown[] = stdout
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line))
    expect([code, stderr]).toEqual([3, ''])
    expect(events).toContainEqual({ type: 'stdout', data: 'out\n' })
    expect(events).toContainEqual({ type: 'stderr', data: 'err\n' })
    expect(events.at(-1)).toMatchObject({ type: 'exit', status: 'failed', exitCode: 3, ok: false })
    expect(events.at(-1)).not.toHaveProperty('stdout')
  })

  test('ends with 124 at the timeout, after the output so far', async () => {
    const { sessionId } = await newSession()
    const { code, stdout, stderr } = await sandbox([
      'exec',
      '-q',
      '--timeout',
      '5',
      sessionId,
      '--',
      'echo begun; sleep 60',
    ])
    expect([code, stdout]).toEqual([124, 'begun\n'])
    expect(stderr).toBe('sandbox-sessions: the command was killed at its timeout of 5 s\n')
  })

  test('holds up the command while nobody reads, and keeps no output in memory', async () => {
    const session = await newSession()
    const megabytes = 100
    const blocks = `for i in $(seq ${megabytes}); do head -c 1000000 /dev/zero | tr '\\0' x; echo $i > written; done`
    const running = start([
      'exec',
      session.sessionId,
      '--',
      `echo ready; ${blocks}; until [ -e go ]; do sleep 0.05; done`,
    ])
    await running.printed('ready\n')
    running.child.stdout.pause()
    const before = await peakMemory(running)
    const written = async () => Number((await session.run('cat written')).stdout)
    // It comes to a halt somewhere before the end: two looks, with some commands between them, see the same.
    await eventually(async () => {
      const seen = await written()
      await session.run('sleep 0.3')
      return seen > 0 && seen === (await written())
    })
    expect(await written()).toBeLessThan(megabytes)
    running.child.stdout.resume()
    await eventually(async () => (await written()) === megabytes)
    expect((await peakMemory(running)) - before).toBeLessThan(64 * 1024)
    await session.files.upload('go', '')
    const { code, stdout } = await running.ended
    expect([code, stdout.length]).toEqual([0, 'ready\n'.length + megabytes * 1_000_000])
  })

  test('loses nothing of much output', async () => {
    const { sessionId } = await newSession()
    const { code, stdout } = await sandbox(['exec', sessionId, '--', 'seq 1 300000'])
    expect(code).toBe(0)
    expect(stdout.length).toBe(1_988_895)
    expect(stdout.endsWith('\n299999\n300000\n')).toBe(true)
  })
})

describe('a command is stopped', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('with its descendants by %s', async (signal, code) => {
    const { sessionId } = await newSession()
    const sleep = uniqueSleep()
    const running = start(['exec', sessionId, '--', `setsid sleep ${sleep} & echo ready; sleep ${sleep}`])
    await running.printed('ready\n')
    running.child.kill(signal)
    expect(await running.ended).toEqual({ code, stdout: 'ready\n', stderr: '' })
    await eventually(() => processesWith(sleep).length === 0)
  })

  test('by a signal while nobody reads the output', async () => {
    const { sessionId } = await newSession()
    const sleep = uniqueSleep()
    const running = start(['exec', sessionId, '--', `echo ready; exec -a yes-${sleep} yes`])
    await running.printed('ready\n')
    running.child.stdout.pause()
    const exited = once(running.child, 'exit')
    running.child.kill('SIGTERM')
    expect(await exited).toEqual([143, null])
    await eventually(() => processesWith(sleep).length === 0)
    running.child.stdout.destroy()
  })

  test.each([
    ['exec', '-i', 'SESSION', '--', 'cat'],
    ['run', 'SESSION', '-'],
    ['put', '-', 'SESSION:piped'],
  ])('before it began, while standard input is open: %s %s', async (...args) => {
    const session = await newSession()
    const running = start(args.map((each) => each.replace('SESSION', session.sessionId)))
    running.child.stdin.on('error', () => undefined)
    // More than fits into a pipe: when all of it is taken, somebody reads.
    await new Promise((resolve) => running.child.stdin.write('#'.repeat(4_000_000), resolve))
    running.child.kill('SIGINT')
    expect(await running.ended).toEqual({ code: 130, stdout: '', stderr: '' })
    expect(await session.files.list().toArray()).toEqual([])
  })

  test('when the reader of the output goes away, without a word', async () => {
    const { sessionId } = await newSession()
    const sleep = uniqueSleep()
    const running = start(['exec', sessionId, '--', `echo ready; exec -a yes-${sleep} yes`])
    await running.printed('ready\n')
    running.child.stdout.destroy()
    expect(await running.ended).toMatchObject({ code: 141, stderr: '' })
    await eventually(() => processesWith(sleep).length === 0)
  })
})

describe('run', () => {
  test('knows the language by the name of the file', async () => {
    const { sessionId } = await newSession()
    const directory = await temporaryDirectory()
    for (const [name, code, printed] of [
      ['a.py', 'print(6 * 7)', '42\n'],
      ['a.js', 'console.log(6 * 7)', '42\n'],
      ['a.sh', 'echo $((6 * 7))', '42\n'],
      ['other', 'print("python")', 'python\n'],
    ] as const) {
      await writeFile(path.join(directory, name), code)
      expect(await sandbox(['run', sessionId, path.join(directory, name)])).toEqual({
        code: 0,
        stdout: printed,
        stderr: '',
      })
    }
  })

  test('takes code from the command line and from standard input', async () => {
    const { sessionId } = await newSession()
    expect((await sandbox(['run', sessionId, '-c', 'import sys; sys.exit(9)'])).code).toBe(9)
    expect((await sandbox(['run', sessionId, '-', '-l', 'bash'], { input: 'echo $((6 * 7))' })).stdout).toBe('42\n')
    const both = await sandbox(['run', sessionId, '-i', '-c', 'print(input()[::-1])'], { input: 'abc\n' })
    expect(both.stdout).toBe('cba\n')
  })

  test.each([
    [[], 'Give either a file'],
    [['file', '-c', 'x'], 'Give either a file'],
    [['-', '-i'], 'not both'],
    [['-c', 'x', '-l', 'cobol'], 'Allowed choices are python, javascript, bash'],
  ])('refuses %j', async (args, message) => {
    const { sessionId } = await newSession()
    const { code, stderr } = await sandbox(['run', sessionId, ...args])
    expect(code).toBe(2)
    expect(stderr).toContain(message)
  })

  test('says which file is not there', async () => {
    const { code, stderr } = await sandbox(['run', 'abcd', '/nowhere/x.py'])
    expect(code).toBe(1)
    expect(stderr).toMatch(/^sandbox-sessions: ENOENT: .*'\/nowhere\/x.py'\n$/)
  })
})
