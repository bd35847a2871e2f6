import openapiTS, { astToString } from 'openapi-typescript'
import ts from 'typescript'
import { type Document, type JsonObject, isObject, resolve } from 'sandbox-sessions-openapi'

const blob = ts.factory.createTypeReferenceNode('Blob')

/** The paths, operations and schemas as TypeScript types. */
export async function generateTypes(document: Document): Promise<string> {
  const nodes = await openapiTS(JSON.stringify(describeLimits(document)), {
    // The server fills defaults in, so that a caller may leave the property out.
    defaultNonNullable: false,
    transform: (schema) =>
      'contentMediaType' in schema && schema.contentMediaType === 'application/octet-stream' ? blob : undefined,
  })
  return astToString(nodes)
}

/**
 * Adds limits and defaults to the description of each property and parameter, since openapi-typescript drops the limits, and
 * everything beside a `$ref`.
 */
function describeLimits(document: Document): JsonObject {
  return { ...document, ...withDescriptions(document, { paths: document.paths, components: document.components }) }
}

function withDescriptions(document: Document, node: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => {
      if (key === 'example' || key === 'examples') return [key, value]
      if (Array.isArray(value)) return [key, value.map((each) => visit(document, each))]
      if (key === 'properties' && isObject(value)) return [key, describeProperties(document, value)]
      return [key, visit(document, value)]
    }),
  )
}

function visit(document: Document, node: unknown): unknown {
  if (!isObject(node)) return node
  const described = withDescriptions(document, node)
  const { schema } = described
  // A parameter or a header.
  return isObject(schema) && 'description' in described
    ? { ...described, ...describe(document, schema, described) }
    : described
}

function describeProperties(document: Document, properties: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => {
      if (!isObject(property)) return [name, property]
      return [name, { ...withDescriptions(document, property), ...describe(document, property, property) }]
    }),
  )
}

function describe(document: Document, schema: JsonObject, owner: JsonObject): JsonObject {
  const resolved = resolve(document, schema)
  const description = owner['description'] ?? resolved['description']
  const words = [typeof description === 'string' ? description.trim() : '', limits(resolved)].filter(
    (each) => each !== '',
  )
  return {
    ...(words.length > 0 ? { description: words.join(' ') } : {}),
    ...(resolved['default'] !== undefined ? { default: resolved['default'] } : {}),
  }
}

function limits({ minimum, maximum, maxLength }: JsonObject): string {
  const words: string[] = []
  if (typeof minimum === 'number' && typeof maximum === 'number') words.push(`From ${minimum} to ${maximum}.`)
  else if (typeof minimum === 'number') words.push(`At least ${minimum}.`)
  if (typeof maxLength === 'number') words.push(`At most ${maxLength} characters.`)
  return words.join(' ')
}
