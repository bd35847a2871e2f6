/** The list of what Prism skips is no longer than it has to be, and all on it passes the proxy that has the list. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { SessionsClient } from '../../src/index.js'
import { type Prism, startPrism } from '../support/prism.js'
import { type CheckingProxy, checkingProxy } from './support/checking-proxy.js'
import { type ProbeGround, prismSkips } from './support/prism-skips.js'
import { type UnsafeServer, unsafeServer } from 'sandbox-sessions-testkit/unsafe-server'

describe('what Prism skips', () => {
  let server: UnsafeServer
  let prism: Prism
  let proxy: CheckingProxy
  let ground: ProbeGround

  beforeAll(async () => {
    server = await unsafeServer()
    prism = await startPrism({ mode: 'proxy', upstream: server.url })
    proxy = await checkingProxy(server.url)
    const client = new SessionsClient({ apiUrl: server.url, bearerToken: server.token })
    const { sessionId } = await client.createSession()
    ground = { direct: server.url, prism: prism.url, token: server.token, sessionId }
  })

  afterAll(async () => {
    for (const each of [proxy, prism, server]) await each[Symbol.asyncDispose]()
  })

  test.each(prismSkips.map((skip) => [skip.name, skip] as const))('%s', async (name, skip) => {
    expect(await skip.isPassable(ground), `Prism carries this now: take "${name}" off the list`).toBe(false)
    const before = proxy.ledger.seen.get(`past Prism: ${name}`) ?? 0
    expect(await skip.isPassable({ ...ground, prism: proxy.url }), 'The proxy does not carry it').toBe(true)
    expect(proxy.ledger.seen.get(`past Prism: ${name}`), 'It went through Prism').toBeGreaterThan(before)
    expect(await proxy.ledger.take()).toEqual([])
  })
})
