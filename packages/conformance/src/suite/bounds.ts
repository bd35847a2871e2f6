import type { Spec } from 'sandbox-sessions-openapi'
import type { OperationId } from '../operations.js'

/** What a spec says about a number. The spec in use counts, not the one that the SDK knows. */
export interface Bounds {
  readonly minimum: number | undefined
  readonly maximum: number | undefined
  readonly default: number | undefined
}

export function boundsOfProperty(spec: Spec, schema: string, property: string): Bounds {
  const { properties } = spec.resolve({ $ref: `#/components/schemas/${schema}` })
  return boundsOf(spec, spec.resolve(properties)[property])
}

export function boundsOfParameter(spec: Spec, operation: OperationId, parameter: string): Bounds {
  return boundsOf(spec, spec.operation(operation)?.parameters.find(({ name }) => name === parameter)?.schema)
}

/** The smallest and the largest value that may be sent. */
export function boundary({ minimum, maximum }: Bounds): readonly number[] {
  return [minimum, maximum].filter((limit) => limit !== undefined)
}

/** What lies just outside of the bounds. */
export function outside({ minimum, maximum }: Bounds): readonly number[] {
  const below = minimum === undefined ? [] : [minimum - 1]
  return maximum === undefined ? below : [...below, maximum + 1]
}

function boundsOf(spec: Spec, schema: unknown): Bounds {
  const { minimum, maximum, default: fallback } = spec.resolve(schema)
  return { minimum: number(minimum), maximum: number(maximum), default: number(fallback) }
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
