import { expect, test } from 'vitest'
import { program } from '../support/program.js'

test('10 000 calls on one signal leave no listener, no timer and no socket', async () => {
  await using calls = await program(new URL('programs/long-lived-signal.ts', import.meta.url))
  expect(await calls.run('')).toMatchObject({
    calls: 10_000,
    mostListeners: 1,
    mostTimers: expect.toSatisfy((timers: unknown) => Number(timers) < 10),
    listenersLeft: 0,
    left: [],
    warnings: [],
  })
})
