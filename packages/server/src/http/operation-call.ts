import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Input, JsonAnswer } from './spec/input.js'
import type { OperationId } from './spec/operations.js'

/** One request to an operation, authenticated and validated. */
export interface OperationCall<Id extends OperationId> extends Input<Id> {
  /** Who asks. Empty for an operation that needs no credentials. */
  readonly user: string
  /** Aborted when the caller went away before the answer was complete. */
  readonly signal: AbortSignal
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** Returns the JSON of the answer, or undefined when there is none, or when the handler streams its answer itself. */
export type Handler<Id extends OperationId> = (call: OperationCall<Id>) => Promise<JsonAnswer<Id> | undefined>

export type Handlers = { readonly [Id in OperationId]: Handler<Id> }
