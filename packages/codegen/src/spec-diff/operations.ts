import { type Document, type JsonObject, isObject, list, methods, placedOperations } from 'sandbox-sessions-openapi'
import { reasons } from './change.js'
import { type Comparison, childOf, keysOf } from './comparison.js'
import { compareParameters } from './parameters.js'
import { compareRequestBodies } from './request-bodies.js'
import { compareResponses } from './responses.js'
import { compareSecurity } from './security.js'

const compared = ['operationId', 'parameters', 'requestBody', 'responses', 'security']

interface Operation {
  readonly id: unknown
  readonly parameters: readonly unknown[]
  readonly security: unknown
  readonly source: JsonObject
}

/** Compares the operations, found by method and path. */
export function compareOperations(comparison: Comparison): void {
  const before = operationsOf(comparison.base)
  const after = operationsOf(comparison.spec)
  for (const [name, operation] of before) {
    const counterpart = after.get(name)
    const site = { place: '', subject: name }
    if (counterpart !== undefined) compareOperation(comparison, name, operation, counterpart)
    else {
      const moved = [...after].find(([place, { id }]) => id === operation.id && !before.has(place))?.[0]
      comparison.add('breaking', site, moved === undefined ? 'removed' : `moved to ${moved}`, reasons.missed)
    }
  }
  for (const name of after.keys()) {
    if (!before.has(name)) comparison.add('additive', { place: '', subject: name }, 'added')
  }
  for (const path of keysOf(comparison.base.paths, comparison.spec.paths)) {
    const [old, now] = [childOf(comparison.base.paths, path), childOf(comparison.spec.paths, path)]
    if (!isObject(old) || !isObject(now)) continue
    comparison.compareRest(old, now, [...methods, 'parameters'], () => ({ place: '', subject: path }))
  }
}

function compareOperation(comparison: Comparison, place: string, before: Operation, after: Operation): void {
  const site = { place: '', subject: place }
  if (before.id !== after.id) {
    // Generated clients and servers name their methods for it.
    comparison.add('breaking', site, `operationId: ${String(before.id)} → ${String(after.id)}`, reasons.missed)
  }
  compareParameters(comparison, place, before.parameters, after.parameters)
  compareRequestBodies(comparison, place, before.source['requestBody'], after.source['requestBody'])
  compareResponses(comparison, place, before.source['responses'], after.source['responses'])
  compareSecurity(comparison, place, before.security, after.security)
  comparison.compareRest(before.source, after.source, compared, () => site)
}

function operationsOf(document: Document): ReadonlyMap<string, Operation> {
  return new Map(
    placedOperations(document).map(({ method, path, item, operation: source }) => [
      `${method} ${path}`,
      {
        id: source['operationId'],
        parameters: [...list(item['parameters']), ...list(source['parameters'])],
        security: source['security'] ?? document.security,
        source,
      },
    ]),
  )
}
