import { type Site, reasons } from './change.js'
import type { Comparison } from './comparison.js'

/** How the set of values that a schema takes has changed. */
export type Effect = 'narrower' | 'wider' | 'other'

/**
 * Grades a change of what is valid. In a request, more may become valid; with less, a server refuses what it used to take. In a
 * response, both break something: with more, clients get what they do not expect; with less, correct servers become wrong.
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
