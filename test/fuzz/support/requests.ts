import * as fc from 'fast-check'
import { isObject, type Operation, type Parameter, type Spec } from 'sandbox-sessions-openapi'
import { contents } from './contents.js'
import { quickCommands, requestDictionary } from './dictionary.js'
import type { Draft, Header, SessionRef } from './draft.js'
import { SchemaGenerators } from './generators.js'
import { validForms } from './multipart.js'
import { parameterTexts } from './parameters.js'

/** A request in its parts, as long as something can still be changed about it. */
export interface Parts {
  readonly method: string
  /** With the names of its parameters in braces, as in the spec. */
  readonly path: string
  readonly session: SessionRef
  /** Not encoded yet. */
  readonly query: readonly Header[]
  readonly headers: readonly Header[]
  readonly credentials: readonly Header[]
  readonly contentType: string | undefined
  readonly body: Uint8Array | undefined
  readonly delivery: Draft['delivery']
}

/** Makes whole requests of the operations of a spec, such as it allows. */
export class RequestGenerators {
  readonly schemas: SchemaGenerators

  /** @param marker - in the command lines of programs that are left running. */
  constructor(
    readonly spec: Spec,
    marker: string,
  ) {
    this.schemas = new SchemaGenerators(spec, requestDictionary(marker))
  }

  parts(operation: Operation): fc.Arbitrary<Parts> {
    const { method, path, parameters } = operation
    return fc
      .record({
        session: sessions,
        query: this.#values(parameters.filter((parameter) => parameter.in === 'query')),
        headers: this.#values(parameters.filter((parameter) => parameter.in === 'header')),
        credentials,
        accept: accepts,
        body: this.#bodies(operation),
        delivery: fc.oneof(
          { arbitrary: fc.constant('whole' as const), weight: 9 },
          { arbitrary: fc.constant('chunked' as const), weight: 1 },
        ),
      })
      .map(({ accept, body, headers, ...rest }) => ({
        ...rest,
        ...body,
        method,
        path,
        headers: accept === undefined ? headers : [...headers, ['accept', accept] as const],
      }))
  }

  #values(parameters: readonly Parameter[]): fc.Arbitrary<readonly Header[]> {
    const each = parameters.map((parameter) => {
      const { name, required } = parameter
      const texts = parameterTexts(parameter, this.schemas).map((text): readonly Header[] => [[name, text]])
      // Most files are looked for where some are.
      const weight = name === 'path' || name === 'filePath' ? 6 : 1
      return required
        ? texts
        : fc.oneof({ arbitrary: texts, weight }, { arbitrary: fc.constant<readonly Header[]>([]), weight: 1 })
    })
    return fc.tuple(...each).map((lists) => lists.flat())
  }

  #bodies({ requestBody }: Operation): fc.Arbitrary<Pick<Parts, 'contentType' | 'body'>> {
    const none = fc.constant({ contentType: undefined, body: undefined })
    if (requestBody === undefined) return none
    const kinds = [...requestBody.content].map(([mediaType, { schema }]) => {
      switch (mediaType) {
        case 'application/json':
          return fc
            .tuple(
              fc.oneof({ arbitrary: this.schemas.valid(schema), weight: 3 }, this.schemas.boundary(schema)),
              indents,
            )
            .map(([value, indent]) => ({
              contentType: indent === 2 ? 'application/json; charset=utf-8' : mediaType,
              body: Buffer.from(JSON.stringify(clamped(value), undefined, indent)),
            }))
        case 'multipart/form-data':
          return validForms.map(({ type, body }) => ({ contentType: type, body }))
        case 'application/octet-stream':
          return contents.map((body) => ({ contentType: mediaType, body }))
        default:
          throw new Error(`The generators do not know bodies of ${mediaType}`)
      }
    })
    return fc.oneof(...kinds, ...(requestBody.required ? [] : [none]))
  }
}

export function draftOf(parts: Parts, change?: string): Draft {
  const { method, path, session, query, headers, credentials, contentType, body, delivery } = parts
  const text = query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')
  return {
    method,
    target: text === '' ? path : `${path}?${text}`,
    session,
    headers: [
      ...credentials,
      ...headers,
      ...(contentType === undefined ? [] : [['content-type', contentType] as const]),
    ],
    body,
    delivery,
    change,
  }
}

/** As a browser does it: UTF-8, with U+FFFD for half a surrogate pair. */
export function encode(text: string): string {
  return encodeURIComponent(Buffer.from(text).toString())
}

/** Commands that may last get no time for it, so that no run waits for minutes where all is as it should be. */
export function clamped(value: unknown): unknown {
  if (!isObject(value)) return value
  const { command, timeout } = value
  const isQuick = typeof command === 'string' ? quickCommands.includes(command) : !('code' in value)
  const isValid = timeout === undefined || (typeof timeout === 'number' && timeout >= 1)
  return isQuick || !isValid ? value : { ...value, timeout: 1 }
}

const indents = fc.constantFrom(0, 0, 2)

const sessions: fc.Arbitrary<SessionRef> = fc.record({
  of: fc.oneof(
    { arbitrary: fc.constant('live' as const), weight: 14 },
    { arbitrary: fc.constantFrom('ended' as const, 'foreign' as const, 'unknown' as const), weight: 2 },
  ),
  pick: fc.nat({ max: 1000 }),
  capitals: fc.nat({ max: 9 }).map((die) => die === 0),
})

const credentials: fc.Arbitrary<readonly Header[]> = fc.constantFrom<(readonly Header[])[]>(
  [['authorization', 'Bearer {token}']],
  [['authorization', 'bearer {token}']],
  [['x-api-key', '{token}']],
)

const accepts = fc.oneof(
  { arbitrary: fc.constantFrom(undefined, 'application/json'), weight: 3 },
  {
    arbitrary: fc.constantFrom('text/event-stream', 'text/event-stream, application/json;q=0.5', 'text/plain'),
    weight: 3,
  },
  { arbitrary: fc.constantFrom('*/*', 'image/png', '', ';;q=x', 'application/json;q=0'), weight: 1 },
)
