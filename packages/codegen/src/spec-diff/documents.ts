import { isDeepStrictEqual } from 'node:util'
import { type Document, type JsonObject, isObject } from 'sandbox-sessions-openapi'
import type { Change } from './change.js'
import { Comparison, childOf } from './comparison.js'
import { compareOperations } from './operations.js'
import { compareSchemes } from './security.js'

/** Parts of a document that are compared elsewhere, or do not affect what is sent. */
const compared = ['openapi', 'info', 'paths', 'components', 'security', 'servers']

/** Everything that changed from one OpenAPI 3.1 document to another, except the version itself. */
export function diffDocuments(base: Document, spec: Document): readonly Change[] {
  const comparison = new Comparison(base, spec)
  compareOperations(comparison)
  compareSchemes(comparison, childOf(base.components, 'securitySchemes'), childOf(spec.components, 'securitySchemes'))
  const [before, after] = [withoutVersion(base), withoutVersion(spec)]
  comparison.compareRest(before, after, compared, (key) => ({ place: '', subject: key }))
  // It does not affect what is sent, or it would have been found: examples, the order of lists, unused components.
  if (comparison.changes.length === 0 && !isDeepStrictEqual(before, after)) {
    comparison.add('neutral', { place: '', subject: 'the document' }, 'changed in what is not on the wire')
  }
  return comparison.changes
}

function withoutVersion(document: Document): JsonObject {
  const info = isObject(document.info) ? { ...document.info, version: '' } : document.info
  return { ...document, info }
}
