import { isDeepStrictEqual } from 'node:util'
import { type Document, type JsonObject, isObject, list, refName, resolve } from 'sandbox-sessions-openapi'
import type { Site } from './change.js'
import { type CompareSchemas, type Comparison, keysOf, show } from './comparison.js'
import { fileEffect } from './constraints.js'

/** The keywords that are compared here. */
export const branchKeywords = ['anyOf', 'oneOf', 'allOf']

/** Compares the alternatives of two schemas, or the parts that they are made of. */
export function compareBranches(
  comparison: Comparison,
  site: Site,
  before: JsonObject,
  after: JsonObject,
  compareSchemas: CompareSchemas,
): void {
  for (const keyword of branchKeywords) {
    if (before[keyword] === undefined && after[keyword] === undefined) continue
    if (before[keyword] === undefined || after[keyword] === undefined) {
      const added = before[keyword] === undefined
      fileEffect(comparison, site, added ? 'narrower' : 'wider', `${keyword} ${added ? 'added' : 'removed'}`)
      continue
    }
    const open =
      keyword === 'anyOf' && takesAnyString(comparison.base, before) && takesAnyString(comparison.spec, after)
    const old = named(before[keyword])
    const now = named(after[keyword])
    for (const name of keysOf(old, now)) {
      const added = now[name] !== undefined
      if (old[name] !== undefined && now[name] !== undefined) {
        compareSchemas(comparison, { ...site, open }, old[name], now[name])
      } else {
        // Another alternative allows more; another schema that must match allows less.
        const wider = added === (keyword !== 'allOf')
        fileEffect(comparison, site, wider ? 'wider' : 'narrower', `${keyword}: ${name} ${added ? 'added' : 'removed'}`)
      }
    }
  }
}

/** Each branch by the name of its schema or by its type, so that their order does not count. */
function named(branches: unknown): Record<string, unknown> {
  const found: Record<string, unknown> = {}
  for (const branch of list(branches)) {
    let name = refName(branch) ?? show(isObject(branch) ? (branch['type'] ?? 'any') : branch)
    while (found[name] !== undefined) name += "'"
    found[name] = branch
  }
  return found
}

function takesAnyString(document: Document, schema: JsonObject): boolean {
  return list(schema['anyOf']).some((branch) => {
    const { description: _, ...rest } = resolve(document, branch)
    return isDeepStrictEqual(rest, { type: 'string' })
  })
}
