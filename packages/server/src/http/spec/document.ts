import { createRequire } from 'node:module'
import { type Document, inline, readDocument, Spec, unusable } from 'sandbox-sessions-openapi'

/** The spec as the SDK package publishes it. */
export const publishedSpec = createRequire(import.meta.url).resolve('sandbox-sessions-sdk/sandbox-api-spec.yaml')

/** @throws {Error} when the spec in the file can't be served: one line that names the file and the reason. */
export async function loadSpec(file: string): Promise<Spec> {
  const document = await readDocument(file)
  try {
    return servableSpec(document)
  } catch (error) {
    throw unusable(file, error)
  }
}

/** The spec with no reference left in its operations, as requests are validated. @throws {Error} when a schema of theirs holds itself. */
function servableSpec(document: Document): Spec {
  return new Spec({ ...document, paths: inline(document, document.paths, '#/paths') })
}
