/** The driver itself: it finds what is wrong, and what it found can be had again. */
import { expect, test } from 'vitest'
import { loadSpec } from 'sandbox-sessions-conformance'
import { httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { wireSession } from '../support/wire.js'
import { fuzzServer } from './support/fuzz-server.js'
import { fuzzSeed } from './support/seed.js'
import { stepsOf } from './support/steps.js'

const seed = fuzzSeed('driver')
const spec = await loadSpec()

test('the same seed makes the same requests, another one others', () => {
  const first = (from: number): unknown[] => {
    const steps = stepsOf(spec, 'marker', from)
    return Array.from({ length: 250 }, (): unknown => steps.next().value)
  }
  expect(first(seed)).toEqual(first(seed))
  expect(first(seed)).not.toEqual(first(seed + 1))
})

test('a server that says yes to everything is found out, with the seed and the request', async () => {
  await using yes = await httpFixture((request, response) => {
    request.resume().on('end', () => respond(response, 200, wireSession()))
  })
  const { findings } = await fuzzServer({ spec, seed, requests: 60, server: { url: yes.url, token: 'token' } })
  const all = findings.join('\n')
  expect(all).toContain('though the request had to be refused')
  expect(all).toContain('status 200 is not in the spec')
  expect(all).toContain('no such session can be used')
  expect(all).toMatch(new RegExp(`seed ${seed}, request \\d+`))
  expect(all).toContain(`curl -sSi --path-as-is -X`)
})

test('a server that fails is found out', async () => {
  await using failing = await httpFixture((request, response) => {
    request.resume().on('end', () => respond(response, 500, { error: 'SURPRISE', message: 'no' }))
  })
  const { findings } = await fuzzServer({ spec, seed, requests: 20, server: { url: failing.url, token: 'token' } })
  const all = findings.join('\n')
  expect(all).toContain('the service failed')
  expect(all).toContain('the code SURPRISE is not known')
  expect(all).toContain('the message says too little: no')
})
