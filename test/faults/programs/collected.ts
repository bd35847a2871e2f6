/**
 * Calls that hang while garbage is collected: do they end when they should? Runs on its own, with `--expose-gc`. Its input
 * is `sdk` or `naive`. Answers how each call ended; one that never does ends the program with an error.
 */
import { createServer } from 'node:net'
import { SandboxConnectionError, SandboxTimeoutError, SessionsClient } from 'sandbox-sessions-sdk'

/** What one connection gets, once its request has come. */
const answers = {
  nothing: '',
  'part of the head': 'HTTP/1.1 200 OK\r\ncontent-',
  'part of the body': 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"sess',
  'too many requests': 'HTTP/1.1 429 Too Many Requests\r\ncontent-length: 0\r\nconnection: close\r\n\r\n',
  reset: 'reset',
}
type Answer = keyof typeof answers

// A call that has not come to its hang within this time is made again with twice as much: no machine is too slow.
const afterMs = 1500
const hopelessMs = 240_000
/** How often garbage is collected while a call hangs, at the least. */
const fewestCollections = 10
const sessionId = '7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f'
const servers: { close(): void }[] = []

interface Server {
  readonly url: string
  /** How often garbage was collected since a connection got the last answer; 0 as long as none has. */
  collections(): number
}

/** Gives each connection the next answer, and all after the last one the last. */
async function serve(script: readonly Answer[]): Promise<Server> {
  let connections = 0
  let hangingSince: number | undefined
  const server = createServer((socket) => {
    const number = connections++
    const answer = answers[script[Math.min(number, script.length - 1)] ?? 'nothing']
    socket.on('error', () => undefined)
    socket.once('data', () => {
      if (answer === 'reset') socket.resetAndDestroy()
      else socket.write(answer)
      if (number >= script.length - 1) hangingSince ??= collections
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port')
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    collections: () => (hangingSince === undefined ? 0 : collections - hangingSince),
  }
}

interface Options {
  readonly signal?: AbortSignal
  readonly timeoutMs: number
}

const operations: Readonly<Record<string, (client: SessionsClient, options: Options) => PromiseLike<unknown>>> = {
  getSession: (client, options) => client.getSession(sessionId, options),
  createSession: (client, options) => client.createSession({}, options),
  deleteSession: (client, options) => client.deleteSession(sessionId, options),
  executeCommand: (client, options) => client.executeCommand(sessionId, { command: 'make' }, options),
  uploadFile: (client, options) => client.uploadFile(sessionId, { path: 'a' }, new Uint8Array(1024), options),
  listSessions: (client, options) => client.listSessions({}, options),
  'downloadFile, bytes': async (client, options) => (await client.downloadFile(sessionId, 'a', options)).bytes(),
  // The FileDownload itself is garbage before its stream is read.
  'downloadFile, stream': async (client, options) => {
    const reader = (await client.downloadFile(sessionId, 'a', options)).stream().getReader()
    while (!(await reader.read()).done);
  },
  'raw client': (client, { signal }) =>
    client.api.GET('/sessions/{sessionId}', { params: { path: { sessionId } }, ...(signal && { signal }) }),
  'with middleware': (client, options) => {
    client.api.use({ onRequest: ({ request }) => request })
    return client.getSession(sessionId, options)
  },
}

/** How a call is ended: the options that it takes, and what it must end with. */
interface End {
  readonly options: Options
  readonly right: (error: unknown) => boolean
}

/** Who ends the call: some when it hangs, and the others after a time. */
const ends: Readonly<Record<string, (client: SessionsClient, hangs: Promise<void>, waitMs: number) => End>> = {
  deadline: (_client, _hangs, waitMs) => ({
    options: { timeoutMs: waitMs },
    right: (error) => error instanceof SandboxTimeoutError,
  }),
  'abort of the caller': (_client, hangs) => {
    const controller = new AbortController()
    const reason = new Error('enough')
    void hangs.then(() => controller.abort(reason))
    return { options: { timeoutMs: hopelessMs, signal: controller.signal }, right: (error) => error === reason }
  },
  'AbortSignal.timeout of the caller': (_client, _hangs, waitMs) => {
    const isTimeout = (error: unknown): boolean => error instanceof DOMException && error.name === 'TimeoutError'
    return { options: { timeoutMs: hopelessMs, signal: AbortSignal.timeout(waitMs) }, right: isTimeout }
  },
  'close of the client': (client, hangs) => {
    void hangs.then(() => client.close())
    const right = (error: unknown): boolean =>
      error instanceof SandboxConnectionError && !(error instanceof SandboxTimeoutError)
    return { options: { timeoutMs: hopelessMs }, right }
  },
}

const waiting = new Set<string>()
let collections = 0
let ended = 0

/** Resolves when garbage was collected often enough while the call hung. */
async function hangingAt(server: Server): Promise<void> {
  while (server.collections() < fewestCollections) await new Promise((resolve) => setTimeout(resolve, 10))
}

/** Makes a call until it has hung, and sees how that ends. */
async function watch(
  name: string,
  first: readonly Answer[],
  last: Answer,
  call: Call,
  prepare: Prepare,
): Promise<void> {
  waiting.add(name)
  for (let waitMs = afterMs; ; waitMs *= 2) {
    const server = await serve([...first, last])
    // The raw client knows only the deadline of the client.
    const timeoutMs = name.endsWith('deadline') ? waitMs : hopelessMs
    const client = new SessionsClient({ apiUrl: server.url, timeoutMs, maxRetryDelayMs: 5 })
    const { options, right } = prepare(client, hangingAt(server), waitMs)
    const error = await failureOf(call(client, options))
    // It ended before what is tried out here: by the time that ran out meanwhile, or by what the server said first.
    if (server.collections() < fewestCollections) continue
    if (!right(error)) {
      console.error(name, error)
      process.exitCode = 1
    }
    break
  }
  waiting.delete(name)
  ended += 1
}

type Call = (client: SessionsClient, options: Options) => PromiseLike<unknown>
type Prepare = (typeof ends)[string]

async function failureOf(call: PromiseLike<unknown>): Promise<unknown> {
  try {
    await call
  } catch (error) {
    return error
  }
  return new Error('It succeeded')
}

/** All calls whose first attempt ends like this, at the same time. */
async function hangingCalls(first: 'none' | 'too many requests' | 'reset'): Promise<void> {
  const calls: Promise<void>[] = []
  for (const last of ['nothing', 'part of the head', 'part of the body'] as const) {
    for (const [operation, call] of Object.entries(operations)) {
      for (const [end, prepare] of Object.entries(ends)) {
        // A command is not sent again after a reset.
        if (first === 'reset' && operation === 'executeCommand') continue
        const name = `${operation}: ${first}, then ${last}, ended by ${end}`
        calls.push(watch(name, first === 'none' ? [] : [first], last, call, prepare))
      }
    }
  }
  await Promise.all(calls)
}

/** What peers do: a Request that carries its signal, and a clone of it for each attempt. */
async function naiveCalls(): Promise<void> {
  const controllers = Array.from({ length: 20 }, () => new AbortController())
  const hanging = controllers.map(async (controller, index) => {
    const server = await serve(['nothing'])
    waiting.add(`naive ${index}`)
    const request = new Request(server.url, { signal: controller.signal })
    void failureOf(fetch(request.clone())).then(() => {
      waiting.delete(`naive ${index}`)
      ended += 1
    })
    await hangingAt(server)
  })
  await Promise.all(hanging)
  for (const controller of controllers) controller.abort()
  // What an abort reaches, it reaches at once; this is the time for a hundred turns of the event loop more.
  for (let turns = 0; turns < 100; turns += 1) await new Promise((resolve) => setImmediate(resolve))
}

const kind = process.argv[2]
const { gc } = globalThis
if (gc === undefined) throw new Error('Run it with --expose-gc')
const collector = setInterval(() => {
  gc()
  collections += 1
}, 15)
const watchdog = setTimeout(() => {
  console.error('Never ended:', [...waiting])
  console.log(JSON.stringify({ ended, hanging: waiting.size }))
  process.exit(1)
}, hopelessMs)
if (kind === 'naive') await naiveCalls()
else for (const first of ['none', 'too many requests', 'reset'] as const) await hangingCalls(first)
clearTimeout(watchdog)
clearInterval(collector)
for (const server of servers) server.close()
console.log(JSON.stringify({ ended, hanging: waiting.size }))
// The fixture's connections would keep the program alive.
process.exit()
