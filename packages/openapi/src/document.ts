import { isObject, type JsonObject } from './json.js'

/** The parts of an OpenAPI 3.1 document that every reader may rely on. */
export interface Document extends JsonObject {
  readonly info: JsonObject & { readonly version: string }
  readonly security?: readonly unknown[]
  readonly paths: JsonObject
  readonly components: JsonObject & { readonly schemas: JsonObject }
}

/** @throws {Error} when the value is not an OpenAPI 3.1 document with a version, paths and schemas. */
export function assertDocument(value: unknown): asserts value is Document {
  const { openapi: version, info, paths, components } = isObject(value) ? value : {}
  if (typeof version !== 'string') throw new Error('It is not an OpenAPI document.')
  if (!/^3\.1(\.|$)/.test(version)) throw new Error(`It is OpenAPI ${version}; OpenAPI 3.1 is needed.`)
  const isComplete =
    isObject(info) &&
    typeof info['version'] === 'string' &&
    isObject(paths) &&
    isObject(components) &&
    isObject(components['schemas'])
  if (!isComplete) throw new Error('It lacks info.version, paths or components.schemas.')
}
