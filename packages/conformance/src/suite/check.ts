import type { Spec } from 'sandbox-sessions-openapi'
import { knownErrorCodes } from '../spec.js'
import type { OperationId } from '../operations.js'
import type { Bench } from './bench.js'

/** One thing that a server of this API has to do. */
export interface Check {
  /** The operation that the verdict is about. */
  readonly operation: OperationId
  /** What the server does, in words. */
  readonly name: string
  /** Whether the spec contains what this checks, which an older spec may lack. Default: whether it has the operation. */
  readonly appliesTo?: (spec: Spec) => boolean
  /** @throws {Mismatch} when the server does something else. @throws {Skipped} when it can't be checked. */
  run(bench: Bench): Promise<void>
}

export function hasParameter(operation: OperationId, name: string): (spec: Spec) => boolean {
  return (spec) => spec.operation(operation)?.parameters.some((parameter) => parameter.name === name) === true
}

export function hasStatus(operation: OperationId, status: number): (spec: Spec) => boolean {
  return (spec) => spec.operation(operation)?.responses.has(status) === true
}

export function hasProperty(schema: string, property: string): (spec: Spec) => boolean {
  return (spec) => property in Object(spec.resolve({ $ref: `#/components/schemas/${schema}` })['properties'])
}

export function hasEvents(operation: OperationId): (spec: Spec) => boolean {
  return (spec) => spec.operation(operation)?.responses.get(200)?.content.has('text/event-stream') === true
}

export function hasCode(code: string): (spec: Spec) => boolean {
  return (spec) => knownErrorCodes(spec).includes(code)
}
