import { type Site, reasons } from './change.js'
import type { Comparison } from './comparison.js'
import { compareContent } from './content.js'

/** Compares what an operation takes as its body. */
export function compareRequestBodies(comparison: Comparison, place: string, before: unknown, after: unknown): void {
  if (before === undefined && after === undefined) return
  const site: Site = { place: `${place}, request`, subject: 'body', direction: 'request', open: false, within: [] }
  const [old, now] = comparison.resolve(before, after)
  const required = now['required'] === true
  if (after === undefined) comparison.add('breaking', site, 'removed', reasons.missed)
  else if (before === undefined) {
    if (required) comparison.add('breaking', site, 'added, required', reasons.refused)
    else comparison.add('additive', site, 'added, optional')
  } else {
    if (required && old['required'] !== true) comparison.add('breaking', site, 'optional → required', reasons.refused)
    if (!required && old['required'] === true) comparison.add('additive', site, 'required → optional')
    compareContent(comparison, site, old['content'], now['content'])
    comparison.compareRest(old, now, ['required', 'content'], () => site)
  }
}
