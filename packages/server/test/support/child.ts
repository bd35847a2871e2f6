import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const entry = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Child {
  readonly pid: number
  readonly url: string
  readonly token: string
  /** What it has said on stderr so far. */
  said(): string
  /** Sends a signal; resolves when the process has ended. */
  kill(signal: NodeJS.Signals): Promise<Finished>
}

/** The environment without what would reach the server under test. */
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SANDBOX_')))

/** A program, with its arguments, that runs the rest of its command line. */
export type Wrapper = readonly [] | readonly [string, ...string[]]

/** Runs the command line to its end. */
export async function runServer(
  args: readonly string[],
  env: Record<string, string> = {},
  wrapper: Wrapper = [],
): Promise<Finished> {
  return await start(args, env, wrapper).finished
}

/** Starts the command line and waits until it has printed both exports. */
export async function startChild(
  dataDir: string,
  engine: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
  wrapper: Wrapper = [],
): Promise<Child> {
  const all = [
    '--port',
    '0',
    '--data-dir',
    dataDir,
    '--engine',
    engine,
    '--allow-unsafe',
    '--log-level',
    'warn',
    // A test that wants some asks for them.
    '--warm-sandboxes',
    '0',
    ...args,
  ]
  const { child, output, finished } = start(all, env, wrapper)
  for (;;) {
    const text = output.stdout
    const url = /^export SANDBOX_API_URL=(\S+)$/m.exec(text)?.[1]
    const token = /^export SANDBOX_API_TOKEN=(\S+)$/m.exec(text)?.[1]
    if (url !== undefined && token !== undefined) {
      return {
        pid: child.pid ?? 0,
        url,
        token,
        said: () => output.stderr,
        kill: (signal) => {
          child.kill(signal)
          return finished
        },
      }
    }
    await Promise.race([
      once(child.stdout, 'data'),
      finished.then(({ stderr }) => Promise.reject(new Error(`The server ended: ${stderr}`))),
    ])
  }
}

function start(args: readonly string[], env: Record<string, string>, wrapper: Wrapper) {
  const [program = process.execPath, ...rest] = [...wrapper, process.execPath, entry, ...args]
  const child = spawn(program, rest, {
    env: { ...environment, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => (output.stdout += String(chunk)))
  child.stderr.on('data', (chunk) => (output.stderr += String(chunk)))
  const finished = once(child, 'close').then((): Finished => ({ code: child.exitCode, ...output }))
  return { child, output, finished }
}
