/** One signal for many calls, as a program has that ends all it does by one. */
import { getEventListeners } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { SessionsClient } from '../../src/index.js'
import { uploadFromPath } from '../../src/node/index.js'
import { thrownBy } from '../support/client.js'
import { httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { wireSession } from '../support/wire.js'

const { sessionId } = wireSession()
const count = 40
const warnings: string[] = []
const warned = ({ name, message }: Error): void => {
  warnings.push(`${name}: ${message}`)
}

beforeEach(() => {
  warnings.length = 0
  process.on('warning', warned)
})
afterEach(() => {
  process.off('warning', warned)
})

const kinds: [string, (client: SessionsClient, signal: AbortSignal) => PromiseLike<unknown>][] = [
  ['calls', (client, signal) => client.getSession(sessionId, { signal })],
  ['streams', (client, signal) => client.streamCommand(sessionId, { command: 'x' }, { signal }).result],
  ['uploads', (client, signal) => client.uploadFile(sessionId, { path: 'a' }, 'x', { signal })],
  ['downloads', async (client, signal) => (await client.downloadFile(sessionId, 'a', { signal })).bytes()],
  ['listings', (client, signal) => client.listSessions({}, { signal })],
]

describe.each(kinds)('[B9] 40 %s at a time on one signal', (_, call) => {
  test('end by it, all of them, with one listener on it and no warning', async () => {
    await using server = await httpFixture(() => undefined)
    await using client = new SessionsClient({ apiUrl: server.url })
    const controller = new AbortController()
    const ended = Array.from({ length: count }, () => thrownBy(() => call(client, controller.signal)))
    while (server.count < count) await new Promise((resolve) => setImmediate(resolve))
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1)
    controller.abort('enough')
    expect(new Set(await Promise.all(ended))).toEqual(new Set(['enough']))
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
    expect(warnings).toEqual([])
  })
})

test('[B9] a call that ends leaves the others on the signal, and the last one lets go of it', async () => {
  const open: ServerResponse[] = []
  await using server = await httpFixture((_request, response) => open.push(response))
  await using client = new SessionsClient({ apiUrl: server.url })
  const controller = new AbortController()
  const { signal } = controller
  const first = client.getSession(sessionId, { signal })
  const second = client.getSession(sessionId, { signal })
  while (open.length < 2) await new Promise((resolve) => setImmediate(resolve))
  const [one, other] = open
  if (one !== undefined) respond(one, 200, wireSession())
  await Promise.race([first, second])
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  if (other !== undefined) respond(other, 200, wireSession())
  await Promise.all([first, second])
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  // And it is listened to anew.
  const third = thrownBy(() => client.getSession(sessionId, { signal }))
  controller.abort('enough')
  expect(await third).toBe('enough')
})

test('[B9] 12 transfers on one signal, of 16 files at a time, warn of nothing', async () => {
  const [transfers, files] = [12, 16]
  const folder = await mkdtemp(path.join(tmpdir(), 'sandbox-sdk-'))
  await Promise.all(Array.from({ length: files }, (_, index) => writeFile(path.join(folder, `${index}`), 'x')))
  const waiting: (() => void)[] = []
  await using server = await httpFixture((request, response) => {
    request.resume().on('end', () => {
      if (request.method === 'GET') {
        respond(response, 200, wireSession())
        return
      }
      if (request.url?.includes('/commands') === true) {
        respond(response, 200, { status: 'completed', exitCode: 0 })
        return
      }
      waiting.push(() => respond(response, 201, { name: 'a', path: 'a', type: 'file', size: 1 }))
      // No answer before all of them are on their way.
      if (waiting.length === transfers * files) for (const answer of waiting) answer()
    })
  })
  await using client = new SessionsClient({ apiUrl: server.url })
  const { signal } = new AbortController()
  const session = await client.getSession(sessionId)
  const all = Array.from({ length: transfers }, (_, index) =>
    uploadFromPath(session, folder, `all-${index}`, { concurrency: files, signal }),
  )
  while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve))
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  await Promise.all(all)
  expect(warnings).toEqual([])
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  await rm(folder, { recursive: true })
})
