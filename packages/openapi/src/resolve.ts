import type { Document } from './document.js'
import { isObject, type JsonObject } from './json.js'

/** @throws {Error} when nothing is at the place, or it is not within the document. */
export function lookUp(document: Document, ref: unknown): unknown {
  if (typeof ref !== 'string' || !/^#(\/|$)/.test(ref)) throw new Error(`${String(ref)} is not within the document.`)
  let found: unknown = document
  for (const part of ref.split('/').slice(1)) {
    found = childOf(found, decoded(part).replaceAll('~1', '/').replaceAll('~0', '~'))
  }
  if (found === undefined) throw new Error(`Nothing is at ${ref}.`)
  return found
}

/** Follows the `$ref`s of a value to their end. As in OpenAPI 3.1, siblings of a `$ref` win over what it points to. */
export function resolve(document: Document, value: unknown): JsonObject {
  const [last = {}, ...before] = chainOf(document, value).reverse()
  return before.reduce((all, { $ref: _, ...beside }) => ({ ...all, ...beside }), last)
}

/** What the `$ref`s of a value lead to in the end: the same object for all values that lead there. */
export function targetOf(document: Document, value: unknown): JsonObject | undefined {
  return chainOf(document, value).at(-1)
}

/** The last part of a `$ref`, or undefined for a value that is written in place. */
export function refName(value: unknown): string | undefined {
  if (!isObject(value) || typeof value['$ref'] !== 'string') return undefined
  return value['$ref'].split('/').at(-1)
}

/** Decodes the `%` escapes in a part of a `$ref` or a path; text with malformed escapes stays as it is. */
export function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function childOf(value: unknown, key: string): unknown {
  if (Array.isArray(value)) return /^\d+$/.test(key) ? value[Number(key)] : undefined
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

/** A value and all that its `$ref`s lead to. */
function chainOf(document: Document, value: unknown): JsonObject[] {
  const chain: JsonObject[] = []
  for (let next = value; ;) {
    if (!isObject(next)) throw new Error(`It has ${JSON.stringify(next)} where an object should be.`)
    const { $ref } = next
    if (chain.includes(next)) throw new Error(`${String($ref)} is a reference to itself.`)
    chain.push(next)
    if ($ref === undefined) return chain
    next = lookUp(document, $ref)
  }
}
