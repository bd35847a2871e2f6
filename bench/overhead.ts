/**
 * What the SDK adds to a call, side by side with bare fetch, interleaved in one run: `npm run bench`.
 *
 * Each step adds one thing to the step before, so that their differences tell where the time goes.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import createClient from 'openapi-fetch'
import { type paths, SessionsClient } from 'sandbox-sessions-sdk'

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 6000)
const warmUp = rounds / 3
/** The budget of the last step, as a ratio to the first. */
const budget = 1.15

const fixture = fork(fileURLToPath(new URL('fixture.ts', import.meta.url)), { execArgv: ['--import', 'tsx'] })
const [address]: { port: number }[] = await once(fixture, 'message')
const apiUrl = `http://127.0.0.1:${address?.port ?? 0}/v1`
const sessionId = '7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f'
const url = `${apiUrl}/sessions/${sessionId}`
const bearerToken = 'a-token-of-some-length'
const headers = { accept: 'application/json', authorization: `Bearer ${bearerToken}` }

const client = new SessionsClient({ apiUrl, bearerToken })
const api = createClient<paths>({ baseUrl: apiUrl, headers })

function named(): Record<string, string> {
  return { ...headers, 'x-request-id': crypto.randomUUID(), 'user-agent': 'sandbox-sessions-sdk/0.1.0' }
}

async function withDeadline(): Promise<unknown> {
  const controller = new AbortController()
  const timer = setTimeout(() => {
    controller.abort()
  }, 30_000)
  const response = await fetch(url, { headers: named(), signal: controller.signal })
  const body: unknown = await response.json()
  clearTimeout(timer)
  return body
}

const steps: Record<string, () => Promise<unknown>> = {
  'bare fetch + json()': async () => (await fetch(url, { headers })).json(),
  '+ request id, user agent': async () => (await fetch(url, { headers: named() })).json(),
  '+ signal and timer': withDeadline,
  'client.getSession()': () => client.getSession(sessionId),
  'for comparison: bare openapi-fetch': () => api.GET('/sessions/{sessionId}', { params: { path: { sessionId } } }),
}

const samples = new Map(Object.keys(steps).map((name) => [name, new Array<number>()]))
for (let round = 0; round < rounds; round += 1) {
  for (const [name, step] of Object.entries(steps)) {
    const began = performance.now()
    await step()
    if (round >= warmUp) samples.get(name)?.push((performance.now() - began) * 1000)
  }
}

function quantile(values: readonly number[], share: number): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length * share)] ?? NaN
}

const base = quantile(samples.get('bare fetch + json()') ?? [], 0.5)
console.log(`${rounds - warmUp} calls each, interleaved, keep-alive loopback, Node ${process.version}`)
for (const [name, values] of samples) {
  const median = quantile(values, 0.5)
  const p95 = quantile(values, 0.95)
  console.log(
    `${name.padEnd(36)} median ${median.toFixed(0).padStart(5)} µs   p95 ${p95.toFixed(0).padStart(5)} µs   ratio ${(median / base).toFixed(3)}`,
  )
}
const ratio = quantile(samples.get('client.getSession()') ?? [], 0.5) / base
console.log(
  `Budget: at most ${budget} times bare fetch. ${ratio <= budget ? 'Kept' : 'NOT kept'}: ${ratio.toFixed(3)}.`,
)
if (ratio > budget) process.exitCode = 1
client.close()
fixture.disconnect()
