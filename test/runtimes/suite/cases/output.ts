import { CommandFailedError, type CommandResult, type Session } from 'sandbox-sessions-sdk'
import type { Case } from '../case.js'
import { equal, equalBytes, eventually, fails, holds, someBytes } from '../expect.js'

const everyByte = Uint8Array.from({ length: 256 * 40 }, (_, index) => index % 256)

export const output: readonly Case[] = [
  {
    name: 'a command, its streams and its exit code',
    run: async ({ session }) => {
      const { stdout, stderr, exitCode, ok } = await session.run('echo out; echo err >&2; exit 3')
      equal([stdout, stderr, exitCode, ok], ['out\n', 'err\n', 3, false], 'the result')
      await fails(() => session.run('exit 3', { check: true }), CommandFailedError, 'a command with check')
    },
  },
  {
    name: 'code in three languages',
    run: async ({ session }) => {
      const programs = [
        ['python', 'print(6 * 7)'],
        ['javascript', 'console.log(6 * 7)'],
        ['bash', 'echo $((6 * 7))'],
      ] as const
      for (const [language, code] of programs) {
        equal((await session.runCode(code, { language })).stdout, '42\n', `the output of ${language}`)
      }
    },
  },
  {
    name: 'characters arrive whole, wherever their bytes were cut',
    run: async ({ session }) => {
      // A heart of four bytes, written one by one.
      const command = "for byte in 360 237 245 212; do printf \\\\$byte; sleep 0.05; done; printf '%s' é"
      equal((await session.run(command)).stdout, '🥊é', 'the output')
      const heard: string[] = []
      const live = await session.run(command, { onStdout: (text) => void heard.push(text) })
      equal([live.stdout, heard.join('')], ['🥊é', '🥊é'], 'the live output')
      holds(!heard.some((text) => text.includes('\ufffd')), 'A piece holds a damaged character')
    },
  },
  {
    name: '[A5] bytes both ways',
    run: async ({ session }) => {
      const options = { encoding: 'bytes', check: true } as const
      const { stdout, stderr } = await session.run('tee /dev/stderr', { ...options, stdin: everyByte })
      await equalBytes(stdout, everyByte, 'stdout')
      await equalBytes(stderr, everyByte, 'stderr')
      const nothing = await session.run('cat', { ...options, stdin: new Uint8Array() })
      equal(nothing.stdout.byteLength, 0, 'the length of no output')
      const code = 'import sys; sys.stdout.buffer.write(sys.stdin.buffer.read())'
      const copied = await session.runCode(code, { ...options, stdin: everyByte })
      await equalBytes(copied.stdout, everyByte, 'the output of code')
    },
  },
  {
    name: '[A5] 5 MiB of bytes both ways',
    run: async ({ session }) => {
      const bytes = someBytes(5 * 1024 * 1024)
      const { stdout } = await session.run('cat', { encoding: 'bytes', stdin: bytes, check: true })
      await equalBytes(stdout, bytes, 'the output')
    },
  },
  {
    name: '[A5] bytes as they come',
    run: async ({ session }) => {
      const command = "cat; sleep 0.05; printf '\\377'"
      const parts: Uint8Array[] = []
      let exitCode: number | null | undefined
      for await (const event of session.stream(command, { encoding: 'bytes', stdin: everyByte })) {
        if (event.type === 'exit') exitCode = event.result.exitCode
        else parts.push(event.data)
      }
      await equalBytes(await joined(parts), new Uint8Array([...everyByte, 0xff]), 'the output')
      equal(exitCode, 0, 'the exit code')
    },
  },
  {
    name: '[A5] listeners hear bytes',
    run: async ({ session }) => {
      const parts: Uint8Array[] = []
      const { stdout } = await session.run('cat', {
        encoding: 'bytes',
        stdin: everyByte,
        onStdout: (data) => void parts.push(data),
      })
      await equalBytes(await joined(parts), everyByte, 'what was heard')
      await equalBytes(stdout, everyByte, 'the output')
    },
  },
  {
    name: 'text on standard input',
    run: async ({ session }) => {
      equal((await session.run('cat', { stdin: 'Zwölf 🥊\n' })).stdout, 'Zwölf 🥊\n', 'the output')
      equal((await session.run('cat', { stdin: '' })).stdout, '', 'the output')
    },
  },
  {
    name: '[A6] truncated output ends with a whole character',
    run: async ({ session }) => {
      // One character of two code units after an odd number of others: every even bound falls into a pair.
      const command = "printf a; yes '🥊' | tr -d '\\n' | head -c 24000000"
      whole(await session.run(command), 'the output')
      whole(await session.run(command, { onStdout: () => undefined }), 'the output that was heard')
    },
  },
  {
    name: 'a command is killed at its timeout, and what it wrote is there',
    run: async ({ session }) => {
      const { status, exitCode, stdout } = await session.run('echo before; sleep 1000', { timeout: 5 })
      equal([status, exitCode, stdout], ['timeout', null, 'before\n'], 'the result')
    },
  },
  {
    name: 'events, the last of which is the exit',
    run: async ({ session }) => {
      const seen: unknown[] = []
      for await (const event of session.stream('echo out; echo err >&2')) {
        seen.push(event.type === 'exit' ? event.result.exitCode : `${event.type} ${event.data}`)
      }
      equal(seen.at(-1), 0, 'the last event')
      equal([...seen.slice(0, -1)].sort(), ['stderr err\n', 'stdout out\n'], 'the events')
    },
  },
  {
    name: 'streams of text',
    run: async ({ session }) => {
      const stream = session.stream('seq 20000')
      const { stdout, result } = stream
      let text = ''
      for await (const piece of stdout) text += piece
      equal(text, Array.from({ length: 20_000 }, (_, index) => `${index + 1}\n`).join(''), 'the output')
      equal((await result).exitCode, 0, 'the exit code')
    },
  },
  {
    name: '[B17] leaving a stream kills the command',
    run: async ({ session, newPath }) => {
      const left = newPath()
      for await (const event of session.stream(ticking(left))) {
        holds(event.type === 'stdout', `The first event is ${event.type}`)
        break
      }
      await eventually(() => isGone(session, left))

      const aborted = newPath()
      const stream = session.stream(ticking(aborted))
      const result = stream.result.catch(() => undefined)
      await eventually(() => session.files.exists(aborted))
      stream.abort()
      await result
      await eventually(() => isGone(session, aborted))

      const signalled = newPath()
      const controller = new AbortController()
      const reason = new Error('enough')
      const running = session.stream(ticking(signalled), { signal: controller.signal })
      const outcome = running.result.catch((error: unknown) => error)
      await eventually(() => session.files.exists(signalled))
      controller.abort(reason)
      holds((await outcome) === reason, `The result failed with ${String(await outcome)}`)
      await eventually(() => isGone(session, signalled))
    },
  },
]

function whole({ stdout, truncated }: CommandResult, what: string): void {
  equal(truncated, true, `whether ${what} is truncated`)
  holds(stdout.startsWith('a🥊'), `${what} begins with ${JSON.stringify(stdout.slice(0, 4))}`)
  holds(stdout.endsWith('🥊'), `${what} ends with ${JSON.stringify(stdout.slice(-4))}`)
  holds(!stdout.includes('\ufffd'), `${what} holds a damaged character`)
}

/** A command without an end, whose process id is in a file once it runs. */
function ticking(path: string): string {
  return `echo $$ > ${path}; while :; do echo tick; sleep 0.05; done`
}

async function isGone(session: Session, path: string): Promise<boolean> {
  return (await session.run(`test -s ${path} && ! test -d /proc/$(cat ${path})`)).ok
}

async function joined(parts: readonly Uint8Array[]): Promise<Uint8Array> {
  return new Uint8Array(await new Blob(parts.map((part) => new Uint8Array(part))).arrayBuffer())
}
