/**
 * What becomes of a call, whatever goes wrong on the way: a row for each fault, a column for each kind of call. Every cell runs
 * against a real server that does just that.
 */
import { describe, expect, test } from 'vitest'
import {
  ConflictError,
  RateLimitError,
  SandboxAPIError,
  SandboxConnectionError,
  SandboxOperationError,
  SandboxTimeoutError,
  ServiceUnavailableError,
  SessionNotFoundError,
  SessionsClient,
  type SessionsClientOptions,
  UnauthorizedError,
} from '../../src/index.js'
import { closedPort } from 'sandbox-sessions-testkit/fixture'
import * as fault from './faults.js'
import { type FaultyServer, faultyServer } from './faulty-server.js'
import { wireSession } from '../support/wire.js'
import { type Operation, operations } from './operations.js'

/** How a call ends: after so many attempts, with success or with an error of exactly this class. */
interface Cell {
  readonly attempts: number
  readonly error?: abstract new (...args: never[]) => SandboxAPIError
  readonly fields?: Readonly<Record<string, unknown>>
}

interface Row {
  readonly fault: string
  /** What happens to the first attempt, the second, ..., and to all that follow. */
  readonly steps: readonly fault.Step[] | 'refused' | 'unknown host'
  readonly options: SessionsClientOptions
  /** The least time between the first answer and the second attempt, in milliseconds. */
  readonly pauseMs: number
  readonly cells: readonly Cell[]
}

type Cells = readonly [get: Cell, del: Cell, create: Cell, command: Cell, upload: Cell, download: Cell]

// The waits between attempts are cut short where the row is not about them.
const hasty: SessionsClientOptions = { maxRetryDelayMs: 5 }
const patient: SessionsClientOptions = {}
// Long enough for what comes before the hang, even on a busy machine.
const hurried: SessionsClientOptions = { ...hasty, timeoutMs: 5000 }

/** `pauseMs` is 250 where no other is named: half of the first backoff, which no attempt may come before. */
function row(name: string, steps: Row['steps'], options: SessionsClientOptions, cells: Cells, pauseMs?: number): Row {
  return { fault: name, steps, options, cells, pauseMs: pauseMs ?? (options === patient ? 250 : 0) }
}

const ok = (attempts: number): Cell => ({ attempts })
/** No usable response came. The status is there when the head of a response was. */
const lost = (attempts: number, statusCode?: number): Cell => ({
  attempts,
  error: SandboxConnectionError,
  fields: { statusCode, errorCode: undefined },
})
const late = (attempts: number, phase: 'response' | 'body', timeoutMs = 5000): Cell => ({
  attempts,
  error: SandboxTimeoutError,
  fields: { phase, timeoutMs },
})
const failed = (attempts: number, statusCode: number): Cell => ({
  attempts,
  error: SandboxOperationError,
  fields: { statusCode, errorCode: undefined },
})
const gone = (attempts: number): Cell => ({ attempts, error: SessionNotFoundError, fields: { statusCode: 404 } })
const limited = (attempts: number, retryAfterMs?: unknown): Cell => ({
  attempts,
  error: RateLimitError,
  fields: { statusCode: 429, retryAfterMs },
})
const busy = (attempts: number, retryAfterMs?: unknown): Cell => ({
  attempts,
  error: ServiceUnavailableError,
  fields: { statusCode: 503, retryAfterMs },
})
const refused: Cell = { attempts: 1, error: UnauthorizedError, fields: { statusCode: 401 } }
const conflict = (attempts: number, said: string): Cell => ({
  attempts,
  error: ConflictError,
  fields: { statusCode: 409, message: said },
})

const all = (cell: Cell): Cells => [cell, cell, cell, cell, cell, cell]
const html = '<html><body>Bad gateway</body></html>'
const day = 24 * 3600_000
const inThe = (milliseconds: number): string => new Date(Date.now() + milliseconds).toUTCString()
const limit = (headers?: () => Readonly<Record<string, string>>): fault.Step => fault.answer(429, {}, headers)
const after = (value: string) => () => ({ 'retry-after': value })
const aboveZero: unknown = expect.toSatisfy((value: unknown) => typeof value === 'number' && value > 0)
const aboutAYear: unknown = expect.toSatisfy((value: unknown) => typeof value === 'number' && value > 300 * day)
const plain409 = '409 Conflict'
const lost409 = 'An earlier attempt of this call, whose answer was lost'

