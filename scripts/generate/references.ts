import { type Document, type Json, isJson, lookUp } from './document.js'

/** What else a schema takes at the same place, where no level of the value lies between. */
const partsInPlace = ['allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else']

/**
 * A schema may hold itself further down, as a tree does. Not usable is one that leads back to itself at the same place:
 * nothing could be held against it.
 *
 * @throws {Error} for such a one, for a `$ref` that leads nowhere or out of the document, and for a part of the file that
 * holds itself by an alias of YAML.
 */
export function checkReferences(document: Document): void {
  const done = new Set<Json>()
  const visit = (node: unknown, place: string, above: readonly unknown[]): void => {
    if (typeof node !== 'object' || node === null) return
    if (above.includes(node)) throw new Error(`${place} is an alias of what it stands in.`)
    const within = [...above, node]
    if (isJson(node)) checkInPlace(document, node, place, [], done)
    for (const [key, value] of Object.entries(node)) {
      if (/\/(properties|responses)$/.test(place) || !holdsData(key, value)) visit(value, `${place}/${key}`, within)
    }
  }
  visit(document, '#', [])
}

/**
 * Properties and responses may have any of these names. The `examples` of a body have names and may be references; those of a
 * schema are a list of values.
 */
function holdsData(key: string, value: unknown): boolean {
  return ['example', 'value', 'default', 'const', 'enum'].includes(key) || (key === 'examples' && Array.isArray(value))
}

interface Step {
  readonly node: Json
  readonly place: string
}

function checkInPlace(document: Document, node: Json, place: string, way: readonly Step[], done: Set<Json>): void {
  const start = way.findIndex((step) => step.node === node)
  if (start >= 0) throw new Error(describeCircle(way.slice(start)))
  if (done.has(node)) return
  const here = [...way, { node, place }]
  const { $ref } = node
  if (typeof $ref === 'string') {
    const target = lookUp(document, $ref)
    if (isJson(target)) checkInPlace(document, target, $ref, here, done)
  }
  for (const keyword of partsInPlace) {
    for (const part of [node[keyword]].flat()) {
      if (isJson(part)) checkInPlace(document, part, `${place}/${keyword}`, here, done)
    }
  }
  done.add(node)
}

function describeCircle(circle: readonly Step[]): string {
  const [first, ...others] = circle.map(({ place }) => place)
  const by = others.length === 0 ? '' : `, by way of ${others.join(', ')}`
  return `${first ?? ''} is a reference to itself${by}.`
}
