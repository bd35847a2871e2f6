import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { publishedSpec } from 'sandbox-sessions-conformance'
import { type Document, parseDocument } from 'yaml'

/**
 * Writes the spec to a folder, with a change or as it is.
 *
 * @returns the file. It has the spec's own name, which is in what the generator writes.
 */
export async function writeSpec(folder: string, change?: (spec: Document) => void): Promise<string> {
  const spec = parseDocument(await readFile(publishedSpec, 'utf8'))
  change?.(spec)
  const file = path.join(folder, path.basename(publishedSpec))
  await writeFile(file, String(spec))
  return file
}
