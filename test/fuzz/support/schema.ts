import { isObject, type JsonObject, type Spec } from 'sandbox-sessions-openapi'

export const typeNames = ['string', 'integer', 'number', 'boolean', 'null', 'array', 'object'] as const
export type TypeName = (typeof typeNames)[number]

/** A schema as the generators see it: resolved, and with nothing in it that they do not know. */
export interface SchemaFacts {
  /** Empty when any type will do. */
  readonly types: readonly TypeName[]
  readonly format: Format | undefined
  readonly pattern: RegExp | undefined
  readonly minLength: number
  readonly maxLength: number | undefined
  readonly minimum: number | undefined
  readonly maximum: number | undefined
  readonly enum: readonly unknown[] | undefined
  readonly properties: ReadonlyMap<string, JsonObject>
  readonly required: ReadonlySet<string>
  /** What other properties may hold; undefined when there may be none. */
  readonly additional: JsonObject | undefined
  readonly items: JsonObject
  readonly maxItems: number | undefined
  readonly anyOf: readonly JsonObject[] | undefined
}

const formats = ['uuid', 'date-time', 'int64'] as const
export type Format = (typeof formats)[number]

const generated = [
  ...['type', 'format', 'pattern', 'minLength', 'maxLength', 'minimum', 'maximum', 'enum', 'anyOf'],
  ...['properties', 'required', 'additionalProperties', 'items', 'maxItems'],
]
/** These allow and forbid nothing. The schema of the content of an event stream is tried by the SDK's tests. */
const annotations = [
  ...['title', 'description', 'default', 'example', 'examples', 'deprecated'],
  ...['contentMediaType', 'contentSchema'],
]
const known: ReadonlySet<string> = new Set([...generated, ...annotations])

/** @throws {Error} for a keyword that the generators do not know: what it allows would go untried, unseen. */
export function readSchema(spec: Spec, source: JsonObject): SchemaFacts {
  const schema = spec.resolve(source)
  const unknown = Object.keys(schema).filter((keyword) => !known.has(keyword))
  if (unknown.length > 0) throw new Error(`The generators do not know the keyword ${unknown.join(', ')}`)
  if (schema['anyOf'] !== undefined && generated.some((keyword) => keyword !== 'anyOf' && keyword in schema)) {
    throw new Error('The generators do not know anyOf beside other keywords')
  }
  const { pattern, minLength, maxLength, minimum, maximum } = schema
  const properties = isObject(schema['properties']) ? schema['properties'] : {}
  return {
    types: list(schema['type']).map((type) => oneOf(typeNames, type)),
    format: schema['format'] === undefined ? undefined : oneOf(formats, schema['format']),
    pattern: typeof pattern === 'string' ? new RegExp(pattern, 'u') : undefined,
    minLength: numberOf(minLength) ?? 0,
    maxLength: numberOf(maxLength),
    minimum: numberOf(minimum),
    maximum: numberOf(maximum),
    enum: Array.isArray(schema['enum']) ? schema['enum'] : undefined,
    properties: new Map(Object.entries(properties).flatMap(([name, each]) => (isObject(each) ? [[name, each]] : []))),
    required: new Set(list(schema['required']).map(String)),
    additional: additionalOf(schema),
    items: isObject(schema['items']) ? schema['items'] : {},
    maxItems: numberOf(schema['maxItems']),
    anyOf: Array.isArray(schema['anyOf']) ? schema['anyOf'].filter(isObject) : undefined,
  }
}

/** @throws {Error} for a schema of the spec that holds itself: its values have no end. */
export function assertFinite(spec: Spec): void {
  const visit = (source: unknown, above: readonly string[]): void => {
    if (Array.isArray(source)) source.forEach((each) => visit(each, above))
    if (!isObject(source)) return
    const { $ref, ...rest } = source
    if (typeof $ref === 'string') {
      if (above.includes($ref)) throw new Error(`The generators do not know a schema that holds itself: ${$ref}`)
      visit(spec.resolve({ $ref }), [...above, $ref])
    }
    Object.values(rest).forEach((each) => visit(each, above))
  }
  for (const name of Object.keys(spec.document.components.schemas)) visit({ $ref: `#/components/schemas/${name}` }, [])
}

/** Objects that name their properties are taken as closed, as the judge takes them. */
function additionalOf({ properties, additionalProperties }: JsonObject): JsonObject | undefined {
  if (isObject(additionalProperties)) return additionalProperties
  return additionalProperties === true || (additionalProperties === undefined && properties === undefined)
    ? {}
    : undefined
}

function list(value: unknown): readonly unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value]
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}

function oneOf<Name extends string>(names: readonly Name[], value: unknown): Name {
  const found = names.find((name) => name === value)
  if (found === undefined) throw new Error(`The generators do not know ${JSON.stringify(value)}`)
  return found
}
