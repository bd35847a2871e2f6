import { type JsonObject, list } from 'sandbox-sessions-openapi'
import { type Site, reasons } from './change.js'
import { type CompareSchemas, type Comparison, childOf, keysOf } from './comparison.js'
import { fileEffect } from './constraints.js'

/** The keywords that are compared here. */
export const propertyKeywords = ['properties', 'required', 'additionalProperties']

/** Compares the properties of two objects. */
export function comparePropertiesOf(
  comparison: Comparison,
  site: Site,
  before: JsonObject,
  after: JsonObject,
  compareSchemas: CompareSchemas,
): void {
  for (const name of keysOf(before['properties'], after['properties'])) {
    const at = { ...site, subject: `${site.subject}.${name}`, open: false }
    const old = childOf(before['properties'], name)
    const now = childOf(after['properties'], name)
    const required = list(after['required']).includes(name)
    if (now === undefined) comparison.add('breaking', at, 'property removed', reasons.missed)
    else if (old === undefined) fileAddition(comparison, at, required, before['additionalProperties'] === false)
    else compareSchemas(comparison, at, old, now)
  }
  compareRequired(comparison, site, before, after)
  compareOthers(comparison, site, before['additionalProperties'], after['additionalProperties'], compareSchemas)
}

function fileAddition(comparison: Comparison, site: Site, required: boolean, wasClosed: boolean): void {
  const { direction } = site
  if (required) {
    const why = direction === 'request' ? reasons.refused : reasons.unanswered
    comparison.add('breaking', site, 'property added, required', why)
  } else if (direction === 'response' && wasClosed) {
    comparison.add('breaking', site, 'property added to an object that had no others', reasons.unexpected)
  } else {
    comparison.add('additive', site, 'property added')
  }
}

/** Skips properties that are new or gone: they are reported already. */
function compareRequired(comparison: Comparison, site: Site, before: JsonObject, after: JsonObject): void {
  const old = list(before['required']).map(String)
  const now = list(after['required']).map(String)
  const isNew = (name: string): boolean =>
    childOf(after['properties'], name) !== undefined && childOf(before['properties'], name) === undefined
  const isGone = (name: string): boolean =>
    childOf(before['properties'], name) !== undefined && childOf(after['properties'], name) === undefined
  for (const name of now.filter((each) => !old.includes(each) && !isNew(each))) {
    fileEffect(comparison, site, 'narrower', 'optional → required', `${site.subject}.${name}`)
  }
  for (const name of old.filter((each) => !now.includes(each) && !isGone(each))) {
    fileEffect(comparison, site, 'wider', 'required → optional', `${site.subject}.${name}`)
  }
}

function compareOthers(
  comparison: Comparison,
  site: Site,
  before: unknown,
  after: unknown,
  compareSchemas: CompareSchemas,
): void {
  // A missing one means true, and so does an empty schema.
  compareSchemas(comparison, { ...site, subject: `${site.subject}.*`, open: false }, before ?? true, after ?? true)
}
