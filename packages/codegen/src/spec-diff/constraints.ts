import { type Site, reasons } from './change.js'
import type { Comparison } from './comparison.js'

/** What became of the values that a schema takes. */
export type Effect = 'narrower' | 'wider' | 'other'

/**
 * Files a change of what is valid. A request may take more; a server that takes less refuses what it took. In a response
 * neither does: with more, clients meet what they do not expect; with less, servers that are right today are wrong.
 */
export function fileEffect(
  comparison: Comparison,
  site: Site,
  effect: Effect,
  what: string,
  subject = site.subject,
): void {
  const at = { ...site, subject }
  if (site.direction === 'request') {
    if (effect === 'wider') comparison.add('additive', at, what)
    else comparison.add('breaking', at, what, reasons.refused)
  } else {
    comparison.add('breaking', at, what, effect === 'narrower' ? reasons.unanswered : reasons.unexpected)
  }
}
