/** The kinds of operations, as types: a table with an entry for each of a kind does not compile when a new one is missing. */
import type { operations } from 'sandbox-sessions-sdk'
import type { operations as facts } from 'sandbox-sessions-sdk/constraints'

export type OperationId = keyof operations

/** The operations on a session, according to their paths. */
export type SessionOperationId = {
  [Id in OperationId]: (typeof facts)[Id]['path'] extends `/sessions/{sessionId}${string}` ? Id : never
}[OperationId]

/** The operations that need credentials, and no session. */
export type AccountOperationId = {
  [Id in OperationId]: (typeof facts)[Id]['secured'] extends true ? Exclude<Id, SessionOperationId> : never
}[OperationId]

/** The operations that answer JSON. */
export type JsonOperationId = OperationWith<'application/json'>

/** The operations that answer a stream of events to those who ask for it. */
export type StreamOperationId = OperationWith<'text/event-stream'>

/** The operations that answer output, which may be in base64. */
export type OutputOperationId = {
  [Id in JsonOperationId]: 'encoding' extends keyof Answers<Id>['application/json' & keyof Answers<Id>] ? Id : never
}[JsonOperationId]

/** The statuses of errors that some operation answers. */
export type ErrorStatus = {
  [Id in OperationId]: ErrorsAmong<keyof operations[Id]['responses']>
}[OperationId]

/** Looks up the entry of a table for an operation of a spec, which this package may not know. */
export function entryOf<T>(table: Readonly<Record<string, T>>, operation: string): T | undefined {
  return Object.hasOwn(table, operation) ? table[operation] : undefined
}

type OperationWith<MediaType extends string> = {
  [Id in OperationId]: MediaType extends keyof Answers<Id> ? Id : never
}[OperationId]

/** The answer of an operation on success, by media type. */
type Answers<Id extends OperationId> = ContentOf<
  operations[Id]['responses'][keyof operations[Id]['responses'] & (200 | 201 | 204)]
>

type ContentOf<Response> = Response extends { content: infer Content } ? Content : NoContent

type NoContent = Readonly<Partial<Record<'', unknown>>>

type ErrorsAmong<Status> = Status extends number ? (`${Status}` extends `${4 | 5}${string}` ? Status : never) : never
