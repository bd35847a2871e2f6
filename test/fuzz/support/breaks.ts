import * as fc from 'fast-check'
import type { Operation } from 'sandbox-sessions-openapi'
import type { Draft, Header } from './draft.js'
import { fuzzLimits } from './fuzz-limits.js'
import { brokenForms } from './multipart.js'
import { brokenParameterTexts } from './parameters.js'
import { type Parts, type RequestGenerators, clamped, draftOf, encode } from './requests.js'

type Breaks = fc.Arbitrary<Draft>[]

/** Requests of an operation that were valid before one thing was changed: one list for each kind of thing. */
export function brokenRequests(operation: Operation, requests: RequestGenerators): fc.Arbitrary<Draft> {
  const parts = requests.parts(operation)
  const kinds = [
    ...[
      brokenParameters(operation, requests, parts),
      brokenQueries(operation, parts),
      brokenBodies(operation, requests, parts),
    ],
    ...[wrongTypes(operation, parts), wrongPaths(parts), wrongMethods(parts), otherHeaders(parts)],
    ...(operation.secured ? [badCredentials(parts)] : []),
  ]
  return fc.oneof(...kinds.filter((kind) => kind.length > 0).map((kind) => fc.oneof(...kind)))
}

function brokenParameters(
  { parameters }: Operation,
  { schemas }: RequestGenerators,
  parts: fc.Arbitrary<Parts>,
): Breaks {
  return parameters.flatMap((parameter) =>
    brokenParameterTexts(parameter, schemas).map((texts) =>
      fc.tuple(parts, texts).map(([whole, { name, text }]) => {
        const change = `${name}: ${JSON.stringify(text.slice(0, 60))}`
        switch (parameter.in) {
          case 'path':
            return draftOf({ ...whole, path: whole.path.replace(`{${parameter.name}}`, encode(text)) }, change)
          case 'query':
            return draftOf({ ...whole, query: replaced(whole.query, parameter.name, [text]) }, change)
          default:
            return draftOf({ ...whole, headers: replaced(whole.headers, parameter.name, [text]) }, change)
        }
      }),
    ),
  )
}

function brokenQueries({ parameters }: Operation, parts: fc.Arbitrary<Parts>): Breaks {
  const inQuery = parameters.filter((parameter) => parameter.in === 'query')
  return inQuery.flatMap(({ name, required }) => [
    parts.map((whole) =>
      draftOf({ ...whole, query: replaced(whole.query, name, ['1', '2']) }, `${name} is there twice`),
    ),
    parts.map((whole) => ({
      ...draftOf({ ...whole, query: [...whole.query, ['unknown', 'x'], [`${name}[]`, '1']] }, 'unknown parameters'),
    })),
    badlyEncoded.chain((text) =>
      parts.map((whole) => {
        const draft = draftOf({ ...whole, query: replaced(whole.query, name, []) }, `${name} is badly encoded: ${text}`)
        return { ...draft, target: `${draft.target}${draft.target.includes('?') ? '&' : '?'}${name}=${text}` }
      }),
    ),
    ...(required
      ? [parts.map((whole) => draftOf({ ...whole, query: replaced(whole.query, name, []) }, `${name} is missing`))]
      : []),
  ])
}

function brokenBodies({ requestBody }: Operation, { schemas }: RequestGenerators, parts: fc.Arbitrary<Parts>): Breaks {
  if (requestBody === undefined) return []
  const breaks = [
    cutOff(parts),
    parts.map((whole) => draftOf({ ...whole, body: undefined, contentType: undefined }, 'no body')),
    parts.map((whole) => draftOf({ ...whole, body: new Uint8Array() }, 'an empty body')),
  ]
  for (const [mediaType, { schema }] of requestBody.content) {
    const bodies = fc.oneof(
      ...(mediaType === 'application/json' ? [jsonOf(schemas.broken(schema)), malformedJson, tooLargeJson] : []),
      ...(mediaType === 'multipart/form-data'
        ? [...brokenForms].map(([name, forms]) =>
            forms.map(({ type, body }) => ({ name: `a form ${name}`, type, body })),
          )
        : []),
      ...(mediaType === 'application/octet-stream' ? [tooLargeBytes] : []),
    )
    const broken = fc
      .tuple(parts, bodies)
      .map(([whole, { name, type = mediaType, body }]) => draftOf({ ...whole, contentType: type, body }, name))
    // Most that can be wrong is in there.
    breaks.push(broken, broken, broken)
  }
  return breaks
}

interface BrokenBody {
  readonly name: string
  readonly type?: string
  readonly body: Uint8Array
}

function jsonOf(broken: ReturnType<RequestGenerators['schemas']['broken']>): fc.Arbitrary<BrokenBody> {
  return broken.map(({ change, value }) => ({
    name: `body ${change.at} ${change.name}`,
    body: Buffer.from(JSON.stringify(clamped(value))),
  }))
}

const malformedJson: fc.Arbitrary<BrokenBody> = fc
  .constantFrom<(string | Uint8Array)[]>(
    ...['{', '{"command": "true"', '{"command": "true"}}', "{'command': 'true'}", '{command: 1}', '{"ttl": NaN}', '\0'],
    ...['{"command": "true",}', '[', '{"a": 01}', '{"a": "\n"}', 'undefined', ' ', '// {}'],
    ...['['.repeat(50_000), '{"a":'.repeat(10_000), '\ufeff{"command": "true", "code": "1", "ttl": 60}'],
    Buffer.from('{"command": "echo \xff", "code": "\xff", "ttl": 60, "image": "\xff"}', 'latin1'),
    Buffer.from('{"command": "true", "code": "1", "ttl": 60}', 'utf16le'),
  )
  .map((text) => ({ name: 'malformed JSON', body: Buffer.from(text) }))

