import {
  type Document,
  isObject,
  type JsonObject,
  list,
  operationsOf,
  refName,
  resolve,
  targetOf,
} from 'sandbox-sessions-openapi'
import { constant, moduleOf } from './names.js'

const keywords = [
  'type',
  'format',
  'enum',
  'default',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'maxItems',
  'pattern',
] as const

/** Every limit, default, enum and required field that the client or the server checks, as constants, by the names of the files. */
export function generateConstraints(document: Document): Readonly<Record<string, string>> {
  return {
    'constraints.ts': [
      '/** The version of the spec that this was generated from. */',
      `export ${constant('specVersion', document.info.version)}`,
      '/** What the schemas of bodies demand. */',
      "export * as schemas from './schemas.js'\n",
      '/** The values that the spec names, by their names. */',
      "export * as enums from './enums.js'\n",
      '/** What the operations are and what their parameters demand. */',
      "export * as operations from './operations.js'\n",
    ].join('\n'),
    'schemas.ts': moduleOf(mapValues(document.components.schemas, (each) => schema(document, each))),
    'enums.ts': moduleOf(enums(document)),
    'operations.ts': moduleOf(operations(document)),
  }
}

function mapValues(source: JsonObject, map: (value: unknown) => JsonObject): Record<string, JsonObject> {
  return Object.fromEntries(Object.entries(source).map(([name, value]) => [name, map(value)]))
}

/** @param within - the schemas that are being written out, so that one that contains itself ends. */
function schema(document: Document, source: unknown, within: readonly unknown[] = []): JsonObject {
  const resolved = resolve(document, source)
  const inside = [...within, targetOf(document, source)]
  const kept = shape(document, resolved, inside)
  if (!isObject(resolved['properties'])) return kept
  const required = list(resolved['required'])
  const properties = Object.entries(resolved['properties']).map(([name, property]) => [
    name,
    { ...propertySchema(document, property, inside), required: required.includes(name) },
  ])
  return { ...kept, properties: Object.fromEntries(properties) }
}

/** A property that is a named object, or an object that contains this one, is not written out again where it is used. */
function propertySchema(document: Document, source: unknown, within: readonly unknown[]): JsonObject {
  const resolved = resolve(document, source)
  const target = targetOf(document, source)
  if (within.includes(target)) return { ...keywordsOf(resolved), schema: refName(source) }
  const kept = shape(document, resolved, [...within, target])
  return isObject(resolved['properties']) ? { ...kept, schema: refName(source) } : kept
}

/** Everything in a schema except its properties. A named schema is only named, since it may contain itself. */
function shape(document: Document, resolved: JsonObject, within: readonly unknown[]): JsonObject {
  const kept = keywordsOf(resolved)
  const { items, additionalProperties: values } = resolved
  if (isObject(items)) kept['items'] = refName(items) ?? schema(document, items, within)
  if (isObject(values)) kept['values'] = refName(values) ?? schema(document, values, within)
  return kept
}

function keywordsOf(resolved: JsonObject): Record<string, unknown> {
  const kept: Record<string, unknown> = {}
  for (const keyword of keywords) {
    if (resolved[keyword] !== undefined) kept[keyword] = resolved[keyword]
  }
  return kept
}

function operations(document: Document): JsonObject {
  const found: Record<string, JsonObject> = {}
  for (const { id, method, path, item, operation } of operationsOf(document)) {
    const parameters = [...list(item['parameters']), ...list(operation['parameters'])]
    found[id] = {
      method,
      path,
      secured: list(operation['security'] ?? document.security).length > 0,
      // Not `default`, nor `4XX`.
      statuses: Object.keys(isObject(operation['responses']) ? operation['responses'] : {})
        .map(Number)
        .filter(Number.isInteger),
      parameters: Object.fromEntries(parameters.map((each) => parameter(document, each))),
    }
  }
  return found
}

function enums(document: Document): JsonObject {
  const found: Record<string, JsonObject> = {}
  for (const [name, source] of Object.entries(document.components.schemas)) {
    const values = list(resolve(document, source)['enum']).map(String)
    if (values.length > 0) found[name] = Object.fromEntries(values.map((value) => [pascalCase(value), value]))
  }
  return found
}

function pascalCase(value: string): string {
  return value
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
    .join('')
}

function parameter(document: Document, source: unknown): [string, JsonObject] {
  const { name, in: place, required = false, schema: shape } = resolve(document, source)
  return [String(name), { in: place, required, ...schema(document, shape) }]
}
