import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { generateCalls } from './calls.js'
import { generateConstraints } from './constraints.js'
import { type Document, isDocument, isJson } from './document.js'
import { checkReferences } from './references.js'

/** What is generated from a spec, by the names of the files; with `forSdk` also what only the SDK itself can use. */
export async function sources(spec: string, forSdk: boolean): Promise<Readonly<Record<string, string>>> {
  const document = await readDocument(spec)
  const constraints = { ...generateConstraints(document), ...(forSdk && { 'calls.ts': generateCalls(document) }) }
  // Last, since it takes a second to load, and says in several lines what the rest says in one.
  const { generateTypes } = await import('./types.js')
  return { 'sandbox-api.ts': await generateTypes(document), ...constraints }
}

async function readDocument(file: string): Promise<Document> {
  const document: unknown = parse(await readSpec(file))
  const version = isJson(document) ? document['openapi'] : undefined
  if (typeof version !== 'string') throw new Error('It is not an OpenAPI document.')
  if (!/^3\.1(\.|$)/.test(version)) throw new Error(`It is OpenAPI ${version}; OpenAPI 3.1 is needed.`)
  if (!isDocument(document)) throw new Error('It lacks info.version, paths or components.schemas.')
  checkReferences(document)
  return document
}

async function readSpec(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (!isJson(error) || error['code'] !== 'ENOENT') throw error
    throw new Error('There is no such file; --spec names another.', { cause: error })
  }
}
