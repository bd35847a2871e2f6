import { setTimeout as delay } from 'node:timers/promises'
import { CodeLanguage, CommandStatus, type CommandStream } from 'sandbox-sessions-sdk'
import { expectEqual, expectThat } from '../expect.js'
import type { Bench } from './bench.js'
import { isObject } from 'sandbox-sessions-openapi'
import { type Check, hasEvents, hasProperty } from './check.js'
import { boundsOfProperty, outside } from './bounds.js'

function wrongTimeouts({ spec }: Bench, schema: 'CommandRequest' | 'CodeRequest'): readonly unknown[] {
  return [...outside(boundsOfProperty(spec, schema, 'timeout')), 1.5, '60']
}

export const commandChecks: readonly Check[] = [
  {
    operation: 'executeCommand',
    name: 'keeps stdout, stderr and the exit code apart',
    async run(bench) {
      const { sessionId } = await bench.session()
      const good = await bench.client.executeCommand(sessionId, { command: 'echo out; echo err >&2' })
      expectEqual('the result', pick(good), [CommandStatus.Completed, 0, 'out\n', 'err\n'])
      const bad = await bench.client.executeCommand(sessionId, { command: 'printf "ü 🙂"; exit 3' })
      expectEqual('the result', pick(bad), [CommandStatus.Failed, 3, 'ü 🙂', ''])
    },
  },
  {
    operation: 'executeCommand',
    name: 'goes through a shell, and finds the files of earlier commands',
    async run(bench) {
      const session = await bench.session()
      const path = bench.newPath('note')
      await session.run(`mkdir -p ${path.split('/')[0] ?? ''} && echo kept | tr a-z A-Z > ${path}`, { check: true })
      expectEqual('the file', (await session.run(`cat ${path}`)).stdout, 'KEPT\n')
    },
  },
  {
    operation: 'executeCommand',
    name: 'kills a command and its descendants at the timeout, and answers what it had written',
    async run(bench) {
      const session = await bench.newSession()
      const command = '(while :; do date +%s%N > beat; sleep 0.2; done) & echo begun; sleep 60'
      const result = await session.run(command, { timeout: 1 })
      expectEqual('status and exit code', [result.status, result.exitCode], [CommandStatus.Timeout, null])
      expectEqual('stdout', result.stdout, 'begun\n')
      await expectStill(() => session.run('cat beat').then(({ stdout }) => stdout))
    },
  },
  {
    operation: 'executeCommand',
    name: 'passes env',
    async run(bench) {
      const session = await bench.session()
      const { stdout } = await session.run('printf %s "$GREETING"', { env: { GREETING: 'a b\n"c"' } })
      expectEqual('the variable', stdout, 'a b\n"c"')
    },
  },
  {
    operation: 'executeCommand',
    name: 'passes cwd and stdin',
    appliesTo: hasProperty('CommandRequest', 'cwd'),
    async run(bench) {
      const session = await bench.session()
      const cwd = bench.newPath('deep')
      await session.run(`mkdir -p ${cwd}`, { check: true })
      const { stdout } = await session.run('basename "$PWD"; cat', { cwd, stdin: 'line\n' })
      expectEqual('stdout', stdout, 'deep\nline\n')
      const json = { command: 'true', cwd: '../..' }
      const request = { method: 'POST', json }
      await bench.expectRefusal(`/sessions/${session.sessionId}/commands`, request, 400, 'INVALID_PARAMETER')
    },
  },
  {
    operation: 'executeCommand',
    name: 'takes and answers bytes in base64, exact to the byte',
    appliesTo: hasProperty('CommandRequest', 'encoding'),
    async run(bench) {
      const { sessionId } = await bench.session()
      await expectExact(bench, `/sessions/${sessionId}/commands`, { command: echoTwice })
      const request = { command: echoTwice, stdin: everyByte, encoding: 'bytes' } as const
      const { stdout, stderr } = await bench.client.executeCommand(sessionId, request)
      expectEqual('stdout and stderr', [stdout, stderr], [everyByte, everyByte])
    },
  },
  {
    operation: 'executeCommand',
    name: 'answers text to who asks for no encoding',
    appliesTo: hasProperty('CommandRequest', 'encoding'),
    async run(bench) {
      const { sessionId } = await bench.session()
      const json = { command: "printf '\\377ok'" }
      const answer = await bench.send(`/sessions/${sessionId}/commands`, { method: 'POST', json })
      const { stdout, encoding } = isObject(answer.json) ? answer.json : {}
      expectEqual('stdout and its encoding', [stdout, encoding ?? 'utf-8'], ['\uFFFDok', 'utf-8'])
    },
  },
  {
    operation: 'executeCommand',
    name: 'refuses stdin that is no base64, though it is said to be, and encodings that there are not',
    appliesTo: hasProperty('CommandRequest', 'stdinEncoding'),
    run: async (bench) => expectRefusedEncodings(bench, 'commands', { command: 'cat' }),
  },
  {
    operation: 'executeCommand',
    name: 'streams bytes in base64, exact to the byte',
    appliesTo: (spec) => hasEvents('executeCommand')(spec) && hasProperty('OutputEvent', 'encoding')(spec),
    async run(bench) {
      const session = await bench.session()
      const chunks: Uint8Array[] = []
      // More than fits into one piece, and split at other places than the input.
      const command = 'cat > all; for i in 1 2 3 4 5 6 7 8; do cat all all all all all all all all; done; rm all'
      const stdin = Buffer.concat(Array.from({ length: 64 }, () => everyByte))
      const cwd = bench.newPath('bytes')
      await session.run(`mkdir -p ${cwd}`, { check: true })
      for await (const event of session.stream(command, { stdin, cwd, encoding: 'bytes' })) {
        if (event.type === 'stdout') chunks.push(event.data)
      }
      const expected = Buffer.concat(Array.from({ length: 64 }, () => stdin))
      expectThat(Buffer.concat(chunks).equals(expected), 'the bytes of the events are not those that the command wrote')
    },
  },
  {
    operation: 'executeCommand',
    name: 'refuses a missing command, and a timeout out of its range',
    async run(bench) {
      const { sessionId } = await bench.session()
      const wrong = [
        {},
        { command: 1 },
        ...wrongTimeouts(bench, 'CommandRequest').map((timeout) => ({ command: 'x', timeout })),
      ]
      for (const json of wrong) {
        const request = { method: 'POST', json }
        await bench.expectRefusal(`/sessions/${sessionId}/commands`, request, 400, 'INVALID_PARAMETER')
      }
    },
  },
  {
    operation: 'executeCommand',
    name: 'streams the output while the command runs',
    appliesTo: hasEvents('executeCommand'),
    async run(bench) {
      const session = await bench.session()
      const go = bench.newPath('go')
      const folder = go.split('/')[0] ?? ''
      const command = `mkdir -p ${folder}; echo ready; until [ -e ${go} ]; do sleep 0.1; done; echo done >&2; exit 4`
      await using stream = session.stream(command, { timeout: 5 })
      const seen: unknown[] = []
      for await (const event of stream) {
        seen.push(event.type === 'exit' ? [event.type, event.result.exitCode] : [event.type, event.data])
        // The command ends only if its first line arrives while it runs.
        if (seen.length === 1) await session.run(`touch ${go}`, { check: true })
      }
      expectEqual('the events', seen, [
        ['stdout', 'ready\n'],
        ['stderr', 'done\n'],
        ['exit', 4],
      ])
    },
  },
  {
    operation: 'executeCommand',
    name: 'kills the command when the connection closes',
    appliesTo: hasEvents('executeCommand'),
    async run(bench) {
      const session = await bench.newSession()
      await using stream = session.stream('while :; do date +%s%N > beat; echo beat; sleep 0.2; done', { timeout: 60 })
      const begun = await Promise.race([firstEvent(stream), delay(5_000, false)])
      expectThat(begun, 'no output comes while the command runs')
      await stream[Symbol.asyncDispose]()
      await expectStill(() => session.run('cat beat').then(({ stdout }) => stdout))
    },
  },
]

