import { describe, expect, test } from 'vitest'
import { SessionsClient } from '../../src/index.js'
import { Deadline } from '../../src/transport/deadline.js'
import { uploadServer } from 'sandbox-sessions-testkit/upload-server'
import { wireSession } from '../support/wire.js'

const longest = 2 ** 31 - 1

function timers(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length
}

function deadlineOf(timeoutMs: number): Deadline {
  return new Deadline(timeoutMs, undefined, () => new Error('expired'))
}

describe('a deadline', () => {
  test.each([longest + 1, longest * 2, Number.MAX_SAFE_INTEGER])(
    '[B6] of %d ms does not pass at once',
    async (timeoutMs) => {
      const deadline = deadlineOf(timeoutMs)
      const sleeping = deadline.sleep(timeoutMs).then(
        () => 'woke up',
        (reason: unknown) => reason,
      )
      // Long after a timer of that length would have fired, had it not been clamped: they fire in their order.
      await new Promise((resolve) => setTimeout(resolve, 20))
      expect(deadline.aborted).toBe(false)
      const reason = new Error('enough')
      deadline.abort(reason)
      expect(await sleeping).toBe(reason)
    },
  )

  test('[A2] arms no timer any more when its call is over', () => {
    const before = timers()
    const deadline = deadlineOf(60_000)
    expect(timers()).toBe(before + 1)
    deadline.release()
    deadline.arm()
    deadline.arm(1000)
    expect(timers()).toBe(before)
  })
})

test('[B6] the longest timeoutMs is not made too long by the size of an upload', async () => {
  await using server = await uploadServer()
  const client = new SessionsClient({ apiUrl: server.url, timeoutMs: longest, maxRetries: 0 })
  const info = await client.uploadFile(wireSession().sessionId, { path: 'a' }, 'content')
  expect(info.size).toBe(7)
  client.close()
})
