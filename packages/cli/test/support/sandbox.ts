import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { type Session, SessionsClient } from 'sandbox-sessions-sdk'
import { inject, onTestFinished } from 'vitest'

/** The built command, as users run it. */
export const program = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcessByStdio<Writable, Readable, Readable>
  readonly ended: Promise<Ended>
  /** Settles when stdout has come to hold the text. */
  printed(text: string): Promise<void>
}

interface RunOptions {
  readonly input?: string | Uint8Array
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
}

/** The environment of a user of the test's server. */
export function environment(changes: RunOptions['env'] = {}): NodeJS.ProcessEnv {
  return { ...process.env, SANDBOX_API_URL: inject('apiUrl'), SANDBOX_API_TOKEN: inject('bearerToken'), ...changes }
}

/** Runs the command to its end. */
export async function sandbox(args: readonly string[], { input = '', ...options }: RunOptions = {}): Promise<Ended> {
  const { child, ended } = start(args, options)
  // A command that does not read its input may be gone before all of it is written.
  child.stdin.on('error', () => undefined).end(input)
  return await ended
}

/** Runs the command to its end, which must be a good one, and reads the JSON that it prints. */
export async function sandboxJson(...args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await sandbox(['--json', ...args])
  if (code !== 0 || stderr !== '') throw new Error(`Exit code ${String(code)}: ${stderr}`)
  return JSON.parse(stdout)
}

/** Runs a line of bash to its end, as the user of the test's server. */
export async function shell(line: string, input: string | Uint8Array = ''): Promise<Ended> {
  const { child, ended } = startProgram('bash', ['-c', line])
  child.stdin.on('error', () => undefined).end(input)
  return await ended
}

export function start(args: readonly string[], options: RunOptions = {}): Running {
  return startProgram(process.execPath, [program, ...args], options)
}

function startProgram(file: string, args: readonly string[], { env, cwd }: RunOptions = {}): Running {
  const child = spawn(file, args, { cwd, env: environment(env), stdio: ['pipe', 'pipe', 'pipe'] })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text) => (output.stdout += String(text)))
  child.stderr.setEncoding('utf8').on('data', (text) => (output.stderr += String(text)))
  const ended = once(child, 'close').then((): Ended => ({ code: child.exitCode, ...output }))
  const printed = async (text: string): Promise<void> => {
    while (!output.stdout.includes(text)) {
      await Promise.race([
        once(child.stdout, 'data'),
        ended.then(({ stderr }) => {
          if (!output.stdout.includes(text)) throw new Error(`It ended before it printed ${text}: ${stderr}`)
        }),
      ])
    }
  }
  return { child, ended, printed }
}

export function connect(): SessionsClient {
  return new SessionsClient({ apiUrl: inject('apiUrl'), bearerToken: inject('bearerToken') })
}

/** A session that is gone when the test is over. */
export async function newSession(metadata: Readonly<Record<string, unknown>> = {}): Promise<Session> {
  const session = await connect().createSession({ metadata })
  onTestFinished(() => session[Symbol.asyncDispose]())
  return session
}

/** A directory of this machine that is gone when the test is over. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'sandbox-cli-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  return directory
}
