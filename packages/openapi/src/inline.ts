import type { Document } from './document.js'
import { isObject } from './json.js'
import { lookUp } from './resolve.js'

/**
 * Replaces every reference in the value by what it names; siblings of a reference win over it.
 *
 * @param place - where it is in the document, as `#/paths`.
 * @throws {Error} for a value that contains itself, which can't be written out.
 */
export function inline(document: Document, value: unknown, place: string): unknown {
  return inlineWithin(document, value, place, new Map())
}

function inlineWithin(document: Document, value: unknown, place: string, above: ReadonlyMap<unknown, string>): unknown {
  if (typeof value !== 'object' || value === null) return value
  const within = new Map([...above, [value, place]])
  const inlinePart = (part: unknown, name: string, at: string): unknown => {
    const start = within.get(part)
    if (start === undefined) return inlineWithin(document, part, name, within)
    throw new Error(`${start} holds itself, at ${at}, and so it can't be written out.`)
  }
  const inlineItem = (item: unknown, key: string | number): unknown =>
    inlinePart(item, `${place}/${key}`, `${place}/${key}`)
  if (Array.isArray(value)) return value.map(inlineItem)
  if (!isObject(value)) return value
  const { $ref, ...siblings } = value
  const own = Object.fromEntries(Object.entries(siblings).map(([key, item]) => [key, inlineItem(item, key)]))
  if (typeof $ref !== 'string') return own
  const target = inlinePart(lookUp(document, $ref), $ref, place)
  return isObject(target) ? { ...target, ...own } : target
}
