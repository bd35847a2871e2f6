import { type Site, reasons } from './change.js'
import { type Comparison, childOf, keysOf } from './comparison.js'
import { compareSchemas } from './schemas.js'

/** Compares the media types of two bodies. A new one is harmless: only those who ask for it or send it get to see it. */
export function compareContent(comparison: Comparison, site: Site, before: unknown, after: unknown): void {
  for (const type of keysOf(before, after)) {
    const at = { ...site, subject: `body ${type}` }
    const old = childOf(before, type)
    const now = childOf(after, type)
    if (now === undefined) comparison.add('breaking', at, 'removed', reasons.missed)
    else if (old === undefined) comparison.add('additive', at, 'added')
    else {
      const [from, to] = comparison.resolve(old, now)
      compareSchemas(comparison, at, from['schema'] ?? true, to['schema'] ?? true)
      comparison.compareRest(from, to, ['schema'], () => at)
    }
  }
}
