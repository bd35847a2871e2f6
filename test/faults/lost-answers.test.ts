/** The real server does what it is asked, and the answer is lost: the next attempt must find out, and do nothing twice. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type RetryEvent, SessionNotFoundError, SessionsClient } from '../../src/index.js'
import { type ProxyFault, faultProxy } from 'sandbox-sessions-testkit/fault-proxy'
import { type IsolatedServer, isolatedServer } from 'sandbox-sessions-testkit/isolated-server'
import { seeded } from 'sandbox-sessions-testkit/random'

/** How an answer is lost after the server is done. */
const losses = [
  'reset after the server is done',
  'cut in the head',
  'cut in the body',
  '502 in place of the answer',
] as const

describe('an answer that is lost', () => {
  let server: IsolatedServer
  let direct: SessionsClient

  beforeAll(async () => {
    server = await isolatedServer()
    direct = new SessionsClient({ apiUrl: server.url, bearerToken: server.token })
  })
  afterAll(() => server[Symbol.asyncDispose]())

  /** Makes a call whose first answers are lost. Answers how often it was tried again. */
  async function losing(
    fault: ProxyFault,
    times: number,
    call: (client: SessionsClient) => Promise<unknown>,
  ): Promise<readonly RetryEvent[]> {
    const retries: RetryEvent[] = []
    const luck = { ...seeded(1), next: () => (retries.length < times ? 0 : 1) }
    await using proxy = await faultProxy(server.url, { random: luck, rate: 0.5, faults: [fault] })
    await using client = new SessionsClient({
      apiUrl: proxy.url,
      bearerToken: server.token,
      maxRetryDelayMs: 5,
      hooks: { onRetry: (event) => retries.push(event) },
    })
    await call(client)
    expect(proxy.injected.get(fault)).toBe(times)
    return retries
  }

  test.each(losses)('%s: createSession makes exactly one session, and answers it', async (fault) => {
    const mark = `created-${fault}`
    let sessionId: string | undefined
    const retries = await losing(fault, 2, async (client) => {
      ;({ sessionId } = await client.createSession({ metadata: { mark } }))
    })
    expect(retries).toHaveLength(2)
    const sessions = await direct.listSessions({ limit: 100 }).toArray()
    const made = sessions.filter((session) => session.metadata['mark'] === mark)
    expect(made.map((session) => session.sessionId)).toEqual([sessionId])
  })

  test.each(losses)('%s: deleteSession has succeeded, though the second answer is 404', async (fault) => {
    const session = await direct.createSession()
    expect(await losing(fault, 1, (client) => client.deleteSession(session.sessionId))).toHaveLength(1)
    await expect(session.refresh()).rejects.toBeInstanceOf(SessionNotFoundError)
  })

  test.each(losses)('%s: uploadFile writes the same again', async (fault) => {
    await using session = await direct.createSession()
    const upload = (client: SessionsClient): Promise<unknown> =>
      client.uploadFile(session.sessionId, { path: 'a', overwrite: true }, 'content')
    expect(await losing(fault, 2, upload)).toHaveLength(2)
    expect(await (await session.files.download('a')).text()).toBe('content')
  })

  test.each(losses)('%s: a command ran once, and its call fails', async (fault) => {
    await using session = await direct.createSession()
    const run = async (client: SessionsClient): Promise<void> => {
      const { sessionId } = session
      await expect(
        client.executeCommand(sessionId, { command: 'echo ran >> log' }, { maxRetries: 5 }),
      ).rejects.toThrow()
    }
    expect(await losing(fault, 1, run)).toEqual([])
    expect(await (await session.files.download('log')).text()).toBe('ran\n')
  })
})
