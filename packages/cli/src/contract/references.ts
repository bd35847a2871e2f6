import { isObject, type JsonObject } from './json.js'

/** What else a schema takes at the same place, where no level of the value lies between. */
const partsInPlace = ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else']

/** What holds values and no schemas, unless it is a name among others. */
const data: ReadonlySet<string> = new Set(['example', 'value', 'default', 'const', 'enum'])
const holdsNames = /\/(properties|responses)$/

/**
 * A schema may hold itself further down, as a tree does. One that leads back to itself at the same place can't be used: a
 * value would be held against it for ever.
 *
 * @throws {Error} for such a one, for what `lookUp` throws, and for a part of the file that holds itself by an alias of YAML.
 */
export function checkReferences(document: JsonObject, lookUp: (ref: string) => unknown): void {
  const settled = new Set<JsonObject>()

  const follow = (node: JsonObject, place: string, way: ReadonlyMap<JsonObject, string>): void => {
    if (way.has(node)) {
      const [first = '', ...others] = [...way].slice([...way.keys()].indexOf(node)).map(([, each]) => each)
      throw new Error(`${first} is a reference to itself${others.map((each) => ` → ${each}`).join('')}`)
    }
    if (settled.has(node)) return
    const here = new Map([...way, [node, place]])
    const { $ref } = node
    const target = typeof $ref === 'string' ? lookUp($ref) : undefined
    if (isObject(target)) follow(target, String($ref), here)
    for (const keyword of partsInPlace) {
      for (const part of [node[keyword]].flat()) if (isObject(part)) follow(part, `${place}/${keyword}`, here)
    }
    settled.add(node)
  }

  const visit = (node: unknown, place: string, above: readonly unknown[]): void => {
    if (typeof node !== 'object' || node === null) return
    if (above.includes(node)) throw new Error(`${place} is an alias of what it stands in`)
    if (isObject(node)) follow(node, place, new Map())
    for (const [key, value] of Object.entries(node)) {
      const isData = data.has(key) || (key === 'examples' && Array.isArray(value))
      if (!isData || holdsNames.test(place)) visit(value, `${place}/${key}`, [...above, node])
    }
  }
  visit(document, '#', [])
}
