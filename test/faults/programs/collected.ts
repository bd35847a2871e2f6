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

// Long enough for the first attempt of a call to end before it, even on a busy machine.
const afterMs = 1500
const hopelessMs = 30_000
const sessionId = '7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f'
const servers: { close(): void }[] = []

/** Gives each connection the next answer, and all after the last one the last. */
async function serve(...script: readonly [Answer, ...Answer[]]): Promise<string> {
  let connections = 0
  const server = createServer((socket) => {
    const answer = answers[script[Math.min(connections++, script.length - 1)] ?? 'nothing']
    socket.on('error', () => undefined)
    socket.once('data', () => {
      if (answer === 'reset') socket.resetAndDestroy()
      else socket.write(answer)
    })
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No port')
  return `http://127.0.0.1:${address.port}/v1`
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

/** Who ends the call. Answers the options that it takes, and what the call must end with. */
const ends: Readonly<
  Record<string, (client: SessionsClient) => { options: Options; right: (error: unknown) => boolean }>
> = {
  deadline: () => ({ options: { timeoutMs: afterMs }, right: (error) => error instanceof SandboxTimeoutError }),
  'abort of the caller': () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    setTimeout(() => controller.abort(reason), afterMs)
    return { options: { timeoutMs: 120_000, signal: controller.signal }, right: (error) => error === reason }
  },
  'AbortSignal.timeout of the caller': () => {
    const isTimeout = (error: unknown): boolean => error instanceof DOMException && error.name === 'TimeoutError'
    return { options: { timeoutMs: 120_000, signal: AbortSignal.timeout(afterMs) }, right: isTimeout }
  },
  'close of the client': (client) => {
    setTimeout(() => client.close(), afterMs)
    const right = (error: unknown): boolean =>
      error instanceof SandboxConnectionError && !(error instanceof SandboxTimeoutError)
    return { options: { timeoutMs: 120_000 }, right }
  },
}

const waiting = new Set<string>()
let ended = 0

async function watch(name: string, call: PromiseLike<unknown>, right: (error: unknown) => boolean): Promise<void> {
  waiting.add(name)
  try {
    await call
    throw new Error('It succeeded')
  } catch (error) {
    if (!right(error)) {
      console.error(name, error)
      process.exitCode = 1
    }
  }
  waiting.delete(name)
  ended += 1
}

/** All calls whose first attempt ends like this, at the same time. */
async function hangingCalls(first: 'none' | 'too many requests' | 'reset'): Promise<void> {
  const calls: Promise<void>[] = []
  for (const last of ['nothing', 'part of the head', 'part of the body'] as const) {
    for (const [operation, call] of Object.entries(operations)) {
      for (const [end, prepare] of Object.entries(ends)) {
        // A command is not sent again after a reset.
        if (first === 'reset' && operation === 'executeCommand') continue
        const apiUrl = await (first === 'none' ? serve(last) : serve(first, last))
        // The raw client knows only the deadline of the client.
        const timeoutMs = end === 'deadline' ? afterMs : 120_000
        const client = new SessionsClient({ apiUrl, timeoutMs, maxRetryDelayMs: 5 })
        const { options, right } = prepare(client)
        calls.push(watch(`${operation}: ${first}, then ${last}, ended by ${end}`, call(client, options), right))
      }
    }
  }
  await Promise.all(calls)
}

/** What peers do: a Request that carries its signal, and a clone of it for each attempt. */
async function naiveCalls(): Promise<void> {
  const url = await serve('nothing')
  await Promise.all(
    Array.from({ length: 20 }, (_, index) => {
      const controller = new AbortController()
      setTimeout(() => controller.abort(), afterMs)
      const request = new Request(url, { signal: controller.signal })
      return watch(`naive ${index}`, fetch(request.clone()), () => true)
    }),
  )
}

const kind = process.argv[2]
const { gc } = globalThis
if (gc === undefined) throw new Error('Run it with --expose-gc')
const collector = setInterval(() => {
  gc()
}, 15)
const watchdog = setTimeout(
  () => {
    if (kind !== 'naive') console.error('Never ended:', [...waiting])
    console.log(JSON.stringify({ ended, hanging: waiting.size }))
    process.exit(kind !== 'naive' ? 1 : 0)
  },
  kind !== 'naive' ? hopelessMs : 3 * afterMs,
)
if (kind === 'naive') await naiveCalls()
else for (const first of ['none', 'too many requests', 'reset'] as const) await hangingCalls(first)
clearTimeout(watchdog)
clearInterval(collector)
for (const server of servers) server.close()
console.log(JSON.stringify({ ended, hanging: waiting.size }))
// The fixture's connections would keep the program alive.
process.exit()
