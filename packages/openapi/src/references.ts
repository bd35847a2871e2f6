import type { Document } from './document.js'
import { isObject, type JsonObject } from './json.js'
import { lookUp } from './resolve.js'

/** Keywords whose schemas apply to the same value. */
const partsInPlace = ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else']

/** Keywords that hold values and no schemas, unless they are names of properties. */
const data: ReadonlySet<string> = new Set(['example', 'value', 'default', 'const', 'enum'])
const holdsNames = /\/(properties|responses)$/

/**
 * A schema may contain itself further down, as a tree does. It is unusable when it leads back to itself for the same value:
 * checking the value would never end.
 *
 * @throws {Error} for such a schema, for a `$ref` that leads nowhere or out of the document, and for a part of the file that
 * contains itself through an alias of YAML.
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
