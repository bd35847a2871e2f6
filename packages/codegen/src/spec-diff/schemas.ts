import { isObject, refName } from 'sandbox-sessions-openapi'
import { branchKeywords, compareBranches } from './branches.js'
import type { Site } from './change.js'
import { type CompareSchemas, isIn } from './comparison.js'
import { fileEffect } from './constraints.js'
import { comparePropertiesOf, propertyKeywords } from './properties.js'
import { compareValues, haveCommonType, valueKeywords } from './values.js'

const compared = [...valueKeywords, ...propertyKeywords, ...branchKeywords, '$ref', 'items', 'contentSchema']

/** Compares what two schemas take. A change in a named schema is reported under its name, wherever it is used. */
export const compareSchemas: CompareSchemas = (comparison, site, before, after) => {
  if (before === after && typeof before === 'boolean') return
  if (before === false || after === false) {
    const what = before === false ? 'none was taken → taken' : 'taken → none is taken'
    fileEffect(comparison, site, before === false ? 'wider' : 'narrower', what)
    return
  }
  // `true` takes anything, as does an empty schema.
  const [old, now] = comparison.resolve(before === true ? {} : before, after === true ? {} : after)
  const pair = comparison.pairOf(before, after)
  if (isIn(site.within, pair)) return
  const within = [...site.within, pair]
  const name = refName(before) === refName(after) ? refName(before) : undefined
  // The siblings of a `$ref` belong to the place and not to the named schema.
  const beside = [before, after].flatMap((each) => (isObject(each) ? Object.keys(each) : []))
  const isNamedOnly = name !== undefined && beside.every((keyword) => keyword === '$ref')
  if (isNamedOnly && comparison.isRepeated(site, pair)) return
  const subjectOf = (keyword: string): string => (name === undefined || beside.includes(keyword) ? site.subject : name)
  const at = (keyword: string, suffix = ''): Site => ({
    ...site,
    subject: `${subjectOf(keyword)}${suffix}`,
    within,
    open: site.open && suffix === '',
  })

  compareValues(comparison, at('type'), old, now, subjectOf)
  if (!haveCommonType(old, now)) return
  comparePropertiesOf(comparison, at('properties'), old, now, compareSchemas)
  compareBranches(comparison, at('anyOf'), old, now, compareSchemas)
  compareSchemas(comparison, at('items', '[]'), old['items'] ?? true, now['items'] ?? true)
  compareSchemas(
    comparison,
    at('contentSchema', ' (content)'),
    old['contentSchema'] ?? true,
    now['contentSchema'] ?? true,
  )
  comparison.compareRest(old, now, compared, (keyword) => at(keyword))
}
