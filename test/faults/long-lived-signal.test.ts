import { expect, test } from 'vitest'
import { program } from 'sandbox-sessions-testkit/program'

const few: unknown = expect.toSatisfy((count: unknown) => Number(count) < 10)

test('10 000 calls on one signal leave no listener, no timer and no socket', async () => {
  await using calls = await program(new URL('programs/long-lived-signal.ts', import.meta.url))
  expect(await calls.run([])).toMatchObject({
    calls: 10_000,
    mostListeners: 1,
    mostTimers: few,
    listenersLeft: 0,
    left: [],
    warnings: [],
  })
  // Ten thousand calls take as long as they take.
}, 300_000)
