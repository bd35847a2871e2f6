/** What the judge lets pass of answers, and what it finds. */
import { describe, test } from 'vitest'
import type { RecordedRequest, RecordedResponse } from 'sandbox-sessions-openapi'
import {
  at,
  bytes,
  checker,
  error,
  events,
  expectFound,
  files,
  type Found,
  json,
  page,
  requestOf,
  responseOf,
  result,
  session,
  stream,
} from './support/exchanges.js'

const responses: [string, line: string, response: RecordedResponse, Found][] = [
  ['a session', `GET ${at}`, responseOf(200, { type: 'application/json; charset=utf-8', body: session }), []],
  [
    'free metadata',
    `GET ${at}`,
    responseOf(200, { type: json, body: { ...session, metadata: { any: [{ thing: 1 }] } } }),
    [],
  ],
  ['nothing', `DELETE ${files}`, responseOf(204), []],
  ['a body that is ignored', `DELETE ${at}`, responseOf(200, { type: 'text/html', body: '<p>' }), []],
  [
    'bytes',
    `GET ${files}`,
    responseOf(200, { type: bytes, body: 'abc', headers: { 'content-length': '3', etag: '"x"' } }),
    [],
  ],
  ['text', `GET ${files}`, responseOf(200, { type: 'text/plain; charset=utf-8', body: 'abc' }), []],
  [
    'a part',
    `GET ${files}`,
    responseOf(206, { type: bytes, body: 'b', headers: { 'content-range': 'bytes 1-1/3' } }),
    [],
  ],
  ['an error', `GET ${at}`, responseOf(404, { type: json, body: { ...error, details: { any: 1 } } }), []],
  ['an error of a later version', `GET ${at}`, responseOf(404, { type: json, body: { ...error, error: 'LATER' } }), []],
  ['no operation', 'GET /nowhere', responseOf(404, { type: json, body: error }), []],
  [
    'a result',
    `POST ${at}/code`,
    responseOf(200, { type: json, body: { ...result, exitCode: null, stdout: 'x' } }),
    [],
  ],
  [
    'events',
    `POST ${at}/commands`,
    responseOf(200, {
      type: stream,
      body: `: hello\n\n${events(['stdout', { data: 'x' }], ['exit', { ...result, stdout: '' }])}`,
    }),
    [],
  ],
  [
    'events that end with an error',
    `POST ${at}/commands`,
    responseOf(200, { type: stream, body: events(['stderr', { data: 'x' }], ['error', error]) }),
    [],
  ],

  [
    'an undocumented status',
    `GET ${at}`,
    responseOf(202, { type: json, body: session }),
    ['status 202 is not in the spec'],
  ],
  [
    'a status of another operation',
    'GET /health',
    responseOf(401, { type: json, body: error }),
    ['status 401 is not in the spec'],
  ],
  [
    'success of no operation',
    'GET /nowhere',
    responseOf(200, { type: json, body: error }),
    ['status 200 is not in the spec'],
  ],
  [
    'an undocumented header',
    `GET ${at}`,
    responseOf(200, { type: json, body: session, headers: { 'x-owner': 'a' } }),
    ['response header x-owner is not in the spec'],
  ],
  [
    'a header of another answer',
    `GET ${at}`,
    responseOf(200, { type: json, body: session, headers: { etag: 'a' } }),
    ['response header etag is not in the spec'],
  ],
  [
    'a header with a wrong type',
    `GET ${at}`,
    responseOf(429, { type: json, body: error, headers: { 'x-ratelimit-limit': 'many' } }),
    ['x-ratelimit-limit must be integer'],
  ],
  [
    'a malformed request id',
    `GET ${at}`,
    responseOf(200, { type: json, body: session, headers: { 'x-request-id': 'a b' } }),
    ['x-request-id must match pattern'],
  ],
  [
    'an undocumented property',
    `GET ${at}`,
    responseOf(200, { type: json, body: { ...session, owner: 'a' } }),
    ['body.owner is not in the spec'],
  ],
  [
    'an undocumented property of an entry',
    'GET /sessions',
    responseOf(200, { type: json, body: { ...page, sessions: [{ ...session, x: 1 }] } }),
    ['body.sessions[].x is not in the spec'],
  ],
  [
    'an undocumented property of an error',
    `GET ${at}`,
    responseOf(404, { type: json, body: { ...error, stack: 'at' } }),
    ['body.stack is not in the spec'],
  ],
  [
    'a missing property',
    `GET ${at}`,
    responseOf(200, { type: json, body: { ...session, status: undefined } }),
    ['body.status is missing'],
  ],
  [
    'a wrong type',
    'GET /sessions',
    responseOf(200, { type: json, body: { ...page, total: '1' } }),
    ['body.total must be integer'],
  ],
  [
    'a wrong value',
    `GET ${at}`,
    responseOf(200, { type: json, body: { ...session, status: 'asleep' } }),
    ['body.status must be equal to one of the allowed values: running, paused'],
  ],
  [
    'a time that is none',
    `GET ${at}`,
    responseOf(200, { type: json, body: { ...session, createdAt: 'today' } }),
    ['body.createdAt must match format "date-time"'],
  ],
  ['no body', `GET ${at}`, responseOf(200, { type: json }), ['the body is not JSON']],
  [
    'a body that breaks off',
    `GET ${at}`,
    responseOf(200, { type: json, body: '{"sessionId":' }),
    ['the body is not JSON'],
  ],
  [
    'another media type',
    `GET ${at}`,
    responseOf(200, { type: 'text/html', body: '<p>' }),
    ['a body of type text/html is not in the spec'],
  ],
  ['no media type', `GET ${at}`, responseOf(200, { body: session }), ['a body of type none is not in the spec']],
  ['204 with a body', `DELETE ${files}`, responseOf(204, { body: 'gone' }), ['204 with a body']],
  [
    'fewer bytes than announced',
    `GET ${files}`,
    responseOf(200, { type: bytes, body: 'abc', headers: { 'content-length': '4' } }),
    ['3 bytes came, Content-Length says 4'],
  ],
  [
    'an exit that is not last',
    `POST ${at}/commands`,
    responseOf(200, { type: stream, body: events(['exit', result], ['stdout', { data: 'x' }]) }),
    ['event 1 (exit) is not the last one', 'the event stream ends without exit and without error'],
  ],
  [
    'two exits',
    `POST ${at}/commands`,
    responseOf(200, { type: stream, body: events(['exit', result], ['exit', result]) }),
    ['event 1 (exit) is not the last one'],
  ],
  [
    'no exit',
    `POST ${at}/commands`,
    responseOf(200, { type: stream, body: events(['stdout', { data: 'x' }]) }),
    ['the event stream ends without exit and without error'],
  ],
  [
    'an exit that is cut off',
    `POST ${at}/commands`,
    responseOf(200, { type: stream, body: events(['exit', result]).slice(0, -1) }),
    ['the event stream ends without exit and without error'],
  ],
  [
    'an exit with output',
    `POST ${at}/code`,
    responseOf(200, { type: stream, body: events(['exit', { ...result, stdout: 'again' }]) }),
    ['event 1 (exit) repeats output'],
  ],
  [
    'an exit with a wrong type',
    `POST ${at}/code`,
    responseOf(200, { type: stream, body: events(['exit', { ...result, exitCode: '0' }]) }),
    ['event 1 (exit).exitCode must be integer,null'],
  ],
  [
    'an event without data',
    `POST ${at}/commands`,
    responseOf(200, { type: stream, body: events(['stdout', {}], ['exit', result]) }),
    ['event 1 (stdout).data is missing'],
  ],
  [
    'an event that is no JSON',
    `POST ${at}/commands`,
    responseOf(200, { type: stream, body: `event: stdout\ndata: x\n\n${events(['exit', result])}` }),
    ['event 1 (stdout) is not JSON'],
  ],
  [
    'an unknown event',
    `POST ${at}/commands`,
    responseOf(200, { type: stream, body: events(['ping', {}], ['exit', result]) }),
    ['event 1 (ping) is not in the spec'],
  ],
  [
    'an event without a name',
    `POST ${at}/commands`,
    responseOf(200, { type: stream, body: `data: {}\n\n${events(['exit', result])}` }),
    ['event 1 (without a name) is not in the spec'],
  ],
  [
    'a line that is no field',
    `POST ${at}/commands`,
    responseOf(200, { type: stream, body: `hello\n${events(['exit', result])}` }),
    ['the event stream is malformed'],
  ],
]

