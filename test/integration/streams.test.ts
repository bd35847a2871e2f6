/** Live output through the real server: what the caller sees, and what is left on the host. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type CommandEvent,
  CommandFailedError,
  type CommandStream,
  type Session,
  SessionNotFoundError,
} from '../../src/index.js'
import { connect, thrownBy } from '../support/client.js'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { processesWith } from 'sandbox-sessions-testkit/processes'

describe('live output', () => {
  const client = connect()
  let session: Session

  beforeAll(async () => {
    session = await client.createSession()
  })

  afterAll(async () => {
    await session[Symbol.asyncDispose]()
    client.close()
  })

  async function textOf(
    stream: CommandStream,
  ): Promise<{ stdout: string; stderr: string; last: CommandEvent | undefined }> {
    const text = { stdout: '', stderr: '' }
    let last: CommandEvent | undefined
    for await (const event of stream) {
      last = event
      if (event.type !== 'exit') text[event.type] += event.data
    }
    return { ...text, last }
  }

  test('the first output comes before the command ends', async () => {
    // The command ends only when it is told to, by a file that is written after its first output was seen.
    const go = `go-${randomUUID()}`
    const seen: string[] = []
    for await (const event of session.stream(`echo first; while [ ! -e ${go} ]; do sleep 0.05; done; echo last`)) {
      if (event.type !== 'stdout') continue
      seen.push(event.data)
      if (seen.length === 1) await session.files.upload(go, '')
    }
    expect(seen.join('')).toBe('first\nlast\n')
  })

  test.each(['python', 'javascript', 'bash'] as const)('of %s code', async (language) => {
    const code = {
      python: 'import sys; print("out"); print("err", file=sys.stderr); sys.exit(3)',
      javascript: 'console.log("out"); console.error("err"); process.exit(3)',
      bash: 'echo out; echo err >&2; exit 3',
    }
    const { stdout, stderr, last } = await textOf(session.streamCode(code[language], { language }))
    expect([stdout, stderr]).toEqual(['out\n', 'err\n'])
    expect(last).toMatchObject({
      type: 'exit',
      result: { status: 'failed', exitCode: 3, stdout: '', stderr: '', ok: false },
    })
  })

  test.each<[string, string, { stdout?: string; stderr?: string }]>([
    [
      'multi-byte characters that are cut in two',
      String.raw`printf '\360\237'; sleep 0.2; printf '\246\200!'`,
      { stdout: '🦀!' },
    ],
    ['a line of 1 MB', "head -c 1000000 /dev/zero | tr '\\0' x", { stdout: 'x'.repeat(1_000_000) }],
    ['NUL bytes', String.raw`printf 'a\0b\0'`, { stdout: 'a\0b\0' }],
    ['bytes that are not UTF-8', String.raw`printf 'a\377b\303'`, { stdout: 'a\uFFFDb\uFFFD' }],
    [
      'a child that closes its output and goes on',
      'echo before; exec >&-; sleep 0.2; echo still here >&2',
      { stdout: 'before\n', stderr: 'still here\n' },
    ],
    ['only standard error', 'echo oops >&2', { stderr: 'oops\n' }],
    ['a reader in the pipe that goes away', 'yes | head -n 3', { stdout: 'y\ny\ny\n' }],
  ])('with %s', async (_, command, expected) => {
    const { stdout, stderr, last } = await textOf(session.stream(command))
    expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '', ...expected })
    expect(last?.type).toBe('exit')
  })

  test('a timeout ends the stream with the output so far, also of a command that ignores SIGTERM', async () => {
    const { stdout, last } = await textOf(session.stream("trap '' TERM; echo so far; sleep 100", { timeout: 5 }))
    expect(stdout).toBe('so far\n')
    expect(last).toMatchObject({ type: 'exit', result: { status: 'timeout', exitCode: null } })
  })

  test('stdin, env and cwd', async () => {
    await session.run('mkdir -p inside')
    const { stdout } = await textOf(
      session.stream('echo "$A ${PWD##*/} $(cat)"', { env: { A: 'a' }, cwd: 'inside', stdin: 'in' }),
    )
    expect(stdout).toBe('a inside in\n')
  })

  test('run tells listeners, and checks the exit code', async () => {
    const heard: string[] = []
    const result = await session.run('echo out; echo err >&2', {
      onStdout: (text) => heard.push(`out: ${text}`),
      onStderr: (text) => heard.push(`err: ${text}`),
    })
    expect(result).toMatchObject({ stdout: 'out\n', stderr: 'err\n', ok: true })
    expect(result.durationMs).toBeGreaterThanOrEqual(0)
    expect(heard.sort()).toEqual(['err: err\n', 'out: out\n'])
    expect(await thrownBy(() => session.run('exit 4', { check: true }))).toBeInstanceOf(CommandFailedError)
  })

  test('100 MB of output come whole', async () => {
    let length = 0
    for await (const event of session.stream("head -c 100000000 /dev/zero | tr '\\0' x")) {
      if (event.type === 'stdout') length += event.data.length
    }
    expect(length).toBe(100_000_000)
  })

  test('a reader that stops for a while slows the command, and loses nothing', async () => {
    let length = 0
    await session.run('rm -f finished')
    for await (const event of session.stream("head -c 50000000 /dev/zero | tr '\\0' x; touch finished")) {
      if (event.type !== 'stdout') continue
      if (length === 0) {
        await new Promise((resolve) => setTimeout(resolve, 10_000))
        // 50 MB do not fit into the buffers on the way, which the kernel makes as large as some MB.
        expect(await session.files.exists('finished')).toBe(false)
      }
      length += event.data.length
    }
    expect(length).toBe(50_000_000)
    expect(await session.files.exists('finished')).toBe(true)
  })

  describe('when it is left', () => {
    const tree = (mark: string): string =>
      `setsid bash -c 'exec -a ${mark} sleep 1000' & (exec -a ${mark} sleep 1000) & echo started; exec -a ${mark} sleep 1000`

    test.each<[string, (stream: CommandStream, own: Session) => Promise<void>]>([
      [
        'by break',
        async (stream) => {
          for await (const event of stream) if (event.type === 'stdout') break
        },
      ],
      [
        'by abort',
        async (stream) => {
          const reading = thrownBy(async () => {
            for await (const event of stream) if (event.type === 'stdout') stream.abort()
          })
          expect(await reading).toMatchObject({ name: 'AbortError' })
        },
      ],
      [
        'by its block',
        async (stream) => {
          await using command = stream
          const reader = command.stdout.getReader()
          expect((await reader.read()).value).toBe('started\n')
        },
      ],
      [
        'by the end of the session',
        async (stream, own) => {
          const error = await thrownBy(async () => {
            for await (const event of stream) if (event.type === 'stdout') await own.delete()
          })
          expect(error).toBeInstanceOf(SessionNotFoundError)
        },
      ],
    ])('%s, nothing of it is left on the host', async (_, leave) => {
      await using own = await client.createSession()
      const mark = `left-${randomUUID()}`
      await leave(own.stream(tree(mark)), own)
      await eventually(() => processesWith(mark).length === 0)
    })
  })
})
