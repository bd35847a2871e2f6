import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parse } from 'yaml'
import { assertDocument, type Document } from './document.js'
import { isObject } from './json.js'
import { checkReferences } from './references.js'

/**
 * The document in a file of YAML or JSON, with all its references checked.
 *
 * @throws {Error} when the file can't be read or used: one line that names the file and the reason.
 */
export async function readDocument(file: string): Promise<Document> {
  return await readFileAs(file, checkedDocument)
}

/** @throws {Error} when it is not an OpenAPI 3.1 document, or one of its references can't be followed to an end. */
export function checkedDocument(value: unknown): Document {
  assertDocument(value)
  checkReferences(value)
  return value
}

/** Parses a file of YAML and passes its content on. @throws {Error} of `unusable`, whatever goes wrong. */
export async function readFileAs<T>(file: string, make: (content: unknown) => T): Promise<T> {
  try {
    return make(parse(await readFile(file, 'utf8')))
  } catch (error) {
    throw unusable(file, error)
  }
}

/** What went wrong with a file, in one line that names it. The error itself is the cause. */
export function unusable(file: string, error: unknown): Error {
  return new Error(`${fromHere(file)} can't be used. ${reasonOf(error)}`, { cause: error })
}

function reasonOf(error: unknown): string {
  if (isObject(error) && error['code'] === 'ENOENT') return 'There is no such file.'
  if (!(error instanceof Error)) return String(error)
  // After its first line, a YAML parser's message quotes the file.
  return error.message.split('\n', 1).join('').replace(/:$/, '.')
}

/** A path as seen from the current directory. */
function fromHere(file: string): string {
  const below = path.relative('', file)
  return below.startsWith('..') ? file : below
}
