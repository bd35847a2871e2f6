import { type CredentialHeader, credentialHeaders } from './credentials.js'
import { describeOperations, type Operation } from './described-operation.js'
import type { Document } from './document.js'
import type { JsonObject } from './json.js'
import { checkedDocument, readFileAs } from './read-file.js'
import { decoded, resolve } from './resolve.js'

/** An OpenAPI 3.1 document, as its operations. */
export class Spec {
  readonly document: Document
  readonly version: string
  readonly operations: readonly Operation[]
  readonly credentials: readonly CredentialHeader[]

  /** @throws {Error} when it is no OpenAPI 3.1 document, or has a reference that leads nowhere or in a circle. */
  constructor(document: unknown) {
    this.document = checkedDocument(document)
    this.version = this.document.info.version
    this.operations = describeOperations(this.document)
    this.credentials = credentialHeaders(this.document)
  }

  /** @throws {Error} when the file can't be read or used: one line that names the file and the reason. */
  static async load(file: string): Promise<Spec> {
    return await readFileAs(file, (content) => new Spec(content))
  }

  operation(id: string): Operation | undefined {
    return this.operations.find((operation) => operation.id === id)
  }

  /** The operation that a request names, with the values of the parameters in its path. */
  match(
    method: string,
    pathname: string,
  ): { operation: Operation; path: Readonly<Record<string, string>> } | undefined {
    for (const operation of this.operations) {
      if (operation.method !== method) continue
      const names = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
      const found = new RegExp(`^${operation.path.replaceAll(/\{\w+\}/g, '([^/]+)')}$`).exec(pathname)
      if (found === null) continue
      const values = names.map((name, index) => [name, decoded(found[index + 1] ?? '')] as const)
      return { operation, path: Object.fromEntries(values) }
    }
    return undefined
  }

  /** Follows the `$ref`s of a value to their end; undefined becomes an empty object. */
  resolve(value: unknown): JsonObject {
    return resolve(this.document, value ?? {})
  }
}
