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

/** The spec without references in its operations, to validate requests. @throws {Error} when a schema contains itself. */
function servableSpec(document: Document): Spec {
  return new Spec({ ...document, paths: inline(document, document.paths, '#/paths') })
}
