import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { parse } from 'yaml'
import { isObject, type JsonObject } from '../../support/json.js'

/** The spec as the SDK package publishes it. */
export const publishedSpec = createRequire(import.meta.url).resolve('sandbox-sessions-sdk/sandbox-api-spec.yaml')

/** An OpenAPI 3.1 document whose references are read as JSON Schema 2020-12 reads them: siblings of `$ref` count. */
export class SpecDocument {
  readonly root: JsonObject

  constructor(root: unknown) {
    if (!isObject(root)) throw new Error('The spec is not a YAML object.')
    this.root = root
  }

  /** @throws {Error} when the file cannot be read or is no YAML object. */
  static async load(file: string = publishedSpec): Promise<SpecDocument> {
    return new SpecDocument(parse(await readFile(file, 'utf8')))
  }

  /** The object at a place such as `#/components/schemas/Session`, without any reference left in it. */
  at(pointer: string): JsonObject {
    return this.object(this.#lookUp(pointer), pointer)
  }

  /**
   * The value with every reference replaced by what it names; what stands beside a reference wins over it.
   *
   * @param place - where it is in the document.
   * @throws {Error} for what holds itself: it can't be written out.
   */
  object(value: unknown, place: string): JsonObject {
    const inlined = this.#inline(value, place, new Map())
    return isObject(inlined) ? inlined : {}
  }

  #inline(value: unknown, place: string, above: ReadonlyMap<unknown, string>): unknown {
    if (typeof value !== 'object' || value === null) return value
    const within = new Map([...above, [value, place] as const])
    const inline = (part: unknown, name: string, at: string): unknown => {
      const start = within.get(part)
      if (start === undefined) return this.#inline(part, name, within)
      throw new Error(`The spec has ${start} within itself, at ${at}. This server takes no schema that holds itself.`)
    }
    const inlineItem = (item: unknown, key: string | number): unknown =>
      inline(item, `${place}/${key}`, `${place}/${key}`)
    if (Array.isArray(value)) return value.map(inlineItem)
    if (!isObject(value)) return value
    const { $ref, ...siblings } = value
    const own = Object.fromEntries(Object.entries(siblings).map(([key, item]) => [key, inlineItem(item, key)]))
    if (typeof $ref !== 'string') return own
    const target = inline(this.#lookUp($ref), $ref, place)
    return isObject(target) ? { ...target, ...own } : target
  }

  #lookUp(pointer: string): unknown {
    let value: unknown = this.root
    for (const part of pointer.split('/').slice(1)) {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~')
      value = isObject(value) ? value[key] : undefined
    }
    if (value === undefined) throw new Error(`The spec has nothing at ${pointer}.`)
    return value
  }
}
