import { type Document, resolve } from 'sandbox-sessions-openapi'
import { type Site, reasons } from './change.js'
import type { Comparison } from './comparison.js'
import { fileEffect } from './constraints.js'
import { compareSchemas } from './schemas.js'

/** Compares the parameters of an operation with those of its path, whatever their order. */
export function compareParameters(
  comparison: Comparison,
  place: string,
  base: readonly unknown[],
  spec: readonly unknown[],
): void {
  const old = byName(comparison.base, base)
  const now = byName(comparison.spec, spec)
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    const before = old.get(key)
    const after = now.get(key)
    const name = after?.name ?? before?.name ?? key
    const site: Site = { place: `${place}, request`, subject: name, direction: 'request', open: false, within: [] }
    const [from, to] = comparison.resolve(before?.source, after?.source)
    const required = to['required'] === true
    if (after === undefined) comparison.add('breaking', site, 'removed', reasons.missed)
    else if (before === undefined) {
      if (required) comparison.add('breaking', site, 'added, required', reasons.refused)
      else comparison.add('additive', site, 'added, optional')
    } else {
      if (required && from['required'] !== true) fileEffect(comparison, site, 'narrower', 'optional → required')
      if (!required && from['required'] === true) fileEffect(comparison, site, 'wider', 'required → optional')
      compareSchemas(comparison, site, from['schema'] ?? true, to['schema'] ?? true)
      comparison.compareRest(from, to, ['name', 'in', 'required', 'schema'], () => site)
    }
  }
}

/** When two have the same name, the later one counts: an operation's own wins over its path's. */
function byName(document: Document, parameters: readonly unknown[]): Map<string, { name: string; source: unknown }> {
  return new Map(
    parameters.map((source) => {
      const parameter = resolve(document, source)
      const name = `${String(parameter['in'])} parameter ${String(parameter['name'])}`
      // The names of headers ignore case.
      return [parameter['in'] === 'header' ? name.toLowerCase() : name, { name, source }]
    }),
  )
}
