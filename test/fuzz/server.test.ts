/** The local server, with requests that come from the spec: valid, on the boundary, and broken in one place. */
import { expect, test } from 'vitest'
import { loadSpec } from 'sandbox-sessions-conformance'
import type { Spec } from 'sandbox-sessions-openapi'
import { fuzzServer } from './support/fuzz-server.js'
import { fuzzSeed } from './support/seed.js'
import type { Tally } from './support/tally.js'

/** Enough for every operation to meet what it can meet. */
const whole = 5_000
const requests = Number(process.env['FUZZ_REQUESTS'] ?? whole)

test(`${requests} requests: every answer as the spec says, nothing hangs, nothing is left behind`, async () => {
  const spec = await loadSpec()
  const seed = fuzzSeed('server')
  const { tally, findings } = await fuzzServer({ spec, seed, requests })
  console.log(`${tally.total} answers, ${tally.pairs} pairs of operation and status\n${tally.toString()}`)
  expect(findings).toEqual([])
  if (requests >= whole) expectCoverage(spec, tally)
}, 600_000)

function expectCoverage(spec: Spec, tally: Tally): void {
  // Some requests are broken off, and have no answer.
  expect(tally.total).toBeGreaterThan(requests * 0.98)
  expect(tally.pairs).toBeGreaterThanOrEqual(90)
  const succeeding = spec.operations.filter(({ id }) => tally.statusesOf(id).some((status) => status < 300))
  expect(succeeding).toEqual(spec.operations)
  // Nothing about a request can be wrong where no parameter is needed and nobody is asked for.
  const refusable = spec.operations.filter(({ secured }) => secured)
  expect(refusable.filter(({ id }) => tally.statusesOf(id).some((status) => status >= 400))).toEqual(refusable)
}
