import type { FastifyReply } from 'fastify'
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'

/**
 * Writes the head of a streamed answer, with the headers that the reply had. From here on, only the caller of this function uses
 * the response.
 *
 * @param idleTimeoutMs How long a reader may take nothing before the connection is closed, in milliseconds.
 */
export function takeOver(
  reply: FastifyReply,
  status: number,
  headers: OutgoingHttpHeaders,
  idleTimeoutMs: number,
): ServerResponse {
  reply.hijack()
  const response = reply.raw
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) response.setHeader(name, value)
  }
  response.socket?.setTimeout(idleTimeoutMs)
  return response.writeHead(status, headers)
}
