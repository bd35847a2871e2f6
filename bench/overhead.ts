/**
 * What the SDK adds to a call, side by side with bare fetch, interleaved in one run: `npm run bench`.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import createClient from 'openapi-fetch'
import { type paths, SessionsClient } from 'sandbox-sessions-sdk'
import { type Step, interleave, print } from './interleave.js'

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 6000)
/** What getSession may cost, as a ratio to bare fetch. */
const budget = 1.15

const fixture = fork(fileURLToPath(new URL('fixture.ts', import.meta.url)), { execArgv: ['--import', 'tsx'] })
const message: unknown[] = await once(fixture, 'message')
const apiUrl = `http://127.0.0.1:${String(message[0])}/v1`
const sessionId = '7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f'
const url = `${apiUrl}/sessions/${sessionId}`
const bearerToken = 'a-token-of-some-length'
const headers = { accept: 'application/json', authorization: `Bearer ${bearerToken}` }

const client = new SessionsClient({ apiUrl, bearerToken })
const api = createClient<paths>({ baseUrl: apiUrl, headers })

async function fetchJson(init: RequestInit): Promise<unknown> {
  const response = await fetch(url, init)
  return await response.json()
}

function named(): Record<string, string> {
  return { ...headers, 'x-request-id': crypto.randomUUID(), 'user-agent': 'sandbox-sessions-sdk/0.1.0' }
}

async function withDeadline(): Promise<unknown> {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(), 30_000)
  const body = await fetchJson({ headers: named(), signal: controller.signal })
  clearTimeout(timer)
  return body
}

const bare: Step = ['bare fetch + json()', () => fetchJson({ headers })]
const sdk: Step = ['client.getSession()', () => client.getSession(sessionId)]

console.log(`Keep-alive loopback, a server in a process of its own, Node ${process.version}.\n`)
const pair = await interleave([bare, sdk], rounds)
console.log('The budget:')
print(pair)
const ratio = pair[1]?.ratio ?? Number.NaN
console.log(`At most ${budget} times bare fetch: ${ratio <= budget ? 'kept' : 'NOT KEPT'} (${ratio.toFixed(3)}).\n`)

console.log('Where the time goes (each of the first four adds to the one before):')
print(
  await interleave(
    [
      bare,
      ['+ request id and user agent', () => fetchJson({ headers: named() })],
      ['+ abort signal and timer', withDeadline],
      ['+ the rest of the SDK: getSession()', sdk[1]],
      [
        'for comparison: bare openapi-fetch',
        () => api.GET('/sessions/{sessionId}', { params: { path: { sessionId } } }),
      ],
    ],
    rounds,
  ),
)

client.close()
fixture.disconnect()
if (ratio > budget) process.exitCode = 1
