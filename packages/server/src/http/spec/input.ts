import type { operations as parameterLimits, schemas as schemaLimits } from 'sandbox-sessions-sdk/constraints'
import type { components, operations } from 'sandbox-sessions-sdk/sandbox-api'
import type { OperationId } from './operations.js'

type Schemas = components['schemas']

/** The schema of each operation's JSON body. */
interface JsonBodies {
  createSession: 'CreateSessionRequest'
  updateSession: 'UpdateSessionRequest'
  executeCommand: 'CommandRequest'
  executeCode: 'CodeRequest'
}

type DefaultedKeys<Rules> = {
  [Key in keyof Rules]: Rules[Key] extends { readonly default: unknown } ? Key : never
}[keyof Rules]

/** What has a default in the spec is there after validation. */
type Defaulted<Values, Rules> = Values & Required<Pick<Values, Extract<keyof Values, DefaultedKeys<Rules>>>>

type Place<Id extends OperationId, In extends 'path' | 'query' | 'header'> = Defaulted<
  NonNullable<operations[Id]['parameters'][In]>,
  (typeof parameterLimits)[Id]['parameters']
>

type Body<Id extends OperationId> = Id extends keyof JsonBodies
  ? Defaulted<Schemas[JsonBodies[Id]], (typeof schemaLimits)[JsonBodies[Id]]['properties']>
  : unknown

/** An operation's validated input, with the defaults of the spec filled in. */
export interface Input<Id extends OperationId> {
  readonly path: Place<Id, 'path'>
  readonly query: Place<Id, 'query'>
  readonly header: Place<Id, 'header'>
  readonly body: Body<Id>
}

type JsonOf<Response> = Response extends { content: { 'application/json': infer Content } } ? Content : never

/** The JSON that an operation answers on success. */
export type JsonAnswer<Id extends OperationId> = JsonOf<
  operations[Id]['responses'][keyof operations[Id]['responses'] & (200 | 201)]
>
