import {
  type Document,
  isObject as isJson,
  type JsonObject as Json,
  refName,
  resolve,
  targetOf,
} from 'sandbox-sessions-openapi'

const methods = ['get', 'put', 'post', 'delete', 'patch'] as const
const keywords = [
  'type',
  'format',
  'enum',
  'default',
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'pattern',
] as const

/** Every limit, default, enum and required field that the client or the server checks, as constants. */
export function generateConstraints(document: Document): string {
  return [
    constant('specVersion', 'The version of the spec that this was generated from.', document.info.version),
    constant(
      'schemas',
      'What the schemas of bodies demand.',
      mapValues(document.components.schemas, (each) => schema(document, each)),
    ),
    constant('enums', 'The values that the spec names, by their names.', enums(document)),
    constant('operations', 'What the operations are and what their parameters demand.', operations(document)),
  ].join('\n')
}

function constant(name: string, comment: string, value: unknown): string {
  return `/** ${comment} */\nexport const ${name} = ${JSON.stringify(value, null, 2)} as const\n`
}

function mapValues(source: Json, map: (value: unknown) => Json): Record<string, Json> {
  return Object.fromEntries(Object.entries(source).map(([name, value]) => [name, map(value)]))
}

/** @param within - the schemas that are being written out: one that holds itself is not written for ever. */
function schema(document: Document, source: unknown, within: readonly unknown[] = []): Json {
  const resolved = resolve(document, source)
  const inside = [...within, targetOf(document, source)]
  const kept = shape(document, resolved, inside)
  if (!isJson(resolved['properties'])) return kept
  const required = list(resolved['required'])
  const properties = Object.entries(resolved['properties']).map(([name, property]) => [
    name,
    { ...propertySchema(document, property, inside), required: required.includes(name) },
  ])
  return { ...kept, properties: Object.fromEntries(properties) }
}

/** A property that is an object of its own, or what it stands in, is not written out again where it is used. */
function propertySchema(document: Document, source: unknown, within: readonly unknown[]): Json {
  const resolved = resolve(document, source)
  const target = targetOf(document, source)
  if (within.includes(target)) return { ...keywordsOf(resolved), schema: refName(source) }
  const kept = shape(document, resolved, [...within, target])
  return isJson(resolved['properties']) ? { ...kept, schema: refName(source) } : kept
}

/** All but the properties of a schema. One that is named elsewhere is only named: it may hold itself. */
function shape(document: Document, resolved: Json, within: readonly unknown[]): Json {
  const kept = keywordsOf(resolved)
  const { items, additionalProperties: values } = resolved
  if (isJson(items)) kept['items'] = refName(items) ?? schema(document, items, within)
  if (isJson(values)) kept['values'] = refName(values) ?? schema(document, values, within)
  return kept
}

function keywordsOf(resolved: Json): Record<string, unknown> {
  const kept: Record<string, unknown> = {}
  for (const keyword of keywords) {
    if (resolved[keyword] !== undefined) kept[keyword] = resolved[keyword]
  }
  return kept
}

function operations(document: Document): Json {
  const found: Record<string, Json> = {}
  for (const [path, source] of Object.entries(document.paths)) {
    const item = resolve(document, source)
    for (const method of methods) {
      const operation = item[method]
      if (!isJson(operation)) continue
      const id = operation['operationId']
      const place = `${method.toUpperCase()} ${path}`
      if (typeof id !== 'string') throw new Error(`${place} has no operationId.`)
      if (Object.hasOwn(found, id)) throw new Error(`${place} has the operationId of another operation: ${id}.`)
      const parameters = [...list(item['parameters']), ...list(operation['parameters'])]
      const responses = isJson(operation['responses']) ? operation['responses'] : {}
      found[id] = {
        method: method.toUpperCase(),
        path,
        secured: list(operation['security'] ?? document.security).length > 0,
        // Not `default`, nor `4XX`.
        statuses: Object.keys(responses).map(Number).filter(Number.isInteger),
        parameters: Object.fromEntries(parameters.map((each) => parameter(document, each))),
      }
    }
  }
  return found
}

function enums(document: Document): Json {
  const found: Record<string, Json> = {}
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

function parameter(document: Document, source: unknown): [string, Json] {
  const { name, in: place, required = false, schema: shape } = resolve(document, source)
  return [String(name), { in: place, required, ...schema(document, shape) }]
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
