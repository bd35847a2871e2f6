import { isUtf8 } from 'node:buffer'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Operation } from './spec/operations.js'
import { type ApiError, invalidParameter } from './api-error.js'

const byteOrderMark = '\uFEFF'

/**
 * Takes the media types that the spec names for an operation, and no others. JSON is read whole, up to the server's limit;
 * every other body is left to the handler as a stream. The body of an operation that has none is ignored.
 */
export function acceptBodies(scope: FastifyInstance, operation: Operation): void {
  const mediaTypes = [...(operation.requestBody?.content.keys() ?? [])]
  scope.removeAllContentTypeParsers()
  for (const mediaType of mediaTypes) {
    if (mediaType === 'application/json') acceptJson(scope)
    else scope.addContentTypeParser(mediaType, (_, payload, done) => done(null, payload))
  }
  scope.addContentTypeParser('*', (request, payload, done) => {
    if (mediaTypes.length === 0) {
      payload.resume()
      done(null)
      return
    }
    done(wrongMediaType(request, mediaTypes))
  })
}

/**
 * Fastify calls no parser when there is no body, so a missing stream would look like an empty one. Validation finds a missing
 * JSON body.
 *
 * @throws {ApiError} 400 `INVALID_PARAMETER`.
 */
export function assertStreamed(request: FastifyRequest, { requestBody }: Operation): void {
  if (requestBody?.required !== true || requestBody.content.has('application/json')) return
  if (!requestBody.content.has(request.mediaType ?? '')) throw wrongMediaType(request, [...requestBody.content.keys()])
}

function wrongMediaType({ headers }: FastifyRequest, mediaTypes: readonly string[]): ApiError {
  const got = headers['content-type'] ?? 'no Content-Type'
  const details = { parameter: 'Content-Type', allowed: mediaTypes }
  return invalidParameter(`Send the body as ${mediaTypes.join(' or ')}, got ${got}.`, details)
}

function acceptJson(scope: FastifyInstance): void {
  scope.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (_, bytes, done) => {
    // Some clients name a content type without sending content; validation finds out whether the body was required.
    if (bytes.byteLength === 0) done(null)
    // With U+FFFD in place of broken bytes, another command would run than was sent.
    else if (!isUtf8(bytes)) done(invalidParameter('The body is not UTF-8.'))
    else done(...parse(bytes.toString()))
  })
}

/**
 * Fastify's own parser refuses `__proto__` and `constructor`. Here they are harmless names: JSON.parse makes them own properties,
 * and no part of a body is ever copied by assignment.
 */
function parse(text: string): [error: Error | null, body?: unknown] {
  try {
    const body: unknown = JSON.parse(text.startsWith(byteOrderMark) ? text.slice(1) : text)
    return [null, body]
  } catch {
    return [invalidParameter('The body is not valid JSON.')]
  }
}
