import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { parse } from 'yaml'
import { isObject, type JsonObject } from './json.js'
import { checkReferences } from './references.js'

/** The spec that the SDK was made from. */
export const publishedSpec = createRequire(import.meta.url).resolve('sandbox-sessions-sdk/sandbox-api-spec.yaml')

const methods: ReadonlySet<string> = new Set(['get', 'put', 'post', 'delete', 'patch'])

export interface Parameter {
  readonly name: string
  readonly in: string
  readonly required: boolean
  /** As it stands in the spec: it may be a `$ref`, with siblings. */
  readonly schema: JsonObject
}

/** One body of one media type. */
export interface Media {
  /** As it stands in the spec: it may be a `$ref`, with siblings. */
  readonly schema: JsonObject
  /** Their values by their names. */
  readonly examples: ReadonlyMap<string, unknown>
}

export interface SpecResponse {
  /** Schemas by the names of the headers, in lower case. */
  readonly headers: ReadonlyMap<string, JsonObject>
  /** Media type to body; empty when the response has none to speak of. */
  readonly content: ReadonlyMap<string, Media>
}

export interface Operation {
  readonly id: string
  /** In capitals. */
  readonly method: string
  /** Below the base path, with `{name}` for its parameters. */
  readonly path: string
  readonly secured: boolean
  readonly parameters: readonly Parameter[]
  readonly requestBody: { readonly required: boolean; readonly content: ReadonlyMap<string, Media> } | undefined
  readonly responses: ReadonlyMap<number, SpecResponse>
}

/** An OpenAPI 3.1 document, as its operations. */
export class Spec {
  readonly document: JsonObject
  readonly version: string
  readonly operations: readonly Operation[]

  /** @throws {Error} when it is no OpenAPI 3.1 document, or refers to what is not there, or to itself in a circle. */
  constructor(document: unknown) {
    if (!isObject(document) || !String(document['openapi']).startsWith('3.1')) {
      throw new Error('it is not an OpenAPI 3.1 document')
    }
    this.document = document
    checkReferences(document, (ref) => this.#lookUp(ref))
    this.version = isObject(document['info']) ? String(document['info']['version']) : ''
    this.operations = [...this.#readOperations()]
  }

  /** @throws {Error} when the file can't be read or used; the message says why. */
  static async load(file: string = publishedSpec): Promise<Spec> {
    try {
      return new Spec(parse(await readFile(file, 'utf8')))
    } catch (error) {
      throw new Error(`${file} can't be used: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      })
    }
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
      return { operation, path: Object.fromEntries(names.map((name, index) => [name, decode(found[index + 1] ?? '')])) }
    }
    return undefined
  }

  /** The codes that an Error may carry, as far as the spec knows them. */
  get errorCodes(): readonly string[] {
    const codes = this.resolve({ $ref: '#/components/schemas/KnownErrorCode' })['enum']
    return Array.isArray(codes) ? codes.map(String) : []
  }

  /** Follows a `$ref`, as far as it goes; what stands beside one wins over what it points to. */
  resolve(value: unknown): JsonObject {
    if (!isObject(value)) return {}
    const { $ref, ...siblings } = value
    return typeof $ref === 'string' ? { ...this.resolve(this.#lookUp($ref)), ...siblings } : value
  }

  #lookUp(ref: string): unknown {
    let found: unknown = this.document
    for (const part of ref.split('/').slice(1)) {
      found = isObject(found) ? found[part.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined
    }
    if (found === undefined) throw new Error(`nothing is at ${ref}`)
    return found
  }

  *#readOperations(): Generator<Operation> {
    for (const [path, item] of entries(this.document['paths'])) {
      if (!isObject(item)) continue
      for (const [method, operation] of Object.entries(item)) {
        if (!methods.has(method) || !isObject(operation)) continue
        const security = operation['security'] ?? this.document['security']
        const parameters = [...list(item['parameters']), ...list(operation['parameters'])]
        yield {
          id: String(operation['operationId']),
          method: method.toUpperCase(),
          path,
          secured: list(security).length > 0,
          parameters: parameters.map((each) => this.#readParameter(each)),
          requestBody: this.#readBody(operation['requestBody']),
          responses: new Map(
            entries(operation['responses']).map(([status, each]) => [Number(status), this.#readResponse(each)]),
          ),
        }
      }
    }
  }

  #readParameter(source: unknown): Parameter {
    const { name, in: place, required, schema } = this.resolve(source)
    return {
      name: String(name),
      in: String(place),
      required: required === true,
      schema: isObject(schema) ? schema : {},
    }
  }

  #readBody(source: unknown): Operation['requestBody'] {
    if (source === undefined) return undefined
    const { required, content } = this.resolve(source)
    return { required: required === true, content: this.#readContent(content) }
  }

  #readResponse(source: unknown): SpecResponse {
    const { headers, content } = this.resolve(source)
    return {
      headers: new Map(
        entries(headers).map(([name, header]) => {
          const { schema } = this.resolve(header)
          return [name.toLowerCase(), isObject(schema) ? schema : {}]
        }),
      ),
      content: this.#readContent(content),
    }
  }

  #readContent(content: unknown): ReadonlyMap<string, Media> {
    return new Map(
      entries(content).map(([mediaType, source]) => {
        const { schema, examples } = this.resolve(source)
        return [
          mediaType,
          {
            schema: isObject(schema) ? schema : {},
            examples: new Map(entries(examples).map(([name, example]) => [name, this.resolve(example)['value']])),
          },
        ]
      }),
    )
  }
}

function entries(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value) : []
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
