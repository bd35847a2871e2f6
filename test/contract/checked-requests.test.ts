/** What the judge lets pass of requests, and what it finds. */
import { describe, test } from 'vitest'
import {
  at,
  bytes,
  checker,
  expectFound,
  files,
  type Found,
  form,
  json,
  type Parts,
  requestOf,
} from './support/exchanges.js'

const requests: [string, line: string, parts: Parts, Found][] = [
  ['a session with all defaults', 'POST /sessions', {}, []],
  [
    'a session with everything',
    'POST /sessions',
    { type: json, body: { ttl: 60, image: 'a', metadata: { x: [1] } } },
    [],
  ],
  ['a key in place of a token', 'GET /sessions', { headers: { authorization: '', 'x-api-key': 'k' } }, []],
  ['health without credentials', 'GET /health', { headers: { authorization: '' } }, []],
  ['a page', 'GET /sessions?limit=100&offset=0', {}, []],
  [
    'a command',
    `POST ${at}/commands`,
    { type: 'application/json; charset=utf-8', body: { command: 'ls', env: { A: '1' } } },
    [],
  ],
  [
    'a command with bytes both ways',
    `POST ${at}/commands`,
    { type: json, body: { command: 'cat', stdin: 'AP8=', stdinEncoding: 'base64', encoding: 'base64' } },
    [],
  ],
  ['an empty file', `POST ${at}/files?path=a&overwrite=true`, { type: bytes }, []],
  ['a mode', `POST ${at}/files?path=a&mode=755`, { type: bytes, body: 'x' }, []],
  ['a form', `POST ${at}/files`, form('name="file"; filename="a"'), []],
  ['a range', `GET ${files}`, { headers: { range: 'bytes=0-1', 'if-range': '"tag"' } }, []],
  ['an id of its own', 'GET /sessions', { headers: { 'x-request-id': 'mine' } }, []],

  ['a path that is no operation', 'GET /session', {}, ['GET /session is not an operation of the spec']],
  ['a method that is no operation', 'PUT /sessions', {}, ['PUT /sessions is not an operation of the spec']],
  ['no credentials', 'GET /sessions', { headers: { authorization: '' } }, ['the request has no credentials']],
  [
    'other credentials',
    'GET /sessions',
    { headers: { authorization: 'Basic eDp5' } },
    ['the request has no credentials'],
  ],
  ['a ttl that is a string', 'POST /sessions', { type: json, body: { ttl: '60' } }, ['request.ttl must be integer']],
  ['a ttl out of its range', `PATCH ${at}`, { type: json, body: { ttl: 59 } }, ['request.ttl must be >= 60']],
  ['an unknown property', 'POST /sessions', { type: json, body: { tll: 60 } }, ['request.tll is not in the spec']],
  ['a missing property', `POST ${at}/commands`, { type: json, body: {} }, ['request.command is missing']],
  [
    'env that is not text',
    `POST ${at}/code`,
    { type: json, body: { code: 'x', env: { A: 1 } } },
    ['request.env.A must be string'],
  ],
  [
    'an unknown language',
    `POST ${at}/code`,
    { type: json, body: { code: 'x', language: 'cobol' } },
    ['request.language must be equal to one of the allowed values: python, javascript, bash'],
  ],
  [
    'an unknown encoding of the input',
    `POST ${at}/commands`,
    { type: json, body: { command: 'x', stdinEncoding: 'hex' } },
    ['request.stdinEncoding must be equal to one of the allowed values: utf-8, base64'],
  ],
  [
    'an unknown encoding of the output',
    `POST ${at}/code`,
    { type: json, body: { code: 'x', encoding: 'BASE64' } },
    ['request.encoding must be equal to one of the allowed values: utf-8, base64'],
  ],
  ['no body', `PATCH ${at}`, {}, ['the request has no body']],
  ['a body that is no JSON', `PATCH ${at}`, { type: json, body: '{' }, ['the request is not JSON']],
  ['a body that is not UTF-8', `PATCH ${at}`, { type: json, body: '' }, ['the request has no body']],
  [
    'a body of another type',
    `PATCH ${at}`,
    { type: 'text/plain', body: 'ttl=60' },
    ['the request has a body of type text/plain'],
  ],
  ['a body without a type', `PATCH ${at}`, { body: { ttl: 60 } }, ['the request has a body of type none']],
  [
    'a body where there is none',
    `POST ${at}/pause`,
    { type: json, body: {} },
    ['the body: pauseSession takes none is not in the spec'],
  ],
  ['a form without the part', `POST ${at}/files`, form('name="data"'), ['the form has no part named file']],
  [
    'a form whose file is named file',
    `POST ${at}/files`,
    form('name="data"; filename="file"'),
    ['the form has no part named file'],
  ],
  ['a repeated parameter', 'GET /sessions?limit=1&limit=2', {}, ['query parameter limit is there 2 times']],
  ['an unknown parameter', 'GET /sessions?page=2', {}, ['query parameter page is not in the spec']],
  ['a parameter that is no number', 'GET /sessions?limit=ten', {}, ['query parameter limit must be integer']],
  ['a parameter out of its range', 'GET /sessions?limit=101', {}, ['query parameter limit must be <= 100']],
  [
    'a parameter that is not true or false',
    `POST ${at}/files?path=a&overwrite=1`,
    { type: bytes, body: 'x' },
    ['query parameter overwrite must be boolean'],
  ],
  [
    'a mode that is not octal',
    `POST ${at}/files?path=a&mode=rwx`,
    { type: bytes, body: 'x' },
    ['query parameter mode must match pattern "^0?[0-7]{3}$"'],
  ],
  ['a missing parameter', `GET ${at}/files`, {}, ['query parameter filePath is missing']],
  [
    'an empty parameter',
    `GET ${at}/files/list?path=`,
    {},
    ['query parameter path must NOT have fewer than 1 characters'],
  ],
  [
    'a session id that is no uuid',
    'GET /sessions/7',
    {},
    ['path parameter sessionId must match pattern', 'path parameter sessionId must match format'],
  ],
  [
    'several ranges',
    `GET ${files}`,
    { headers: { range: 'bytes=0-1,3-4' } },
    ['header parameter Range must match pattern'],
  ],
]

describe('a request', () => {
  test.each(requests)('%s', (_, line, parts, found) => {
    expectFound(checker.checkRequest(requestOf(line, parts)), found)
  })
})
