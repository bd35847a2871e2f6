import type { FastifyRequest } from 'fastify'
import { shortageOf } from './shortage.js'
import { isObject } from '../support/json.js'
import type { ApiError } from './api-error.js'
import { toApiError } from './error-map.js'

/** The answer for an error. A failure of the server or its machine is logged. */
export function answerOf(error: unknown, request: FastifyRequest): ApiError {
  const answer = toApiError(error, { path: pathOf(request.query), maxBodyBytes: request.routeOptions.bodyLimit })
  if (answer.status >= 500 && (answer.code === 'INTERNAL_ERROR' || shortageOf(answer))) {
    // It is no failure of the server when the caller goes away in the middle of the body.
    const hasLeft = request.raw.destroyed && !request.raw.complete
    request.log[hasLeft ? 'info' : 'error']({ err: error }, hasLeft ? 'A request broke off.' : 'A request failed.')
  }
  return answer
}

/** The path that a request about a file names. */
function pathOf(query: unknown): string | undefined {
  if (!isObject(query)) return undefined
  const path = query['filePath'] ?? query['path']
  return typeof path === 'string' ? path : undefined
}
