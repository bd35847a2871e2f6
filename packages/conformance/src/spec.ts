import { createRequire } from 'node:module'
import { Spec } from 'sandbox-sessions-openapi'

/** The file with the spec that the SDK was made from. */
export const publishedSpec = createRequire(import.meta.url).resolve('sandbox-sessions-sdk/sandbox-api-spec.yaml')

/**
 * Reads the spec to judge by.
 *
 * @param file - an OpenAPI 3.1 document; by default the one that the SDK was made from.
 * @throws {Error} when it can't be read or used: one line that names the file and the reason.
 */
export async function loadSpec(file: string = publishedSpec): Promise<Spec> {
  return await Spec.load(file)
}

/** The error codes that the spec knows. */
export function knownErrorCodes(spec: Spec): readonly string[] {
  const { schemas } = spec.document.components
  const codes = spec.resolve(schemas['KnownErrorCode'])['enum']
  return Array.isArray(codes) ? codes.map(String) : []
}
