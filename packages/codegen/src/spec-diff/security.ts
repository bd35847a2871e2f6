import { isObject, list } from 'sandbox-sessions-openapi'
import { reasons } from './change.js'
import { type Comparison, childOf, keysOf } from './comparison.js'

/** Compares the credentials that an operation takes: any one of the alternatives suffices. */
export function compareSecurity(comparison: Comparison, place: string, before: unknown, after: unknown): void {
  const old = alternatives(before)
  const now = alternatives(after)
  for (const each of old.filter((alternative) => !now.includes(alternative))) {
    comparison.add('breaking', { place, subject: 'security' }, `${each} no longer suffices`, reasons.refused)
  }
  for (const each of now.filter((alternative) => !old.includes(alternative))) {
    comparison.add('additive', { place, subject: 'security' }, `${each} suffices`)
  }
}

function alternatives(security: unknown): readonly string[] {
  const found = list(security).map((alternative) => {
    if (!isObject(alternative)) return String(alternative)
    const schemes = Object.entries(alternative).map(([name, scopes]) =>
      [name, ...list(scopes).map(String).sort()].join(' '),
    )
    return schemes.length > 0 ? schemes.sort().join(' with ') : 'nothing'
  })
  return found.length > 0 ? found : ['nothing']
}

/** Compares how credentials are sent. A scheme that is new or gone shows in the operations. */
export function compareSchemes(comparison: Comparison, before: unknown, after: unknown): void {
  for (const name of keysOf(before, after)) {
    const [old, now] = [childOf(before, name), childOf(after, name)]
    if (old === undefined || now === undefined) continue
    const site = { place: '', subject: `security scheme ${name}` }
    const [from, to] = comparison.resolve(old, now)
    // The format of a token is only a hint: nobody but its issuer reads the token.
    if (from['bearerFormat'] !== to['bearerFormat']) comparison.add('neutral', site, 'bearerFormat changed')
    comparison.compareRest(from, to, ['bearerFormat'], () => site)
  }
}
