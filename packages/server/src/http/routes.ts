import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Operation, OperationId } from './spec/operations.js'
import { isObject } from '../support/json.js'
import { compileInput } from './spec/validation.js'
import type { Admission } from './admission.js'
import { acceptBodies, assertStreamed } from './bodies.js'
import type { Handlers } from './operation-call.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; empty where no credentials are needed. */
    user: string
  }
}

export interface RoutesOptions {
  readonly basePath: string
  readonly operations: readonly Operation[]
  readonly handlers: Handlers
  readonly admission: Admission
}

/** Makes one route for each operation of the spec. @throws {Error} when the spec lacks an operation that has a handler. */
export function addRoutes(app: FastifyInstance, options: RoutesOptions): void {
  const ids = new Set<string>(options.operations.map(({ id }) => id))
  const missing = Object.keys(options.handlers).filter((id) => !ids.has(id))
  if (missing.length > 0) throw new Error(`The spec lacks ${missing.join(', ')}.`)
  app.decorateRequest('user', '')
  for (const operation of options.operations) {
    void app.register((scope, _, done) => {
      addRoute(scope, operation, options)
      done()
    })
  }
}

function addRoute<Id extends OperationId>(
  scope: FastifyInstance,
  operation: Operation<Id>,
  { basePath, handlers, admission }: RoutesOptions,
): void {
  const handler = handlers[operation.id]
  const readInput = compileInput(operation)
  scope.addHook('onRequest', async (request, reply) => {
    // The router accepts an empty parameter, but `/sessions/` is no path of the API.
    if (hasEmptyPart(request.params)) reply.callNotFound()
  })
  if (operation.secured) {
    scope.addHook('onRequest', async (request) => {
      request.user = await admission.admit(request.headers, request.ip)
    })
  }
  acceptBodies(scope, operation)
  scope.route({
    method: operation.method,
    url: basePath + operation.path.replaceAll(/\{(\w+)\}/g, ':$1'),
    // Success answers are written by the spec's schema, so that only what it names gets out.
    ...(operation.answer && { schema: { response: { [operation.success]: operation.answer } } }),
    handler: async (request, reply) => {
      assertStreamed(request, operation)
      const input = readInput({
        path: request.params,
        query: request.query,
        headers: request.headers,
        body: isJson(request) ? request.body : undefined,
      })
      void reply.code(operation.success)
      const answer = await handler({ ...input, user: request.user, signal: signalOf(reply.raw), request, reply })
      // A handler that streams has taken the reply over.
      return answer ?? (reply.sent ? reply : reply.send())
    },
  })
}

function hasEmptyPart(params: unknown): boolean {
  return isObject(params) && Object.values(params).includes('')
}

function isJson(request: FastifyRequest): boolean {
  return request.mediaType === undefined || request.mediaType === 'application/json'
}

/** A signal that is aborted when the connection closes before the response is complete. */
function signalOf(response: NodeJS.EventEmitter & { readonly writableFinished: boolean }): AbortSignal {
  const controller = new AbortController()
  response.once('close', () => {
    if (!response.writableFinished) controller.abort()
  })
  return controller.signal
}
