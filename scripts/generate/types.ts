import openapiTS, { astToString } from 'openapi-typescript'
import ts from 'typescript'

const blob = ts.factory.createTypeReferenceNode('Blob')

/** The paths, operations and schemas as TypeScript types. */
export async function generateTypes(spec: string): Promise<string> {
  const nodes = await openapiTS(spec, {
    // A default is the server's: a caller may leave the property out.
    defaultNonNullable: false,
    transform: (schema) =>
      'contentMediaType' in schema && schema.contentMediaType === 'application/octet-stream' ? blob : undefined,
  })
  return astToString(nodes)
}
