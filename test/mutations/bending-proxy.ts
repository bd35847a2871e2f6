import { type IncomingMessage, type ServerResponse, request as httpRequest } from 'node:http'
import { json } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { loadSpec } from 'sandbox-sessions-conformance'
import { mediaTypeOf } from 'sandbox-sessions-openapi'
import { type Fixture, httpFixture } from 'sandbox-sessions-testkit/fixture'
import { headOf, headersOf } from '../contract/support/checkpoint.js'

/** An answer in JSON. */
export interface JsonAnswer {
  /** The operationId; undefined for what the spec does not have. */
  readonly operation: string | undefined
  readonly status: number
  readonly body: unknown
}

/** Gives another answer in the place of one. */
export type Bend = (answer: JsonAnswer) => JsonAnswer

/**
 * A proxy that bends what a server answers in JSON. All else passes as it comes.
 *
 * @param apiUrl - what a client of the server takes.
 */
export async function bendingProxy(apiUrl: string, bend: Bend): Promise<Fixture> {
  const spec = await loadSpec()
  const { hostname, port, pathname } = new URL(apiUrl)

  const answerWith = async (answer: IncomingMessage, request: IncomingMessage, response: ServerResponse) => {
    const { statusCode: status = 0 } = answer
    const { connection: _, 'transfer-encoding': __, ...headers } = answer.headers
    response.sendDate = false
    if (mediaTypeOf(headersOf(answer)) !== 'application/json') {
      response.writeHead(status, headers).flushHeaders()
      await pipeline(answer, response)
      return
    }
    const { method, target } = headOf(request)
    const [path = ''] = target.split('?')
    const operation = spec.match(method, path)?.operation.id
    const bent = bend({ operation, status, body: await json(answer) })
    const text = JSON.stringify(bent.body)
    response.writeHead(bent.status, { ...headers, 'content-length': Buffer.byteLength(text) }).end(text)
  }

  return await httpFixture((request, response) => {
    const { connection: _, ...headers } = request.headers
    const path = pathname + headOf(request).target
    // Not an agent's connection, which the server could close in the moment in which it is used again.
    const outgoing = httpRequest({ agent: false, hostname, port, path, method: request.method, headers })
    const breakOff = (): void => {
      outgoing.destroy()
      response.destroy()
    }
    outgoing.on('error', breakOff)
    outgoing.on('response', (answer) => void answerWith(answer, request, response).catch(breakOff))
    response.on('close', () => outgoing.destroy())
    request.on('error', breakOff).pipe(outgoing)
  })
}
