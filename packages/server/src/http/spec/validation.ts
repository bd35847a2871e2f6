import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js'
import ajvFormats from 'ajv-formats'
import { inline, isObject, type JsonObject, lookUp, type Parameter, type Spec } from 'sandbox-sessions-openapi'
import { invalidParameter } from '../api-error.js'
import type { Input } from './input.js'
import type { Operation, OperationId } from './operations.js'
import { describeViolation } from './violation.js'

/** A request before it is validated. */
export interface RawInput {
  readonly path: unknown
  readonly query: unknown
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: unknown
}

/** `X-Request-Id` is the one header that is never refused: a malformed one is replaced. */
export const requestIdHeader = 'X-Request-Id'

const ajv = new Ajv2020({ useDefaults: true, strict: false, verbose: true })
ajvFormats.default(ajv)

/**
 * Makes the check of one operation's requests: parameters of the path, the query and the headers, and a JSON body.
 *
 * Values of a path, a query and a header are text, and are converted to integers and booleans. Values of a JSON body have types
 * already and are taken as they are.
 *
 * @throws {ApiError} 400 `INVALID_PARAMETER`, from the returned function.
 */
export function compileInput<Id extends OperationId>(operation: Operation<Id>): (raw: RawInput) => Input<Id> {
  const inQuery = operation.parameters.filter((parameter) => parameter.in === 'query')
  const inHeader = operation.parameters.filter(({ in: place, name }) => place === 'header' && name !== requestIdHeader)
  const bodySchema = operation.requestBody?.content.get('application/json')?.schema
  const check = ajv.compile<Input<Id>>({
    type: 'object',
    properties: {
      path: objectOf(operation.parameters.filter((parameter) => parameter.in === 'path')),
      query: objectOf(inQuery),
      header: objectOf(inHeader),
      ...(bodySchema && { body: bodySchema }),
    },
    required: bodySchema && operation.requestBody.required ? ['body'] : [],
  })
  return (raw) => {
    const header = Object.fromEntries(inHeader.map(({ name }) => [name, raw.headers[name.toLowerCase()]]))
    const input: unknown = {
      path: raw.path,
      query: readText(inQuery, isObject(raw.query) ? raw.query : {}),
      header: readText(inHeader, header),
      ...bodyOf(operation, bodySchema, raw.body),
    }
    if (check(input)) return input
    throw describeFirst(check.errors)
  }
}

/** Whether a caller's request id may be echoed. */
export function compileRequestId({ document }: Spec): (id: unknown) => id is string {
  const place = '#/components/schemas/RequestId'
  const schema = inline(document, lookUp(document, place), place)
  return ajv.compile<string>(isObject(schema) ? schema : {})
}

function bodyOf(operation: Operation, schema: JsonObject | undefined, body: unknown): { body?: unknown } {
  // An optional body has a default for every property. Validating an empty object fills them in.
  if (body === undefined) return schema && !operation.requestBody?.required ? { body: {} } : {}
  return { body }
}

function objectOf(parameters: readonly Parameter[]): JsonObject {
  return {
    type: 'object',
    properties: Object.fromEntries(parameters.map(({ name, schema }) => [name, schema])),
    required: parameters.filter(({ required }) => required).map(({ name }) => name),
  }
}

function readText(parameters: readonly Parameter[], values: JsonObject): JsonObject {
  return Object.fromEntries(
    parameters.flatMap(({ name, schema }) => {
      const value = values[name]
      return value === undefined ? [] : [[name, readValue(schema['type'], value)]]
    }),
  )
}

function readValue(type: unknown, value: unknown): unknown {
  if (typeof value !== 'string') return value
  if (type === 'integer' && /^-?\d+$/.test(value)) return Number(value)
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  return value
}

function describeFirst(errors: readonly ErrorObject[] | null | undefined) {
  const { message, ...details } = describeViolation(errors?.[0])
  return invalidParameter(message, details)
}
