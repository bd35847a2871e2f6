import type { Document } from './document.js'
import { entries, isObject, type JsonObject, list } from './json.js'
import { type Method, type NamedOperation, operationsOf } from './operations.js'
import { resolve } from './resolve.js'

export interface Parameter {
  readonly name: string
  readonly in: string
  readonly required: boolean
  /** As it stands in the spec: it may be a `$ref`, with siblings. */
  readonly schema: JsonObject
}

/** One body of one media type. */
export interface Media {
  /** As it stands in the spec: it may be a `$ref`, with siblings. */
  readonly schema: JsonObject
  /** Their values by their names. */
  readonly examples: ReadonlyMap<string, unknown>
}

export interface RequestBody {
  readonly required: boolean
  /** By media type. */
  readonly content: ReadonlyMap<string, Media>
}

export interface Header {
  /** As it is written in the spec. */
  readonly name: string
  /** As it stands in the spec: it may be a `$ref`, with siblings. */
  readonly schema: JsonObject
}

export interface SpecResponse {
  /** By their names in lower case. */
  readonly headers: ReadonlyMap<string, Header>
  /** By media type; empty when the response has no body. */
  readonly content: ReadonlyMap<string, Media>
}

export interface Operation {
  readonly id: string
  readonly method: Method
  /** Below the base path, with `{name}` for its parameters. */
  readonly path: string
  readonly secured: boolean
  readonly parameters: readonly Parameter[]
  readonly requestBody: RequestBody | undefined
  /** By status. */
  readonly responses: ReadonlyMap<number, SpecResponse>
  /** For all other statuses: by range, such as `4XX`, and by `default`. */
  readonly otherResponses: ReadonlyMap<string, SpecResponse>
}

/** What the operation says about a status: under the status, its range, or `default`. */
export function responseOf(operation: Operation, status: number): SpecResponse | undefined {
  const { responses, otherResponses } = operation
  const range = `${Math.trunc(status / 100)}XX`
  return responses.get(status) ?? otherResponses.get(range) ?? otherResponses.get('default')
}

/** @throws {Error} when an operation has no name, or the name of another one. */
export function describeOperations(document: Document): readonly Operation[] {
  return operationsOf(document).map((named) => describeOperation(document, named))
}

function describeOperation(document: Document, { id, method, path, item, operation }: NamedOperation): Operation {
  const parameters = [...list(item['parameters']), ...list(operation['parameters'])]
  const responses = entries(operation['responses']).map(
    ([status, source]) => [status, readResponse(document, source)] as const,
  )
  const isStatus = (status: string): boolean => /^\d+$/.test(status)
  return {
    id,
    method,
    path,
    secured: list(operation['security'] ?? document.security).length > 0,
    parameters: parameters.map((each) => readParameter(document, each)),
    requestBody: operation['requestBody'] === undefined ? undefined : readBody(document, operation['requestBody']),
    responses: new Map(
      responses.filter(([status]) => isStatus(status)).map(([status, response]) => [Number(status), response]),
    ),
    otherResponses: new Map(responses.filter(([status]) => !isStatus(status))),
  }
}

function readParameter(document: Document, source: unknown): Parameter {
  const { name, in: place, required, schema } = resolve(document, source)
  return { name: String(name), in: String(place), required: required === true, schema: schemaOf(schema) }
}

function readBody(document: Document, source: unknown): RequestBody {
  const { required, content } = resolve(document, source)
  return { required: required === true, content: readContent(document, content) }
}

function readResponse(document: Document, source: unknown): SpecResponse {
  const { headers, content } = resolve(document, source)
  return {
    headers: new Map(
      entries(headers).map(([name, header]) => {
        const { schema } = resolve(document, header)
        return [name.toLowerCase(), { name, schema: schemaOf(schema) }]
      }),
    ),
    content: readContent(document, content),
  }
}

function readContent(document: Document, content: unknown): ReadonlyMap<string, Media> {
  return new Map(
    entries(content).map(([mediaType, source]) => {
      const { schema, examples } = resolve(document, source)
      const values = entries(examples).map(([name, example]) => [name, resolve(document, example)['value']] as const)
      return [mediaType, { schema: schemaOf(schema), examples: new Map(values) }]
    }),
  )
}

function schemaOf(schema: unknown): JsonObject {
  return isObject(schema) ? schema : {}
}
