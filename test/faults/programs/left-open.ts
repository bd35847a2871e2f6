/**
 * Streams and downloads that nobody reads: aborted, disposed, or dropped and left to the garbage collector. Answers how many of
 * their calls are still held on to by the client, and how many connections the server still sees. Runs with `--expose-gc`.
 */
import { createServer } from 'node:http'
import { SessionsClient } from 'sandbox-sessions-sdk'

const count = 50
const patienceMs = 20_000
const sessionId = '7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f'
const { gc } = globalThis
if (gc === undefined) throw new Error('Run it with --expose-gc')

let connected = 0
const server = createServer((request, response) => {
  connected += 1
  response.on('close', () => (connected -= 1))
  request.resume().on('end', () => {
    const isStream = request.method === 'POST'
    response.writeHead(200, isStream ? { 'content-type': 'text/event-stream' } : { 'content-length': 100 })
    response.write(isStream ? 'event: stdout\ndata: {"data":"a"}\n\n' : 'abc')
  })
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const address = server.address()
if (address === null || typeof address === 'string') throw new Error('No port')

/** What the client gives to fetch for each call, and holds as long as it holds the call. */
const signals: WeakRef<AbortSignal>[] = []
let heads = 0
const client = new SessionsClient({
  apiUrl: `http://127.0.0.1:${address.port}/v1`,
  fetch: (input, init) => {
    if (init.signal instanceof AbortSignal) signals.push(new WeakRef(init.signal))
    return fetch(input, init)
  },
  hooks: { onResponse: () => (heads += 1) },
})

/** A signal that lives as long as the program must hold on to nothing. */
const { signal } = new AbortController()
const start = {
  stream: () => client.streamCommand(sessionId, { command: 'x' }, { signal }),
  download: () => client.downloadFile(sessionId, 'a', { signal }),
}

async function turn(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

async function until(holds: () => boolean): Promise<boolean> {
  const end = performance.now() + patienceMs
  while (!holds() && performance.now() < end) {
    // What was looked at in one turn of the event loop can't be collected in it.
    await new Promise((resolve) => setTimeout(resolve, 10))
    gc?.()
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  return holds()
}

async function tryOut<T>(
  begin: () => T,
  leave: (begun: Awaited<T>) => unknown,
): Promise<{ held: number; connected: number }> {
  signals.length = 0
  heads = 0
  await (async () => {
    const begun = Array.from({ length: count }, begin)
    while (heads < count) await turn()
    await turn()
    for (const each of begun) await leave(await each)
  })()
  const held = (): number => signals.filter((each) => each.deref() !== undefined).length
  await until(() => held() === 0 && connected === 0)
  return { held: held(), connected }
}

const results = {
  'aborted streams': await tryOut(start.stream, (stream) => stream.abort()),
  'disposed streams': await tryOut(start.stream, (stream) => stream[Symbol.asyncDispose]()),
  'dropped streams': await tryOut(start.stream, () => undefined),
  'cancelled downloads': await tryOut(start.download, (download) => download.cancel()),
  'dropped downloads': await tryOut(start.download, () => undefined),
}
console.log(JSON.stringify(results))
process.exit()
