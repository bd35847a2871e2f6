/** Two thousand operations of every kind on the real server, a fifth of whose exchanges is broken by a proxy in between. */
import { expect, test } from 'vitest'
import { faultProxy, proxyFaults } from 'sandbox-sessions-testkit/fault-proxy'
import { isolatedServer } from 'sandbox-sessions-testkit/isolated-server'
import { program } from 'sandbox-sessions-testkit/program'
import { seedOf, seeded } from 'sandbox-sessions-testkit/random'

const operations = 2000
const workers = 6
/** Bytes. Of a call nothing stays: 1 500 of them that each kept their Request would keep more. */
const growthBound = 2 * 1024 ** 2
const flat: unknown = expect.toSatisfy((growth: unknown) => Number(growth) < growthBound)

test('2 000 mixed operations with 20 % faults: nothing orphaned, nothing twice, no raw error, nothing left', async () => {
  const seed = seedOf('mixed operations')
  await using server = await isolatedServer()
  await using proxy = await faultProxy(server.url, { random: seeded(seed), rate: 0.2 })
  await using mixed = await program(new URL('programs/mixed-operations.ts', import.meta.url))
  const seen = await mixed.run([proxy.url, server.url, server.token, seed, operations, workers])
  console.log(JSON.stringify(seen), Object.fromEntries(proxy.injected))
  expect(seen).toMatchObject({ issued: operations, wrong: [], left: [], heapGrowth: flat })
  expect([...proxy.injected.keys()].sort()).toEqual([...proxyFaults].sort())
}, 300_000)
