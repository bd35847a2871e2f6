import { operations as knownOperations } from 'sandbox-sessions-sdk/constraints'
import type { SpecDocument } from './document.js'
import { isObject, type JsonObject } from '../../support/json.js'

export type OperationId = keyof typeof knownOperations

const methods = ['get', 'put', 'post', 'delete', 'patch'] as const

export interface Parameter {
  readonly name: string
  readonly in: string
  readonly required: boolean
  readonly schema: JsonObject
}

export interface RequestBody {
  readonly required: boolean
  /** Media type to schema. */
  readonly content: ReadonlyMap<string, JsonObject>
}

/** What the server needs to know of one operation, read out of the spec. */
export interface Operation<Id extends OperationId = OperationId> {
  readonly id: Id
  readonly method: Uppercase<(typeof methods)[number]>
  /** Below the base path, with `{name}` for its parameters. */
  readonly path: string
  readonly secured: boolean
  readonly parameters: readonly Parameter[]
  readonly body: RequestBody | undefined
  /** The one status of success. */
  readonly success: number
  /** The schema of a JSON answer of success, when it has one. */
  readonly answer: JsonObject | undefined
}

/** @throws {Error} when the spec has an operation that this server does not know. */
export function readOperations(spec: SpecDocument): Operation[] {
  const operations: Operation[] = []
  for (const [path, item] of Object.entries(spec.object(spec.root['paths'], '#/paths'))) {
    if (!isObject(item)) continue
    for (const method of methods) {
      const operation = item[method]
      if (isObject(operation)) operations.push(readOperation(spec, path, method, item, operation))
    }
  }
  return operations
}

/** The path of the spec's development server, `/v1`. */
export function readBasePath(spec: SpecDocument): string {
  const servers = listOf(spec.root['servers']).flatMap((server) =>
    typeof server['url'] === 'string' ? [new URL(server['url'])] : [],
  )
  const local = servers.find((url) => url.hostname === 'localhost') ?? servers[0]
  return local?.pathname.replace(/\/$/, '') ?? ''
}

function readOperation(
  spec: SpecDocument,
  path: string,
  method: (typeof methods)[number],
  item: JsonObject,
  operation: JsonObject,
): Operation {
  const id = operation['operationId']
  if (!isOperationId(id)) throw new Error(`This server does not know the operation ${String(id)} of the spec.`)
  const security = listOf(operation['security'] ?? spec.root['security'])
  const responses = isObject(operation['responses']) ? operation['responses'] : {}
  const success = Object.keys(responses).find((status) => status.startsWith('2'))
  if (success === undefined) throw new Error(`The spec has no success for ${id}.`)
  return {
    id,
    method: upperCase(method),
    path,
    secured: security.length > 0,
    parameters: [...listOf(item['parameters']), ...listOf(operation['parameters'])].map(readParameter),
    body: readBody(operation['requestBody']),
    success: Number(success),
    answer: contentOf(responses[success]).get('application/json'),
  }
}

function readParameter(parameter: JsonObject): Parameter {
  const { name, schema } = parameter
  return {
    name: String(name),
    in: String(parameter['in']),
    required: parameter['required'] === true,
    schema: isObject(schema) ? schema : {},
  }
}

function readBody(body: unknown): RequestBody | undefined {
  return isObject(body) ? { required: body['required'] === true, content: contentOf(body) } : undefined
}

function contentOf(holder: unknown): Map<string, JsonObject> {
  const content = isObject(holder) && isObject(holder['content']) ? holder['content'] : {}
  return new Map(
    Object.entries(content).map(([mediaType, entry]) => [
      mediaType,
      isObject(entry) && isObject(entry['schema']) ? entry['schema'] : {},
    ]),
  )
}

function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

function isOperationId(id: unknown): id is OperationId {
  return typeof id === 'string' && id in knownOperations
}

function upperCase<Text extends string>(text: Text): Uppercase<Text>
function upperCase(text: string): string {
  return text.toUpperCase()
}
