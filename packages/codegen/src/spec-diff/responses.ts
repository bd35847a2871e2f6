import { type JsonObject, isObject } from 'sandbox-sessions-openapi'
import { type Site, reasons } from './change.js'
import { type Comparison, childOf, keysOf } from './comparison.js'
import { compareContent } from './content.js'
import { compareSchemas } from './schemas.js'

/** Success statuses that HTTP allows only when the request asked for them, with `Range` or a condition. */
const askedFor = ['206', '304']

/** Compares what an operation answers. */
export function compareResponses(comparison: Comparison, place: string, before: unknown, after: unknown): void {
  for (const status of keysOf(before, after)) {
    const old = childOf(before, status)
    const now = childOf(after, status)
    const answer = { place, subject: `response ${status}` }
    if (now === undefined) comparison.add('breaking', answer, 'removed', reasons.missed)
    else if (old !== undefined) compareResponse(comparison, answer, old, now)
    // A client has to expect any failure, documented or not.
    else if (/^[1-3]/.test(status) && !askedFor.includes(status)) {
      comparison.add('breaking', answer, 'added, a success', reasons.unexpected)
    } else comparison.add('additive', answer, 'added')
  }
}

function compareResponse(
  comparison: Comparison,
  answer: Pick<Site, 'place' | 'subject'>,
  before: unknown,
  after: unknown,
): void {
  const { place, subject } = answer
  const site: Site = { place: `${place}, ${subject}`, subject: '', direction: 'response', open: false, within: [] }
  const [old, now] = comparison.resolve(before, after)
  compareHeaders(comparison, site, spelledAs(now['headers'], old['headers']), now['headers'])
  compareContent(comparison, site, old['content'], now['content'])
  comparison.compareRest(old, now, ['headers', 'content'], () => answer)
}

function compareHeaders(comparison: Comparison, site: Site, before: unknown, after: unknown): void {
  for (const name of keysOf(before, after)) {
    const at = { ...site, subject: `header ${name}` }
    const [from, to] = [childOf(before, name), childOf(after, name)]
    const [old, now] = comparison.resolve(from, to)
    const [was, is] = [old['required'] === true, now['required'] === true]
    if (to === undefined) comparison.add('breaking', at, 'removed', reasons.missed)
    else if (from === undefined) {
      if (is) comparison.add('breaking', at, 'added, required', reasons.unanswered)
      else comparison.add('additive', at, 'added')
    } else {
      if (is && !was) comparison.add('breaking', at, 'optional → required', reasons.unanswered)
      if (was && !is) comparison.add('breaking', at, 'required → optional', reasons.unexpected)
      compareSchemas(comparison, at, old['schema'] ?? true, now['schema'] ?? true)
      comparison.compareRest(old, now, ['required', 'schema'], () => at)
    }
  }
}

/** Headers by the names that others have, which may differ from their own in capitals only. */
function spelledAs(others: unknown, headers: unknown): JsonObject {
  return Object.fromEntries(
    Object.entries(isObject(headers) ? headers : {}).map(([name, header]) => {
      const other = keysOf(others, undefined).find((each) => each.toLowerCase() === name.toLowerCase())
      return [other ?? name, header]
    }),
  )
}
