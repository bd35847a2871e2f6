import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js'
import ajvFormats from 'ajv-formats'
import { isObject, type JsonObject } from './json.js'
import type { Spec } from './spec.js'

/** What is wrong with a value. */
export interface Problem {
  /** `invalid` breaks a rule of the spec; `undocumented` is something that the spec does not know. */
  readonly kind: 'invalid' | 'undocumented'
  readonly message: string
}

/** Checks values against the schemas of a spec. Schemas count as closed: a property that they do not name is a problem too. */
export class SchemaCheck {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true })
  readonly #compiled = new Map<JsonObject, ValidateFunction>()

  constructor(spec: Spec) {
    ajvFormats.default(this.#ajv)
    this.#ajv.addSchema({ components: closed(spec.document.components) }, root)
  }

  /** @param name - what the value is called in messages. */
  check(schema: JsonObject, value: unknown, name: string): Problem[] {
    let validate = this.#compiled.get(schema)
    if (validate === undefined) {
      const source = closed(schema)
      this.#compiled.set(schema, (validate = this.#ajv.compile(isObject(source) ? source : {})))
    }
    if (validate(value)) return []
    return (validate.errors ?? []).map((error) => describe(error, name))
  }
}

const root = 'spec'

/** A schema on its own: its references lead into the document, and its objects take only properties that they name. */
function closed(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(closed)
  if (!isObject(node)) return node
  const copy = Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string' && value.startsWith('#') ? root + value : closed(value),
    ]),
  )
  const isClosed = isObject(copy['properties']) && copy['additionalProperties'] === undefined
  return isClosed && copy['type'] === 'object' ? { ...copy, unevaluatedProperties: false } : copy
}

function describe({ instancePath, keyword, params, message }: ErrorObject, name: string): Problem {
  // The index in a list is left out, since other entries are likely to have the same problem.
  const place = `${name}${instancePath.replaceAll(/\/\d+(?=\/|$)/g, '[]').replaceAll('/', '.')}`
  const extra: unknown = isObject(params) ? params['unevaluatedProperty'] : undefined
  if (typeof extra === 'string') return { kind: 'undocumented', message: `${place}.${extra} is not in the spec` }
  if (keyword === 'required' && isObject(params)) {
    return { kind: 'invalid', message: `${place}.${String(params['missingProperty'])} is missing` }
  }
  const allowed: unknown = isObject(params) ? params['allowedValues'] : undefined
  const values = Array.isArray(allowed) ? `: ${allowed.join(', ')}` : ''
  return { kind: 'invalid', message: `${place} ${message ?? 'is not what the spec says'}${values}` }
}