const programs: Readonly<Record<CodeLanguage, string>> = {
  [CodeLanguage.Python]: 'print(6 * 7)',
  [CodeLanguage.Javascript]: 'console.log(6 * 7)',
  [CodeLanguage.Bash]: 'echo $((6 * 7))',
}

export const codeChecks: readonly Check[] = [
  ...Object.values(CodeLanguage).map((language): Check => ({
    operation: 'executeCode',
    name: `runs ${language}`,
    async run(bench) {
      const { sessionId } = await bench.session()
      const code = programs[language]
      const request = language === CodeLanguage.Python ? { code } : { code, language }
      const result = await bench.client.executeCode(sessionId, request)
      expectEqual('the result', pick(result), [CommandStatus.Completed, 0, '42\n', ''])
    },
  })),
  {
    operation: 'executeCode',
    name: 'tells of code that fails, and kills what outlives its timeout',
    async run(bench) {
      const { sessionId } = await bench.session()
      const failed = await bench.client.executeCode(sessionId, { code: 'raise SystemExit(3)' })
      expectEqual('status and exit code', [failed.status, failed.exitCode], [CommandStatus.Failed, 3])
      const code = 'import time\nprint("begun", flush=True)\ntime.sleep(60)'
      const late = await bench.client.executeCode(sessionId, { code, timeout: 2 })
      expectEqual('the result', pick(late), [CommandStatus.Timeout, null, 'begun\n', late.stderr])
    },
  },
  {
    operation: 'executeCode',
    name: 'passes env, cwd and stdin',
    appliesTo: hasProperty('CodeRequest', 'stdin'),
    async run(bench) {
      const session = await bench.session()
      const cwd = bench.newPath('deep')
      await session.run(`mkdir -p ${cwd}`, { check: true })
      const code = 'import os, sys\nprint(os.environ["A"], os.path.basename(os.getcwd()), sys.stdin.read())'
      const { stdout } = await session.runCode(code, { env: { A: '1' }, cwd, stdin: 'text' })
      expectEqual('stdout', stdout, '1 deep text\n')
    },
  },
  {
    operation: 'executeCode',
    name: 'streams the output',
    appliesTo: hasEvents('executeCode'),
    async run(bench) {
      const session = await bench.session()
      let stdout = ''
      const onStdout = (text: string): void => void (stdout += text)
      const { exitCode } = await session.runCode('print("live")', { onStdout })
      expectEqual('output and exit code', [stdout, exitCode], ['live\n', 0])
    },
  },
  {
    operation: 'executeCode',
    name: 'takes and answers bytes in base64, exact to the byte',
    appliesTo: hasProperty('CodeRequest', 'encoding'),
    async run(bench) {
      const { sessionId } = await bench.session()
      await expectExact(bench, `/sessions/${sessionId}/code`, { code: echoTwice, language: CodeLanguage.Bash })
    },
  },
  {
    operation: 'executeCode',
    name: 'refuses stdin that is no base64, though it is said to be, and encodings that there are not',
    appliesTo: hasProperty('CodeRequest', 'stdinEncoding'),
    run: async (bench) => expectRefusedEncodings(bench, 'code', { code: 'pass' }),
  },
  {
    operation: 'executeCode',
    name: 'refuses an unknown language, missing code, and a timeout out of its range',
    async run(bench) {
      const { sessionId } = await bench.session()
      const wrong = [
        {},
        { code: 'x', language: 'cobol' },
        ...wrongTimeouts(bench, 'CodeRequest').map((timeout) => ({ code: 'x', timeout })),
      ]
      for (const json of wrong) {
        await bench.expectRefusal(`/sessions/${sessionId}/code`, { method: 'POST', json }, 400, 'INVALID_PARAMETER')
      }
    },
  },
]

