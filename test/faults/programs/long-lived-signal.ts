/**
 * Ten thousand calls, one after another, on one signal that lives as long as the program. Answers what they left behind. It must
 * end by itself: a timer or a socket that is left would keep it alive.
 */
import { getEventListeners } from 'node:events'
import { createServer } from 'node:http'
import { SessionsClient } from 'sandbox-sessions-sdk'

const calls = 10_000
const sessionId = '7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f'
const body = JSON.stringify({
  sessionId,
  status: 'running',
  createdAt: '2026-11-22T10:00:00.000Z',
  expiresAt: '2026-11-22T11:00:00.000Z',
})

const { signal } = new AbortController()
const warnings: string[] = []
process.on('warning', ({ name }) => warnings.push(name))

let requests = 0
let mostListeners = 0
let mostTimers = 0
const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length

// It looks at the signal while the call is under way, since it is part of the same program.
const server = createServer((_, response) => {
  requests += 1
  mostListeners = Math.max(mostListeners, getEventListeners(signal, 'abort').length)
  if (requests % 100 === 0) mostTimers = Math.max(mostTimers, timers())
  // Each kind of end has to let go: a success, a failure at once, a failure after a retry.
  if (requests % 10 === 8) response.writeHead(404).end()
  else if (requests % 100 === 1) response.socket?.resetAndDestroy()
  else response.writeHead(200, { 'content-type': 'application/json' }).end(body)
})
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const address = server.address()
if (address === null || typeof address === 'string') throw new Error('No port')

const client = new SessionsClient({ apiUrl: `http://127.0.0.1:${address.port}/v1`, maxRetryDelayMs: 1 })
let failures = 0
for (let call = 0; call < calls; call += 1) {
  try {
    if (call % 2 === 0) await client.getSession(sessionId, { signal })
    else await (await client.downloadFile(sessionId, 'a', { signal })).bytes()
  } catch {
    failures += 1
  }
}
const listenersLeft = getEventListeners(signal, 'abort').length
client.close()
server.close()
server.closeAllConnections()
const inUse = (): string[] =>
  process.getActiveResourcesInfo().filter((name) => name === 'Timeout' || name.startsWith('TCP'))
// The sockets close in the turns that follow.
for (let turn = 0; turn < 1000 && inUse().length > 0; turn += 1) await new Promise((resolve) => setImmediate(resolve))
const left = inUse()
console.log(JSON.stringify({ calls, failures, mostListeners, mostTimers, listenersLeft, left, warnings }))
