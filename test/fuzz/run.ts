/**
 * Sends a server requests that come from the spec and judges every answer: `npm run fuzz -- --requests 100000 --seed 42`. The
 * server is a local one of its own, or the one that `--url` and `--token` name. Exits with 1 when something is wrong.
 */
import { parseArgs } from 'node:util'
import { loadSpec } from 'sandbox-sessions-conformance'
import { fuzzServer } from './support/fuzz-server.js'

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '5000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    url: { type: 'string' },
    token: { type: 'string' },
  },
})
const { url, token } = values
if ((url === undefined) !== (token === undefined)) throw new Error('--url and --token belong together.')

const [requests, seed] = [Number(values.requests), Number(values.seed)]
if (!(requests > 0) || !Number.isSafeInteger(seed)) throw new Error('--requests and --seed are whole numbers.')

console.log(`seed ${seed}, ${requests} requests to ${url ?? 'local servers'}`)
const began = performance.now()
const elapsed = (): string => `${((performance.now() - began) / 1_000).toFixed(1)} s`
const { tally, findings } = await fuzzServer({
  spec: await loadSpec(),
  seed,
  requests,
  ...(url !== undefined && token !== undefined && { server: { url, token } }),
  onProgress: (sent) => console.log(`${sent} sent after ${elapsed()}`),
})
console.log(`\n${tally.toString()}\n`)
for (const finding of findings) console.log(`FINDING ${finding}\n`)
console.log(
  `${tally.total} answers in ${elapsed()}, ${tally.pairs} pairs of operation and status, ${findings.length} findings`,
)
process.exitCode = findings.length > 0 ? 1 : 0
