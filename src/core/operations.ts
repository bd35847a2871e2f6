import { routes } from '../../generated/calls.js'
import type { operations } from '../../generated/sandbox-api.js'
import type { BodySource } from '../transport/request.js'
import { type BodyName, type Wire, isBody } from './wire.js'

/** The name of an operation. Everything else about a call follows from it: method, path, what it takes, and what it answers. */
export type OperationId = keyof typeof routes

type AnswerName<Id extends OperationId> = (typeof routes)[Id] extends readonly [string, string, infer Name]
  ? Name
  : never

/** The operations that answer a JSON body. */
export type AnsweringId = { [Id in OperationId]: [AnswerName<Id>] extends [never] ? never : Id }[OperationId]

/** The body that an operation answers. */
export type Answer<Id extends AnsweringId> = Wire[Extract<AnswerName<Id>, BodyName>]

/** What a call of any operation may be given. */
export interface AnyGiven {
  readonly path?: Readonly<Record<string, unknown>>
  readonly query?: object
  readonly body?: unknown
}

/** What a call of this operation is given. */
export type Given<Id extends OperationId> = AnyGiven &
  Part<'path', operations[Id]['parameters']['path']> &
  Part<'query', operations[Id]['parameters']['query']> &
  Part<'body', Body<NonNullable<operations[Id]['requestBody']>>>

type Part<Name extends string, T> = [T] extends [undefined]
  ? Readonly<Partial<Record<Name, never>>>
  : Readonly<Record<Name, NonNullable<T>>>

type Body<Request> = Request extends { content: { 'application/json': infer Json } }
  ? Json
  : Request extends { content: { 'application/octet-stream': unknown } }
    ? BodySource
    : undefined

/** What is known of an operation at run time. */
export function routeOf(operation: OperationId): readonly [method: string, path: string, answer?: BodyName] {
  return routes[operation]
}

/** Tells whether a body is what the operation answers. `report` is called with what is wrong with it. */
export function isAnswer<Id extends AnsweringId>(
  operation: Id,
  body: unknown,
  report: (problem: string) => void,
): body is Answer<Id> {
  const [, , name] = routeOf(operation)
  return name !== undefined && isBody(name, body, report)
}
