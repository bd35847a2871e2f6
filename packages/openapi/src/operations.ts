import type { Document } from './document.js'
import { isObject, type JsonObject } from './json.js'
import { resolve } from './resolve.js'

/** The methods that a path of OpenAPI may have. */
export const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const

export type Method = Uppercase<(typeof methods)[number]>

/** One operation where it stands in the document, with or without a name. */
export interface PlacedOperation {
  readonly method: Method
  readonly path: string
  /** What the document says at the path, for all its methods. */
  readonly item: JsonObject
  readonly operation: JsonObject
}

/** One operation where it stands in the document, by its name. */
export interface NamedOperation extends PlacedOperation {
  readonly id: string
}

const capitals = {
  get: 'GET',
  put: 'PUT',
  post: 'POST',
  delete: 'DELETE',
  options: 'OPTIONS',
  head: 'HEAD',
  patch: 'PATCH',
  trace: 'TRACE',
} as const satisfies Record<(typeof methods)[number], Method>

/** Every operation of the document, in its order. */
export function placedOperations(document: Document): readonly PlacedOperation[] {
  return Object.entries(document.paths).flatMap(([path, source]) => {
    const item = resolve(document, source)
    return Object.entries(item).flatMap(([name, operation]) =>
      isMethod(name) && isObject(operation) ? [{ method: capitals[name], path, item, operation }] : [],
    )
  })
}

function isMethod(name: string): name is (typeof methods)[number] {
  return Object.hasOwn(capitals, name)
}

/** @throws {Error} when an operation has no name, or the name of another one. */
export function operationsOf(document: Document): readonly NamedOperation[] {
  const found = new Map<string, NamedOperation>()
  for (const placed of placedOperations(document)) {
    const place = `${placed.method} ${placed.path}`
    const id = placed.operation['operationId']
    if (typeof id !== 'string') throw new Error(`${place} has no operationId.`)
    if (found.has(id)) throw new Error(`${place} has the operationId of another operation: ${id}.`)
    found.set(id, { id, ...placed })
  }
  return [...found.values()]
}
