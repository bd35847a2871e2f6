/** Whatever a server does against the spec, a test behind the proxy fails, and its error says what it was. */
import type { ServerResponse } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Fixture, httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { type CheckingProxy, checkingProxy } from './support/checking-proxy.js'
import { at, error as failure, files, session } from './support/exchanges.js'
import { findingsDesk, throwFindings } from './support/findings.js'

const { expiresAt: _, ...endless } = session

type Answer = (response: ServerResponse) => void

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (response) =>
    respond(response, status, body, headers)

/** Ends as it should on the level of HTTP. */
const events =
  (...lines: string[]): Answer =>
  (response) =>
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(lines.join('\n') + '\n\n')

const exit = ['event: exit', 'data: {"status":"completed","exitCode":0}']

/** Breaks the connection when that much is sent. */
const cut =
  (contentType: string, length: number, text: string): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': contentType, ...(length > 0 && { 'content-length': length }) })
    response.write(text, () => response.destroy())
  }

const get = ['GET', at] as const
const run = ['POST', `${at}/commands`] as const
const download = ['GET', files] as const

const lies: [string, readonly [method: string, target: string], Answer, RegExp][] = [
  ['an undocumented status', get, json(418, failure), /→ 418 .*status 418 is not in the spec/],
  ['an undocumented status of success', get, json(202, session), /→ 202 .*status 202 is not in the spec/],
  ['an undocumented header', get, json(200, session, { 'x-owner': 'me' }), /header x-owner is not in the spec/],
  ['an undocumented property', get, json(200, { ...session, owner: 'me' }), /body\.owner is not in the spec/],
  ['a missing property', get, json(200, endless), /body\.expiresAt is missing/],
  ['a wrong type', get, json(200, { ...session, image: 3 }), /body\.image must be string/],
  ['a wrong value', get, json(200, { ...session, status: 'asleep' }), /body\.status .*running, paused/],
  ['another media type', get, json(200, '<p>Hello</p>'), /type text\/html is not in the spec/],
  ['a body that is no JSON', get, json(200, '{', { 'content-type': 'application/json' }), /is not JSON/],
  ['an id of another request', get, json(200, session, { 'x-request-id': 'another' }), /X-Request-Id is another/],
  [
    'an answer without the id of its request',
    get,
    (response) => {
      response.removeHeader('x-request-id')
      respond(response, 200, session)
    },
    /X-Request-Id is missing, where mine was sent/,
  ],
  [
    'an Error of another request',
    get,
    json(404, { ...failure, requestId: 'x' }, { 'x-request-id': 'mine' }),
    /requestId/,
  ],
  ['a JSON body that breaks off', get, cut('application/json', 100, '{"sessionId":'), /the answer broke off/],
  ['no answer', get, (response) => response.destroy(), /→ no answer .*broke off/],
  ['a download that breaks off', download, cut('application/octet-stream', 9, 'four'), /the answer broke off/],
  [
    'a download with a wrong header',
    download,
    (response) =>
      response.writeHead(200, { 'content-type': 'application/octet-stream', 'accept-ranges': 'lines' }).end('x'),
    /accept-ranges must be equal.*bytes/,
  ],
  ['an event stream that breaks off', run, cut('text/event-stream', 0, 'event: stdout\n'), /the answer broke off/],
  [
    'an event stream without an end',
    run,
    events('event: stdout', 'data: {"data":"x"}'),
    /without exit and without error/,
  ],
  [
    'an event that is not in the spec',
    run,
    events('event: hello', 'data: {}', '', ...exit),
    /hello.* is not in the spec/,
  ],
  [
    'an event with a wrong type',
    run,
    events('event: stdout', 'data: {"data":7}', '', ...exit),
    /\(stdout\)\.data must be string/,
  ],
  [
    'an event in an unknown encoding',
    run,
    events('event: stdout', 'data: {"data":"61","encoding":"hex"}', '', ...exit),
    /\(stdout\)\.encoding must be equal.*utf-8, base64/,
  ],
  [
    'an event with an undocumented property',
    run,
    events('event: stdout', 'data: {"data":"","n":1}', '', ...exit),
    /\.n is not in the spec/,
  ],
  ['an exit that lacks a property', run, events('event: exit', 'data: {"status":"completed"}'), /exitCode is missing/],
]

describe.each([true, false])('a server that lies, with Prism: %s', (withPrism) => {
  let answer: Answer
  let server: Fixture
  let proxy: CheckingProxy
  let desk: Fixture

  beforeAll(async () => {
    server = await httpFixture((request, response) => {
      const { 'x-request-id': id } = request.headers
      if (id !== undefined) response.setHeader('x-request-id', id)
      answer(response)
    })
    proxy = await checkingProxy(server.url, { withPrism })
    desk = await findingsDesk(proxy.ledger)
  })

  afterAll(async () => {
    for (const each of [desk, proxy, server]) await each[Symbol.asyncDispose]()
  })

  beforeEach(async () => {
    await proxy.ledger.take()
  })

  /** What arrives behind the proxy is not looked at here: a client has its own ways to find that something is wrong. */
  async function call([method, target]: readonly [string, string]): Promise<string> {
    const response = await fetch(proxy.url + target, {
      method,
      headers: {
        authorization: 'Bearer token',
        'x-request-id': 'mine',
        ...(method === 'POST' && { 'content-type': 'application/json', accept: 'text/event-stream' }),
      },
      ...(method === 'POST' && { body: '{"command":"true"}' }),
    })
    return await response.text()
  }

  test.each(lies)('%s', async (_, request, lie, message) => {
    answer = lie
    await call(request).catch(() => undefined)
    await expect(throwFindings(desk.url)).rejects.toThrow(message)
  })

  test('the truth passes', async () => {
    for (const [request, truth] of [
      [get, json(200, session, { 'x-request-id': 'mine' })],
      [get, json(404, { ...failure, requestId: 'mine' }, { 'x-request-id': 'mine' })],
      [run, events('event: stdout', 'data: {"data":"x"}', '', ...exit)],
      [run, events(': still here', '', 'event: error', `data: ${JSON.stringify(failure)}`)],
    ] as const) {
      answer = truth
      expect(await call(request)).not.toBe('')
      await throwFindings(desk.url)
    }
  })

  test('a server that takes what the spec forbids is a liar too', async () => {
    answer = json(200, { sessions: [], total: 0, limit: 0, offset: 0 })
    await call(['GET', '/sessions?limit=0'])
    await expect(throwFindings(desk.url)).rejects.toThrow(/status 200, though the request had to be refused/)
  })

  if (!withPrism) return

  test('what Prism says comes with its reason', async () => {
    answer = json(200, endless)
    expect(await call(get)).toContain('stoplight.io/prism/errors')
    await expect(throwFindings(desk.url)).rejects.toThrow(/Prism says: .*must have required property 'expiresAt'/)
    answer = json(418, failure)
    await call(get)
    await expect(throwFindings(desk.url)).rejects.toThrow(/Prism says: .*Unable to match the returned status code/)
  })
})
