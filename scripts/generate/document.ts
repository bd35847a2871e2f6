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

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
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
  const [last, ...before] = chainOf(document, value).reverse()
  if (before.length === 0) return last ?? {}
  // From the last one on: what stands beside a `$ref` comes later, and wins.
  const merged = before.reduce((all, { $ref: _, ...beside }) => ({ ...all, ...beside }), last ?? {})
  return merged
}

/** What the `$ref`s of a value lead to in the end: the same object for all values that lead there. */
export function targetOf(document: Document, value: unknown): Json | undefined {
  return chainOf(document, value).at(-1)
}

/** A value and all that its `$ref`s lead to. */
function chainOf(document: Document, value: unknown): Json[] {
  const chain: Json[] = []
  for (let next = value; ;) {
    if (!isJson(next)) throw new Error(`It has ${JSON.stringify(next)} where an object should be.`)
    const { $ref } = next
    if (chain.includes(next)) throw new Error(`${String($ref)} is a reference to itself.`)
    chain.push(next)
    if ($ref === undefined) return chain
    next = lookUp(document, $ref)
  }
}

/** The last part of a `$ref`, or undefined for a value that is written in place. */
export function refName(value: unknown): string | undefined {
  if (!isJson(value) || typeof value['$ref'] !== 'string') return undefined
  return value['$ref'].split('/').at(-1)
}

/** @throws {Error} when nothing is there, or it is not within the document. */
export function lookUp(document: Document, ref: unknown): unknown {
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
