/** Calls whose answers nobody reads must not stay open until their client is closed. */
import { expect, test } from 'vitest'
import { program } from 'sandbox-sessions-testkit/program'

test('[B7] 50 answers that nobody reads leave no call and no connection, aborted, disposed or dropped', async () => {
  await using answers = await program(new URL('programs/left-open.ts', import.meta.url))
  const nothing = { held: 0, connected: 0 }
  expect(await answers.run([])).toEqual({
    'aborted streams': nothing,
    'disposed streams': nothing,
    'dropped streams': nothing,
    'cancelled downloads': nothing,
    'dropped downloads': nothing,
  })
}, 180_000)
