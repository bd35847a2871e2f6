/**
 * A deadline and an abort must reach a call that hangs, however often garbage is collected meanwhile: a signal that travels in a
 * clone of a Request is forgotten (nodejs/undici#4068).
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Program, nodeBinary, program } from 'sandbox-sessions-testkit/program'

describe.each([20, 22, 24])('on Node %i', (major) => {
  let collected: Program
  let node: string

  beforeAll(async () => {
    collected = await program(new URL('programs/collected.ts', import.meta.url))
    node = await nodeBinary(major)
  }, 300_000)

  afterAll(() => collected[Symbol.asyncDispose]())

  // The programs have their own limit: how long they take depends on what else the machine does.
  test('[B15] every hanging call ends by its deadline, its caller’s signal or the closing of its client', async () => {
    expect(await collected.run(['sdk'], { node })).toEqual({ ended: 348, hanging: 0 })
  }, 300_000)

  test('the test is sharp: a naive retry loses its signal', async () => {
    expect(await collected.run(['naive'], { node })).toEqual({ ended: 0, hanging: 20 })
  }, 300_000)
})