const everyByte = Uint8Array.from({ length: 256 }, (_, byte) => byte)
const inBase64 = Buffer.from(everyByte).toString('base64')

/** Writes its input to both outputs. It avoids /dev/stderr, which can't be opened where it is a socket. */
const echoTwice = 'file=$(mktemp); tee "$file"; cat "$file" >&2; rm "$file"'

/** Checks the wire form, since the SDK's result would not show it. The program writes its input to both outputs. */
async function expectExact(bench: Bench, target: string, program: object): Promise<void> {
  const json = { ...program, stdin: inBase64, stdinEncoding: 'base64', encoding: 'base64' }
  const { status, json: body } = await bench.send(target, { method: 'POST', json })
  const { stdout, stderr, encoding } = isObject(body) ? body : {}
  expectEqual('the status', status, 200)
  expectEqual('the encoding', encoding, 'base64')
  expectEqual('stdout and stderr', [stdout, stderr], [inBase64, inBase64])
}

async function expectRefusedEncodings(bench: Bench, route: 'commands' | 'code', program: object): Promise<void> {
  const { sessionId } = await bench.session()
  const texts = ['YQ', 'YQ==YQ==', 'Y-_=', 'no base64']
  for (const wrong of [
    ...texts.map((stdin) => ({ stdin, stdinEncoding: 'base64' })),
    { stdin: '', stdinEncoding: 'hex' },
    { encoding: 'utf-16' },
  ]) {
    const request = { method: 'POST', json: { ...program, ...wrong } }
    await bench.expectRefusal(`/sessions/${sessionId}/${route}`, request, 400, 'INVALID_PARAMETER')
  }
}

function pick(result: { status: string; exitCode: number | null; stdout: string; stderr: string }): unknown {
  return [result.status, result.exitCode, result.stdout, result.stderr]
}

async function firstEvent(stream: CommandStream): Promise<boolean> {
  for await (const _ of stream) return true
  return false
}

/** Waits for something to stand still, but not for ever. */
async function expectStill(read: () => Promise<string>): Promise<void> {
  let before = await read()
  for (let attempt = 0; attempt < 15; attempt += 1) {
    await delay(700)
    const now = await read()
    if (now === before) return
    before = now
  }
  expectThat(false, 'a process that had to be killed runs on')
}