describe('an answer', () => {
  test.each(responses)('%s', (_, line, response, found) => {
    expectFound(checker.checkResponse({ request: requestOf(line), response }), found)
  })
})

describe('an exchange', () => {
  const mine = { 'x-request-id': 'mine' }
  const good = { type: json, body: session, headers: mine }

  test.each<[string, RecordedRequest, RecordedResponse, Found]>([
    ['with one id', requestOf(`GET ${at}`, { headers: mine }), responseOf(200, good), []],
    ['with an id of the server', requestOf(`GET ${at}`), responseOf(200, good), []],
    [
      'with two ids',
      requestOf(`GET ${at}`, { headers: { 'x-request-id': 'other' } }),
      responseOf(200, good),
      ['X-Request-Id is mine, not the other that was sent'],
    ],
    [
      'whose answer has lost the id',
      requestOf(`GET ${at}`, { headers: mine }),
      responseOf(200, { type: json, body: session }),
      ['X-Request-Id is missing, where mine was sent'],
    ],
    [
      'with an error of the same id',
      requestOf(`GET ${at}`),
      responseOf(404, { ...good, body: { ...error, requestId: 'mine' } }),
      [],
    ],
    [
      'with an error of another id',
      requestOf(`GET ${at}`),
      responseOf(404, { ...good, body: { ...error, requestId: 'x' } }),
      ["the Error's requestId is not the X-Request-Id mine"],
    ],
    ['that was refused', requestOf('GET /sessions?limit=0'), responseOf(400, { type: json, body: error }), []],
    [
      'that should have been refused',
      requestOf('GET /sessions?limit=0'),
      responseOf(200, { type: json, body: page }),
      ['status 200, though the request had to be refused: query parameter limit must be >= 1'],
    ],
    [
      'that should have been refused by less than a failure',
      requestOf('GET /sessions?limit=0'),
      responseOf(500, { type: json, body: error }),
      ['status 500, though the request had to be refused'],
    ],
    ['with a harmless addition', requestOf('GET /sessions?later=1'), responseOf(200, { type: json, body: page }), []],
  ])('%s', (_, request, response, found) => {
    expectFound(checker.check({ request, response }), found)
  })

  test('whose bodies were not kept is judged by the rest', () => {
    const request = { ...requestOf(`POST ${at}/commands`), body: undefined }
    const response = { ...responseOf(200, { type: stream, headers: { 'x-owner': 'a' } }), body: undefined }
    expectFound(checker.check({ request, response }), ['response header x-owner is not in the spec'])
  })
})
