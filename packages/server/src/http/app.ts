import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { randomUUID } from 'node:crypto'
import type { Limits } from '../support/limits.js'
import { timerMs } from '../support/timers.js'
import type { Operation } from './spec/operations.js'
import { requestIdHeader } from './spec/validation.js'
import { ApiError, invalidParameter } from './api-error.js'
import { boundBodies } from './body-deadline.js'
import { addCors, type Cors } from './cors.js'
import { answerOf } from './failure.js'
import { refuseBadConnections } from './refusal.js'

export interface AppOptions {
  readonly limits: Limits
  readonly basePath: string
  readonly operations: readonly Operation[]
  readonly isRequestId: (id: unknown) => id is string
  readonly logLevel: string
  /** Undefined where pages of other origins have no access. */
  readonly cors: Cors | undefined
}

/** A Fastify that answers every error with an Error of the spec and every request with its id. It has no routes yet. */
export function createApp({ limits, basePath, operations, isRequestId, logLevel, cors }: AppOptions): FastifyInstance {
  const app = Fastify({
    logger: {
      level: logLevel,
      stream: process.stderr,
      redact: ['req.headers.authorization', 'req.headers["x-api-key"]'],
    },
    bodyLimit: limits.maxBodyBytes,
    requestTimeout: limits.requestTimeoutMs,
    requestIdHeader: false,
    genReqId: ({ headers }) => {
      const id = headers[requestIdHeader.toLowerCase()]
      return isRequestId(id) ? id : randomUUID()
    },
    http: {
      maxHeaderSize: limits.maxHeaderBytes,
      // Checked below instead: Node would answer without a body.
      requireHostHeader: false,
      headersTimeout: limits.headersTimeoutMs,
      // Node looks for late requests this often.
      connectionsCheckingInterval: Math.min(5_000, limits.headersTimeoutMs, limits.requestTimeoutMs),
    },
    // A longer id has to reach validation, which says what is wrong with it.
    routerOptions: { maxParamLength: limits.maxHeaderBytes },
    // Closing goes on while the service still answers, with errors of the spec.
    return503OnClosing: false,
    frameworkErrors: sendError,
    // Replaced below, since this one can't see the answer.
    clientErrorHandler: () => undefined,
  })
  refuseBadConnections(app.server, cors)
  // A request with an unknown Expect header is answered like any other, and not with Node's empty 417.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response))
  app.addHook('onRequest', async (request, reply) => {
    void reply.header(requestIdHeader, request.id)
    if (request.raw.httpVersion === '1.1' && request.headers.host === undefined) {
      // A request that breaks HTTP so badly ends its connection.
      void reply.header('Connection', 'close')
      throw invalidParameter('The Host header is required.', { parameter: 'Host' })
    }
  })
  // Whoever reads nothing of an answer would keep it in memory for as long as the connection lives.
  app.addHook('onSend', async (_, reply) => {
    reply.raw.socket?.setTimeout(timerMs(limits.readerIdleTimeoutMs))
  })
  if (cors) addCors(app, cors)
  boundBodies(app, limits)
  app.setErrorHandler(sendError)
  const routes = operations.map(({ method, path }) => ({
    method,
    pattern: new RegExp(`^${basePath}${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  }))
  app.setNotFoundHandler((request) => {
    const path = request.url.split('?')[0] ?? ''
    const allowed = routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method)
    if (allowed.length > 0) throw methodNotAllowed(request.method, allowed)
    throw new ApiError(404, 'NOT_FOUND', `The API has nothing at ${path}. Its paths begin with ${basePath}/.`)
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_, payload, done) => {
    payload.resume()
    done(null)
  })
  return app
}

function methodNotAllowed(method: string, allowed: readonly string[]): ApiError {
  const list = allowed.join(', ')
  return new ApiError(405, 'METHOD_NOT_ALLOWED', `${method} is not possible here; ${list} is.`, {
    details: { allowed },
    headers: { Allow: list },
  })
}

/** Whether the caller may send another request on its connection. */
function isKeptAlive({ raw, headers }: FastifyRequest): boolean {
  return raw.httpVersion === '1.1' && headers.host !== undefined && !/\bclose\b/i.test(headers.connection ?? '')
}

function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const answer = answerOf(error, request)
  // Fastify closes the connection whenever it refuses a body. While the body still comes, that is a reset, and the caller may
  // never see the answer.
  if (!request.raw.complete && isKeptAlive(request)) void reply.header('Connection', 'keep-alive')
  // Without this, Fastify would write the error with the schema of a success.
  void reply
    .code(answer.status)
    .headers({ [requestIdHeader]: request.id, ...answer.headers })
    .type('application/json; charset=utf-8')
    .serializer((body: unknown) => JSON.stringify(body))
    .send(answer.toBody(request.id))
}