const tooLargeJson: fc.Arbitrary<BrokenBody> = fc.constantFrom(0, 1, 100_000).map((more) => ({
  name: 'more JSON than the server takes',
  body: Buffer.from('{"command": "true", "code": "1", "ttl": 60}'.padEnd(fuzzLimits.maxBodyBytes + more)),
}))

const tooLargeBytes: fc.Arbitrary<BrokenBody> = fc.constantFrom(1, 1000, 100_000).map((more) => ({
  name: 'more bytes than the server takes',
  body: new Uint8Array(fuzzLimits.maxFileBytes + more),
}))

function cutOff(parts: fc.Arbitrary<Parts>): fc.Arbitrary<Draft> {
  return fc
    .tuple(parts, fc.constantFrom<Draft['delivery'][]>('cut off'))
    .filter(([{ body }]) => body !== undefined && body.length > 1)
    .map(([whole, delivery]) => draftOf({ ...whole, delivery }, 'the connection closes within the body'))
}

function wrongTypes({ requestBody }: Operation, parts: fc.Arbitrary<Parts>): Breaks {
  if (requestBody === undefined) {
    const type = 'application/json'
    return [
      parts.map((whole) => draftOf({ ...whole, contentType: type, body: Buffer.from('{"a":') }, 'a body too many')),
    ]
  }
  const types = fc.constantFrom(
    ...[
      'text/plain',
      'application/jsonx',
      'application/xml',
      'json',
      '/',
      'a/b/c',
      '',
      'application/x-www-form-urlencoded',
    ],
    ...[
      'application/json, text/plain',
      'multipart/mixed; boundary=x',
      'application/octet-stream',
      'application/json; charset=latin1',
    ],
  )
  return [
    fc.tuple(parts, types).map(([whole, contentType]) => draftOf({ ...whole, contentType }, `of type ${contentType}`)),
    parts.map((whole) => draftOf({ ...whole, contentType: undefined }, 'without a type')),
  ]
}

const badlyEncoded = fc.constantFrom('%', '%zz', '%ff', '%c0%ae%c0%ae', '%ed%a0%80', '%u0041', '%00', '%0', '%25', 'a%')

function wrongPaths(parts: fc.Arbitrary<Parts>): Breaks {
  return [
    badlyEncoded.chain((text) =>
      parts.map((whole) => draftOf({ ...whole, path: whole.path.replace('{sessionId}', text) }, `an id ${text}`)),
    ),
    parts.map((whole) => draftOf({ ...whole, path: `${whole.path}/` }, 'a slash at the end')),
    parts.map((whole) => draftOf({ ...whole, path: `${whole.path}/more` }, 'a part too many')),
    parts.map((whole) => draftOf({ ...whole, path: whole.path.replace('/', '//') }, 'a double slash')),
    parts.map((whole) =>
      draftOf({ ...whole, path: whole.path.replace(/^\/\w/, (start) => start.toUpperCase()) }, 'a capital'),
    ),
    parts.map((whole) => draftOf({ ...whole, path: `${whole.path};v=1` }, 'a matrix parameter')),
  ]
}

function wrongMethods(parts: fc.Arbitrary<Parts>): Breaks {
  const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'SEARCH'] as const
  return methods.map((method) => parts.map((whole) => draftOf({ ...whole, method }, `method ${method}`)))
}

function otherHeaders(parts: fc.Arbitrary<Parts>): Breaks {
  const headers: readonly Header[] = [
    ...([
      ['expect', '100-continue'],
      ['expect', 'nonsense'],
      ['x-request-id', 'fuzz-own-id'],
    ] as const),
    ...([
      ['x-request-id', 'a b'],
      ['x-request-id', 'x'.repeat(129)],
      ['origin', 'http://evil.example'],
    ] as const),
    ...([
      ['x-very-long', 'x'.repeat(20_000)],
      ['cookie', 'a=b'],
      ['if-none-match', '*'],
      ['x-http-method-override', 'DELETE'],
    ] as const),
    ...([
      ['upgrade', 'h2c'],
      ['range', 'bytes=0-0'],
      ['connection', 'close'],
      ['accept-encoding', 'gzip'],
    ] as const),
  ]
  return headers.map((header) =>
    parts.map((whole) =>
      draftOf({ ...whole, headers: [...whole.headers, header] }, `header ${header[0]}: ${header[1].slice(0, 40)}`),
    ),
  )
}

function badCredentials(parts: fc.Arbitrary<Parts>): Breaks {
  const all: readonly (readonly Header[])[] = [
    [],
    ...[
      '',
      'Bearer',
      'Bearer ',
      'Bearer wrong',
      '{token}',
      'Basic {token}',
      'Bearer {token}x',
      'Bearer {token} {token}',
    ].map((value): readonly Header[] => [['authorization', value]]),
    ...['', 'wrong', 'Bearer {token}', 'x'.repeat(5000)].map((value): readonly Header[] => [['x-api-key', value]]),
  ]
  return all.map((credentials) =>
    parts.map((whole) => draftOf({ ...whole, credentials }, `credentials ${JSON.stringify(credentials).slice(0, 60)}`)),
  )
}

function replaced(headers: readonly Header[], name: string, values: readonly string[]): readonly Header[] {
  return [...headers.filter(([each]) => each !== name), ...values.map((value) => [name, value] as const)]
}
