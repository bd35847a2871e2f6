import { isDeepStrictEqual } from 'node:util'
import { type JsonObject, list } from 'sandbox-sessions-openapi'
import { type Site, reasons } from './change.js'
import { type Comparison, show } from './comparison.js'
import { type Effect, fileEffect } from './constraints.js'

const lowerLimits = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties']
const upperLimits = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties']
const rules = ['format', 'pattern']

/** The keywords that are compared here. */
export const valueKeywords = [...lowerLimits, ...upperLimits, ...rules, 'type', 'enum', 'default']

/** Compares which single values two schemas take. */
export function compareValues(
  comparison: Comparison,
  site: Site,
  before: JsonObject,
  after: JsonObject,
  subjectOf: (keyword: string) => string,
): void {
  const file = (effect: Effect | undefined, keyword: string): void => {
    if (effect === undefined) return
    const what = `${keyword}: ${shown(before[keyword])} → ${shown(after[keyword])}`
    fileEffect(comparison, site, effect, what, subjectOf(keyword))
  }
  for (const keyword of lowerLimits) file(limitEffect(before[keyword], after[keyword], -1), keyword)
  for (const keyword of upperLimits) file(limitEffect(before[keyword], after[keyword], 1), keyword)
  for (const keyword of rules) file(ruleEffect(before[keyword], after[keyword]), keyword)
  file(typeEffect(before['type'], after['type']), 'type')
  compareEnums(comparison, { ...site, subject: subjectOf('enum') }, before['enum'], after['enum'])
  compareDefaults(comparison, { ...site, subject: subjectOf('default') }, before['default'], after['default'])
}

function shown(value: unknown): string {
  return Array.isArray(value) ? value.map(show).join(' | ') : show(value)
}

/** @param wider - the sign of a difference that lets more values in. */
function limitEffect(before: unknown, after: unknown, wider: 1 | -1): Effect | undefined {
  if (before === after) return undefined
  const [old, now] = [before, after].map((limit) => (typeof limit === 'number' ? limit : wider * Infinity))
  return ((now ?? 0) - (old ?? 0)) * wider > 0 ? 'wider' : 'narrower'
}

/** A changed pattern counts as another one, since it can't be told which of the two takes more. */
function ruleEffect(before: unknown, after: unknown): Effect | undefined {
  if (before === after) return undefined
  if (before === undefined) return 'narrower'
  return after === undefined ? 'wider' : 'other'
}

function typeEffect(before: unknown, after: unknown): Effect | undefined {
  const old = types(before)
  const now = types(after)
  return setEffect(
    [...old].every((type) => takes(now, type)),
    [...now].every((type) => takes(old, type)),
  )
}

/** Of two schemas without one, nothing else can be compared. */
export function haveCommonType(before: JsonObject, after: JsonObject): boolean {
  const [old, now] = [types(before['type']), types(after['type'])]
  return [...old].some((type) => takes(now, type)) || [...now].some((type) => takes(old, type))
}

const everyType = ['null', 'boolean', 'object', 'array', 'number', 'string']

function types(type: unknown): ReadonlySet<unknown> {
  if (type === undefined) return new Set(everyType)
  return new Set(Array.isArray(type) ? type : [type])
}

function takes(set: ReadonlySet<unknown>, type: unknown): boolean {
  return set.has(type) || (type === 'integer' && set.has('number'))
}

function setEffect(keepsAll: boolean, addsNone: boolean): Effect | undefined {
  if (keepsAll && addsNone) return undefined
  if (keepsAll) return 'wider'
  return addsNone ? 'narrower' : 'other'
}

function compareEnums(comparison: Comparison, site: Site, before: unknown, after: unknown): void {
  if (before === undefined && after === undefined) return
  if (before === undefined || after === undefined) {
    const what = before === undefined ? `enum added: ${shown(after)}` : 'enum removed: any value is valid'
    fileEffect(comparison, site, before === undefined ? 'narrower' : 'wider', what)
    return
  }
  const missing = without(before, after)
  const added = without(after, before)
  if (missing.length > 0) {
    const what = `value removed: ${shown(missing)}`
    // No message is invalid without it, but a program that relies on it waits in vain.
    if (site.open) comparison.add('breaking', site, what, reasons.missed)
    else fileEffect(comparison, site, 'narrower', what)
  }
  if (added.length > 0) {
    const what = `value added: ${shown(added)}`
    if (site.open) comparison.add('additive', site, what)
    else fileEffect(comparison, site, 'wider', what)
  }
}

function without(values: unknown, others: unknown): unknown[] {
  return list(values).filter((value) => !list(others).some((other) => isDeepStrictEqual(value, other)))
}

function compareDefaults(comparison: Comparison, site: Site, before: unknown, after: unknown): void {
  if (isDeepStrictEqual(before, after)) return
  const what = `default: ${show(before)} → ${show(after)}`
  // Without a default, everyone could choose one.
  if (before === undefined) comparison.add('additive', site, what)
  else comparison.add('breaking', site, what, reasons.otherwise)
}
