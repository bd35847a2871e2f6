import type { Document } from './document.js'
import { isObject, type JsonObject } from './json.js'
import { lookUp } from './resolve.js'

/** What else a schema takes at the same place, where no level of the value lies between. */
const partsInPlace = ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else']

/** What holds values and no schemas, unless it is a name among others. */
const data: ReadonlySet<string> = new Set(['example', 'value', 'default', 'const', 'enum'])
const holdsNames = /\/(properties|responses)$/

/**
 * A schema may hold itself further down, as a tree does. Not usable is one that leads back to itself at the same place:
 * a value would be held against it for ever.
 *
 * @throws {Error} for such a one, for a `$ref` that leads nowhere or out of the document, and for a part of the file that
 * holds itself by an alias of YAML.
 */
export function checkReferences(document: Document): void {
  const settled = new Set<JsonObject>()

  const follow = (node: JsonObject, place: string, way: ReadonlyMap<JsonObject, string>): void => {
    if (way.has(node)) throw new Error(describeCircle(node, way))
    if (settled.has(node)) return
    const here = new Map([...way, [node, place]])
    const { $ref } = node
    const target = typeof $ref === 'string' ? lookUp(document, $ref) : undefined
    if (isObject(target)) follow(target, String($ref), here)
    for (const keyword of partsInPlace) {
      for (const part of [node[keyword]].flat()) if (isObject(part)) follow(part, `${place}/${keyword}`, here)
    }
    settled.add(node)
  }

  const visit = (node: unknown, place: string, above: readonly unknown[]): void => {
    if (typeof node !== 'object' || node === null) return
    if (above.includes(node)) throw new Error(`${place} is an alias of what it stands in.`)
    if (isObject(node)) follow(node, place, new Map())
    for (const [key, value] of Object.entries(node)) {
      if (holdsNames.test(place) || !holdsData(key, value)) visit(value, `${place}/${key}`, [...above, node])
    }
  }
  visit(document, '#', [])
}

/** The `examples` of a body have names and may be references; those of a schema are a list of values. */
function holdsData(key: string, value: unknown): boolean {
  return data.has(key) || (key === 'examples' && Array.isArray(value))
}

function describeCircle(start: JsonObject, way: ReadonlyMap<JsonObject, string>): string {
  const [first = '', ...others] = [...way.values()].slice([...way.keys()].indexOf(start))
  const by = others.length === 0 ? '' : `, by way of ${others.join(', ')}`
  return `${first} is a reference to itself${by}.`
}