// prettier-ignore
const table: readonly Row[] = [
  // Nobody answers.                                                      GET              DELETE           create           command          upload           download
  // Nothing can have been sent: even a command is tried again.
  row('[B8] refused',               'refused', hasty,                    all(lost(3))),
  row('[B8] an unknown host',       'unknown host', hasty,               all(lost(3))),
  row('reset before the request',   [fault.resetBefore], hasty,          [lost(3),         lost(3),         lost(3),         lost(1),         lost(3),         lost(3)]),
  row('reset after the request',    [fault.resetAfter], hasty,           [lost(3),         lost(3),         lost(3),         lost(1),         lost(3),         lost(3)]),
  row('reset in the headers',       [fault.resetInHead], hasty,          [lost(3),         lost(3),         lost(3),         lost(1),         lost(3),         lost(3)]),
  // The body of a download is the caller's to read: what was read can't be taken back.
  row('reset in the body',          [fault.resetInBody], hasty,          [lost(3, 200),    lost(3, 200),    lost(3, 200),    lost(1, 200),    lost(3, 200),    lost(1, 200)]),
  row('a body shorter than said',   [fault.closeInBody], hasty,          [lost(3, 200),    lost(3, 200),    lost(3, 200),    lost(1, 200),    lost(3, 200),    lost(1, 200)]),
  row('an answer that is not HTTP', [fault.notHttp], hasty,              [lost(3),         lost(3),         lost(3),         lost(1),         lost(3),         lost(3)]),
  row('reset before it, once',      [fault.resetBefore, fault.success], hasty,
                                                                         [ok(2),           ok(2),           ok(2),           lost(1),         ok(2),           ok(2)]),
  row('reset after it, twice',      [fault.resetAfter, fault.resetAfter, fault.success], hasty,
                                                                         [ok(3),           ok(3),           ok(3),           lost(1),         ok(3),           ok(3)]),
  row('reset, with the first backoff as it is', [fault.resetAfter, fault.success], patient,
                                                                         [ok(2),           ok(2),           ok(2),           lost(1),         ok(2),           ok(2)]),
  // The answer never ends: the deadline is for all attempts together, and there is none after it.
  row('hang before the request',    [fault.hangBefore], hurried,         all(late(1, 'response'))),
  row('hang after the request',     [fault.hangAfter], hurried,          all(late(1, 'response'))),
  row('hang in the headers',        [fault.hangInHead], hurried,         all(late(1, 'response'))),
  row('hang in the body',           [fault.hangInBody], hurried,         all(late(1, 'body'))),
  row('a byte in ten seconds',      [fault.trickle], hurried,
                                                                         all(late(1, 'body'))),
  // A download's deadline is for each pause.
  row('a body in pieces',           [fault.pieceByPiece(4, 1500)], hurried,
                                                                         [late(1, 'body'), ok(1),           late(1, 'body'), late(1, 'body'), late(1, 'body'), ok(1)]),
  row('reset, then hang',           [fault.resetAfter, fault.hangAfter], hurried,
                                                                         [late(2, 'response'), late(2, 'response'), late(2, 'response'), lost(1), late(2, 'response'), late(2, 'response')]),
  row('reset, then hang in the body', [fault.resetAfter, fault.hangInBody], hurried,
                                                                         [late(2, 'body'), late(2, 'body'), late(2, 'body'), lost(1),         late(2, 'body'), late(2, 'body')]),
  // Answers that are no Error of the spec.
  row('empty 404',                  [fault.answer(404, '')], hasty,      [gone(1),         gone(1),         failed(1, 404),  gone(1),         gone(1),         gone(1)]),
  row('empty 500',                  [fault.answer(500, '')], hasty,      [failed(3, 500),  failed(3, 500),  failed(3, 500),  failed(1, 500),  failed(3, 500),  failed(3, 500)]),
  row('HTML 502',                   [fault.answer(502, html)], hasty,    [failed(3, 502),  failed(3, 502),  failed(3, 502),  failed(1, 502),  failed(3, 502),  failed(3, 502)]),
  row('HTML 504, once',             [fault.answer(504, html), fault.success], hasty,
                                                                         [ok(2),           ok(2),           ok(2),           failed(1, 504),  ok(2),           ok(2)]),
  row('401, with a fixed token',    [fault.answer(401, '')], hasty,      all(refused)),
  row('408 of a gateway',           [fault.answer(408, html)], hasty,    all(failed(1, 408))),
  // Of an upload Node's fetch does not tell the status, since it was told to keep no copy of the body.
  row('a redirect',                 [fault.answer(307, '', () => ({ location: '/elsewhere' }))], hasty,
                                                                         [lost(1, 307),    lost(1, 307),    lost(1, 307),    lost(1, 307),    lost(1),         lost(1, 307)]),
  row('JSON of the wrong shape',    [fault.answer(200, { hello: 1 })], hasty,
                                                                         [lost(1, 200),    ok(1),           lost(1, 200),    lost(1, 200),    lost(1, 200),    ok(1)]),
  row('success with an empty body', [fault.answer(200, '')], hasty,      [lost(1, 200),    ok(1),           lost(1, 200),    lost(1, 200),    lost(1, 200),    ok(1)]),
  // Too much: the server did not begin the work, so that even a command may come again.
  row('429 for ever',               [limit()], hasty,                    all(limited(3, undefined))),
  row('429 without a hint',         [limit(), fault.success], patient,   all(ok(2))),
  row('429, Retry-After: 1',        [limit(after('1')), fault.success], patient, all(ok(2)), 1000),
  row('429, Retry-After: a date',   [limit(() => ({ 'retry-after': inThe(2000) })), fault.success], patient, all(ok(2)), 1000),
  row('429, Retry-After: the past', [limit(() => ({ 'retry-after': inThe(-day) })), fault.success], patient, all(ok(2))),
  row('429, Retry-After: 0',        [limit(after('0')), fault.success], patient, all(ok(2))),
  row('429, Retry-After: -5',       [limit(after('-5')), fault.success], patient, all(ok(2))),
  row('429, Retry-After: garbage',  [limit(after('soon')), fault.success], patient, all(ok(2))),
  row('429, X-RateLimit-Reset',     [limit(() => ({ 'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 1) })), fault.success], patient, all(ok(2)), 1000),
  row('429, X-RateLimit-Reset: the past', [limit(() => ({ 'x-ratelimit-reset': '1000' })), fault.success], patient, all(ok(2))),
  // A wait that is too long is not taken.
  row('429, a year ahead in seconds', [limit(after(String(365 * 24 * 3600)))], patient, all(limited(1, 365 * day))),
  row('429, a year ahead as a date', [limit(() => ({ 'retry-after': inThe(365 * day) }))], patient, all(limited(1, aboutAYear))),
  row('429, a year ahead as a reset', [limit(() => ({ 'x-ratelimit-reset': String(Math.ceil((Date.now() + 365 * day) / 1000)) }))], patient, all(limited(1, aboutAYear))),
  row('429, more than maxRetryDelayMs', [limit(after('1'))], hasty,      all(limited(1, 1000))),
  row('429, more than the deadline leaves', [limit(after('50'))], { timeoutMs: 40_000 }, all(limited(1, 50_000))),
  row('429, zero for ever',         [limit(after('0'))], hasty,          all(limited(3, 0))),
  row('429 with a date, for ever',  [limit(() => ({ 'retry-after': inThe(5000) }))], hasty, all(limited(1, aboveZero))),
  // No room: whether the work began is known only when the server says when to come again.
  row('503 for ever',               [fault.answer(503, '')], hasty,      [busy(3),         busy(3),         busy(3),         busy(1),         busy(3),         busy(3)]),
  row('503, then success',          [fault.answer(503, html), fault.success], hasty,
                                                                         [ok(2),           ok(2),           ok(2),           busy(1),         ok(2),           ok(2)]),
  row('503 with Retry-After, then success', [fault.answer(503, '', after('1')), fault.success], patient, all(ok(2)), 1000),
  row('503 with Retry-After, for ever', [fault.answer(503, '', after('0'))], hasty, all(busy(3, 0))),
  row('500 for ever',               [fault.answer(500, {})], hasty,      [failed(3, 500),  failed(3, 500),  failed(3, 500),  failed(1, 500),  failed(3, 500),  failed(3, 500)]),
  row('500, then success',          [fault.answer(500, {}), fault.success], hasty,
                                                                         [ok(2),           ok(2),           ok(2),           failed(1, 500),  ok(2),           ok(2)]),
  // The first answer is lost, and the second speaks of what the first attempt did.
  row('lost, then 404',             [fault.resetAfter, fault.answer(404, '')], hasty,
                                                                         [gone(2),         ok(2),           failed(2, 404),  lost(1),         gone(2),         gone(2)]),
  row('500, then 404',              [fault.answer(500, ''), fault.answer(404, '')], hasty,
                                                                         [gone(2),         ok(2),           failed(2, 404),  failed(1, 500),  gone(2),         gone(2)]),
  row('429, then 404',              [limit(), fault.answer(404, '')], hasty,
                                                                         [gone(2),         gone(2),         failed(2, 404),  gone(2),         gone(2),         gone(2)]),
  row('lost, then 409',             [fault.resetAfter, fault.answer(409, '')], hasty,
                                                                         [conflict(2, lost409), conflict(2, lost409), conflict(2, lost409), lost(1), conflict(2, lost409), conflict(2, lost409)]),
  // An earlier attempt is still at work: the spec's IDEMPOTENCY_CONFLICT.
  row('lost, then 409 with Retry-After', [fault.resetAfter, fault.answer(409, '', after('0')), fault.success], hasty,
                                                                         [ok(3),           ok(3),           ok(3),           lost(1),         ok(3),           ok(3)]),
  row('409 with Retry-After',       [fault.answer(409, '', after('1')), fault.success], patient,
                                                                         [ok(2),           ok(2),           ok(2),           conflict(1, plain409), ok(2),     ok(2)], 1000),
  row('429, then 409',              [limit(), fault.answer(409, '')], hasty, all(conflict(2, plain409))),
]

const rows = table.map((each) => [each.fault, each] as const)

describe.concurrent.each(rows)('%s', (_, { steps, options, cells, pauseMs }) => {
  test.each(operations.map((operation, column) => [operation.name, operation, cells[column]] as const))(
    '%s',
    async (_name, operation, cell) => {
      if (cell === undefined) throw new Error('A row has as many cells as there are operations')
      const hasServer = typeof steps !== 'string'
      await using server = await faultyServer(hasServer ? steps : [fault.resetBefore], operation)
      const nowhere = steps === 'refused' ? `127.0.0.1:${await closedPort()}` : 'nowhere.invalid'
      const apiUrl = hasServer ? server.url : `http://${nowhere}/v1`
      let attempts = 0
      await using client = new SessionsClient({
        ...options,
        apiUrl,
        bearerToken: 'the-token-of-the-table',
        hooks: { onRequest: () => (attempts += 1) },
      })
      const error = await failureOf(operation.call(client, { timeoutMs: options.timeoutMs }))
      expectOutcome(error, cell, operation)
      expect(attempts).toBe(cell.attempts)
      if (hasServer) expectAttempts(server, cell.attempts, operation)
      if (cell.attempts > 1 && pauseMs > 0) expect(firstPause(server)).toBeGreaterThanOrEqual(pauseMs)
    },
  )
})

describe.concurrent('an upload of more than the network holds', () => {
  const content = new Uint8Array(16 * 1024 ** 2)

  test.each([
    ['nobody reads it: ends at its deadline', fault.hangBefore, hurried, late(1, 'response')],
    ['reset in the middle: is sent again', fault.resetInRequest, hasty, lost(3)],
    [
      'refused in the middle: the answer counts, and the rest is not sent',
      fault.answerInRequest,
      hasty,
      failed(1, 413),
    ],
  ])('%s', async (_, step, options, cell) => {
    const operation: Operation = {
      name: 'uploadFile',
      method: 'POST',
      bytes: content.length,
      keyed: false,
      success: { status: 201, body: '' },
      call: (client, options) => client.uploadFile(wireSession().sessionId, { path: 'a' }, content, options),
    }
    await using server = await faultyServer([step], operation)
    await using client = new SessionsClient({ ...options, apiUrl: server.url })
    expectOutcome(await failureOf(operation.call(client, {})), cell, operation)
    expect(server.connectedAt).toHaveLength(cell.attempts)
  })
})

async function failureOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call
    return undefined
  } catch (error) {
    return error
  }
}

function expectOutcome(error: unknown, cell: Cell, { method }: Operation): void {
  if (cell.error === undefined) {
    expect(error).toBeUndefined()
    return
  }
  if (!(error instanceof SandboxAPIError)) throw new Error('Not an error of the SDK', { cause: error })
  expect(error.constructor, String(error)).toBe(cell.error)
  const { message, ...fields } = cell.fields ?? {}
  expect(error).toMatchObject({ ...fields, method })
  if (typeof message === 'string') expect(error.message).toContain(message)
  expect(error.url).toContain('/v1/sessions')
  expect(error.requestId).toMatch(/^[\da-f-]{36}$/)
  expect(error.message).not.toMatch(/<html|\[object|fetch failed|terminated/)
}

/** Each attempt is one connection, and all that are read to the end are the same request. */
function expectAttempts({ connectedAt, received }: FaultyServer, attempts: number, { bytes, keyed }: Operation): void {
  // Should there ever be one too many, its headers tell whose it was.
  const whose = JSON.stringify(received.map(({ headers }) => headers))
  expect(connectedAt, whose).toHaveLength(attempts)
  for (const request of received) expect(request.bytes).toBe(bytes)
  expect(new Set(received.map(({ headers }) => headers['x-request-id'])).size).toBeLessThanOrEqual(1)
  const keys = new Set(received.map(({ headers }) => headers['idempotency-key']))
  expect(keys.size).toBeLessThanOrEqual(1)
  if (received.length > 0) expect(keys.has(undefined)).toBe(!keyed)
}

/** Milliseconds between the first answer and the next attempt. A timer of Node may be a millisecond early. */
function firstPause({ received: [first], connectedAt: [, second] }: FaultyServer): number {
  return first === undefined || second === undefined ? 0 : second - first.at + 2
}
