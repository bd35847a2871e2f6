import { type Document, type Json, isJson, resolve } from './document.js'

const methods = ['get', 'put', 'post', 'delete', 'patch'] as const

/** One operation, where it stands in the document. */
export interface FoundOperation {
  readonly id: string
  /** In capitals. */
  readonly method: string
  readonly path: string
  readonly item: Json
  readonly operation: Json
}

/** @throws {Error} when an operation has no name, or that of another one. */
export function operationsOf(document: Document): FoundOperation[] {
  const found = new Map<string, FoundOperation>()
  for (const [path, source] of Object.entries(document.paths)) {
    const item = resolve(document, source)
    for (const name of methods) {
      const operation = item[name]
      if (!isJson(operation)) continue
      const id = operation['operationId']
      const method = name.toUpperCase()
      if (typeof id !== 'string') throw new Error(`${method} ${path} has no operationId.`)
      if (found.has(id)) throw new Error(`${method} ${path} has the operationId of another operation: ${id}.`)
      found.set(id, { id, method, path, item, operation })
    }
  }
  return [...found.values()]
}
