import { readDocument, unusable } from 'sandbox-sessions-openapi'
import { generateCalls } from './calls.js'
import { generateConstraints } from './constraints.js'

/**
 * What is generated from a spec, by the names of the files; with `forSdk` also what only the SDK itself can use.
 *
 * @throws {Error} when the spec can't be used: one line that names the file and the reason.
 */
export async function sources(spec: string, forSdk: boolean): Promise<Readonly<Record<string, string>>> {
  const document = await readDocument(spec)
  try {
    const constraints = { ...generateConstraints(document), ...(forSdk && { 'calls.ts': generateCalls(document) }) }
    // This comes last, since it takes a second to load, and its errors have several lines where the others have one.
    const { generateTypes } = await import('./types.js')
    return { 'sandbox-api.ts': await generateTypes(document), ...constraints }
  } catch (error) {
    throw unusable(spec, error)
  }
}
