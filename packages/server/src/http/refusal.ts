import { randomUUID } from 'node:crypto'
import { type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { requestIdHeader } from './spec/validation.js'
import { ApiError, invalidParameter } from './api-error.js'
import type { Cors } from './cors.js'

/** Answers a request that Node could not read with an Error of the spec, and closes the connection. */
export function refuseBadConnections(server: Server, cors: Cors | undefined): void {
  const responses = new WeakMap<Duplex, ServerResponse>()
  server.prependListener('request', (request, response) => responses.set(request.socket, response))
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const response = responses.get(socket)
    const isAnswering = response?.headersSent === true && !response.writableFinished
    // Nobody listens any more, or an answer is under way that this would garble.
    if (error.code === 'ECONNRESET' || !socket.writable || isAnswering) socket.destroy()
    else refuse(socket, error.code, cors?.headersFor(response?.req.headers.origin))
  })
}

function refuse(socket: Duplex, code: string | undefined, headers: Readonly<Record<string, string>> = {}): void {
  const requestId = randomUUID()
  const answer = toAnswer(code)
  const body = JSON.stringify(answer.toBody(requestId))
  socket.end(
    [
      `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}`,
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      `${requestIdHeader}: ${requestId}`,
      ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
    // A caller that goes on sending must not keep the connection.
    () => socket.destroy(),
  )
}

function toAnswer(code: string | undefined): ApiError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new ApiError(431, 'INVALID_PARAMETER', 'The headers are too long. Send fewer or shorter ones.')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new ApiError(408, 'REQUEST_TIMEOUT', 'The request did not arrive in time. Send it again.')
    default:
      return invalidParameter('This is no valid HTTP request.')
  }
}
