/** The local server, with requests that come from the spec: valid, on the boundary, and broken in one place. */
import { expect, test } from 'vitest'
import { Spec } from '../../cli/src/contract/spec.js'
import { fuzzServer } from './support/fuzz-server.js'
import { fuzzSeed } from './support/seed.js'

const requests = Number(process.env['FUZZ_REQUESTS'] ?? 5_000)

test(`${requests} requests: every answer as the spec says, nothing hangs, nothing is left behind`, async () => {
  const spec = await Spec.load()
  const seed = fuzzSeed('server')
  const { tally, findings } = await fuzzServer({ spec, seed, requests })
  console.log(`${tally.total} answers, ${tally.pairs} pairs of operation and status\n${tally.toString()}`)
  expect(findings).toEqual([])
  for (const { id } of spec.operations) {
    expect(tally.statusesOf(id), id).toEqual(expect.arrayContaining([expect.toSatisfy(isSuccess)]))
    expect(tally.statusesOf(id), id).toEqual(expect.arrayContaining([expect.toSatisfy(isRefusal)]))
  }
}, 600_000)

function isSuccess(status: number): boolean {
  return status < 300
}

function isRefusal(status: number): boolean {
  return status >= 400
}
