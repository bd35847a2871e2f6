import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { isObject } from 'sandbox-sessions-openapi'

/** A server to be fuzzed. What only a server on this machine can tell is in `host`. */
export interface FuzzedServer extends AsyncDisposable {
  readonly url: string
  readonly token: string
  /** When the run began, in milliseconds of the server's time. */
  readonly since: number
  readonly host: FuzzedHost | undefined
}

/** The inside of a server that the run started itself. */
export interface FuzzedHost {
  readonly otherToken: string
  readonly dataDir: string
  /** The server's time, in milliseconds. */
  now(): number
  advance(milliseconds: number): Promise<void>
  /** What it has written to stderr: with its log level, nothing. */
  log(): string
  /** Whether the process has ended. */
  ended(): boolean
  /** Ids of the processes that descend from the server's. */
  descendants(): Promise<string[]>
  close(): Promise<void>
}

const program = fileURLToPath(new URL('server-process.ts', import.meta.url))

export async function startFuzzedServer(): Promise<FuzzedServer> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'sandbox-fuzz-'))
  const [token, otherToken] = ['token-of-the-fuzzer', 'token-of-somebody-else']
  const child = fork(program, [dataDir, token, otherToken], {
    execArgv: ['--import', 'tsx'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let log = ''
  child.stderr?.setEncoding('utf8').on('data', (text) => (log += String(text)))
  const ready = await messageOf(child, () => log)
  let now = Number(ready['now'])
  // What compiles the program runs beside it to the end.
  const own = new Set(await descendantsOf(String(child.pid)))
  const close = async (): Promise<void> => {
    if (child.exitCode !== null) return
    const ended = once(child, 'exit')
    child.send('close')
    await ended
  }
  return {
    url: String(ready['url']),
    token,
    since: now,
    host: {
      otherToken,
      dataDir,
      now: () => now,
      advance: async (milliseconds) => {
        child.send(milliseconds)
        now = Number((await messageOf(child, () => log))['now'])
      },
      log: () => log,
      ended: () => child.exitCode !== null || child.signalCode !== null,
      descendants: async () => (await descendantsOf(String(child.pid))).filter((pid) => !own.has(pid)),
      close,
    },
    async [Symbol.asyncDispose]() {
      await close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function messageOf(child: ChildProcess, log: () => string): Promise<Readonly<Record<string, unknown>>> {
  const controller = new AbortController()
  const { signal } = controller
  try {
    const died = once(child, 'exit', { signal }).then(() => {
      throw new Error(`The server ended by itself:\n${log()}`)
    })
    const event: unknown[] = await Promise.race([once(child, 'message', { signal }), died])
    const [message] = event
    return isObject(message) ? message : {}
  } finally {
    controller.abort()
  }
}

async function descendantsOf(pid: string): Promise<string[]> {
  // A process may end while it is being looked at.
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => [])
  const lists = await Promise.all(
    tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, 'utf8').catch(() => '')),
  )
  const children = lists.flatMap((text) => text.split(' ').filter((child) => child !== ''))
  return [...children, ...(await Promise.all(children.map(descendantsOf))).flat()]
}
