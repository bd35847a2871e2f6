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
  if (!isJson(value)) throw new Error(`It has ${JSON.stringify(value)} where an object should be.`)
  const { $ref, ...siblings } = value
  if ($ref === undefined) return value
  return { ...resolve(document, lookUp(document, $ref)), ...siblings }
}

/** The last part of a `$ref`, or undefined for a value that is written in place. */
export function refName(value: unknown): string | undefined {
  if (!isJson(value) || typeof value['$ref'] !== 'string') return undefined
  return value['$ref'].split('/').at(-1)
}

/** @throws {Error} when a `$ref` of the document leads nowhere, out of it, or back to itself. */
export function checkReferences(document: Document): void {
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(visit)
    if (!isJson(node)) return
    for (const [key, value] of Object.entries(node)) {
      if (key === '$ref' && typeof value === 'string') checkReference(document, value)
      else if (!holdsData(key, value)) visit(value)
    }
  }
  visit(document)
}

/** The `examples` of a body have names and may be references; those of a schema are a list of values. */
function holdsData(key: string, value: unknown): boolean {
  return ['example', 'value', 'default', 'const', 'enum'].includes(key) || (key === 'examples' && Array.isArray(value))
}

function checkReference(document: Document, ref: string): void {
  const seen = new Set<unknown>()
  for (let next: unknown = ref; typeof next === 'string';) {
    if (seen.has(next)) throw new Error(`${next} is a reference to itself.`)
    seen.add(next)
    const found = lookUp(document, next)
    next = isJson(found) ? found['$ref'] : undefined
  }
}

function lookUp(document: Document, ref: unknown): unknown {
  if (typeof ref !== 'string' || !ref.startsWith('#/')) throw new Error(`${String(ref)} is not within the document.`)
  let found: unknown = document
  for (const part of ref.slice(2).split('/')) {
    const key = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
    if (Array.isArray(found)) found = found[Number(key)]
    else found = isJson(found) ? found[key] : undefined
  }
  if (found === undefined) throw new Error(`Nothing is at ${ref}.`)
  return found
}
