/** As much of an OpenAPI 3.1 document as the generators read. */
export interface Document {
  readonly info: { readonly version: string }
  readonly security?: readonly unknown[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly components: Readonly<Record<string, Readonly<Record<string, unknown>>>> & {
    readonly schemas: Readonly<Record<string, unknown>>
  }
}

export type Json = Readonly<Record<string, unknown>>

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isDocument(value: unknown): value is Document {
  return (
    isJson(value) &&
    typeof value['openapi'] === 'string' &&
    value['openapi'].startsWith('3.1') &&
    isJson(value['info']) &&
    typeof value['info']['version'] === 'string' &&
    isJson(value['paths']) &&
    isJson(value['components']) &&
    isJson(value['components']['schemas'])
  )
}

/** Follows `$ref`s within the document; what stands beside a `$ref` wins over what it points to, as 3.1 has it. */
export function resolve(document: Document, value: unknown): Json {
  if (!isJson(value)) throw new Error(`Not an object: ${JSON.stringify(value)}`)
  const { $ref, ...siblings } = value
  if ($ref === undefined) return value
  return { ...resolve(document, lookUp(document, $ref)), ...siblings }
}

/** The last part of a `$ref`, or undefined for a value that is written in place. */
export function refName(value: unknown): string | undefined {
  if (!isJson(value) || typeof value['$ref'] !== 'string') return undefined
  return value['$ref'].split('/').at(-1)
}

function lookUp(document: Document, ref: unknown): unknown {
  if (typeof ref !== 'string' || !ref.startsWith('#/')) throw new Error(`Not a local reference: ${String(ref)}`)
  let found: unknown = document
  for (const part of ref.slice(2).split('/')) {
    found = isJson(found) ? found[part] : undefined
  }
  if (found === undefined) throw new Error(`Nothing is at ${ref}`)
  return found
}
