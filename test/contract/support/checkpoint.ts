import type { IncomingMessage, ServerResponse } from 'node:http'
import { mediaTypeOf, type RecordedRequest, type RecordedResponse } from 'sandbox-sessions-openapi'
import { carry, pairs } from './carry.js'
import { KeptBody } from './kept-body.js'
import type { Ledger } from './ledger.js'
import { Legs } from './legs.js'

/** Carries a request whose body may have been read already. */
export type Carrier = (request: IncomingMessage, response: ServerResponse, body?: Buffer) => void

/** Bytes are as good as any others: of them only the head can break the spec, and that they are not all there. */
const bytes: ReadonlySet<string> = new Set(['application/octet-stream', 'text/plain'])

/** Carries requests to a server, and holds what it answers against the spec. */
export function checkpoint(apiUrl: string, ledger: Ledger, legs: Legs): Carrier {
  const origin = new URL(apiUrl)
  return (request, response, body) => {
    const leg = request.headers[Legs.header]
    const headers = pairs(request.rawHeaders).filter(([name]) => name.toLowerCase() !== Legs.header)
    const head = { ...headOf(request), headers: new Headers(headers) }
    const sent = body === undefined && !bytes.has(mediaTypeOf(head.headers)) ? new KeptBody(request) : undefined
    const end = ledger.begin()
    let answered: Omit<RecordedResponse, 'body'> | undefined
    let got: KeptBody | undefined
    carry(request, response, {
      origin,
      path: origin.pathname + head.target,
      headers: headers.flat(),
      ...(body !== undefined && { body }),
      onAnswer(answer) {
        answered = { status: answer.statusCode ?? 0, headers: headersOf(answer) }
        if (!bytes.has(mediaTypeOf(answered.headers))) got = new KeptBody(answer)
      },
      onEnd(ending) {
        if (ending.kind === 'broken') legs.breakOff(String(leg))
        const problems = ending.kind === 'broken' ? [`the answer broke off: ${ending.reason}`] : []
        if (answered === undefined) {
          for (const message of problems) ledger.add({ ...head, status: undefined, requestId: undefined, message })
          end()
          return
        }
        if (got?.isWhole === false) ledger.count('bodies that were too large to be held against the spec')
        const exchange = {
          request: { ...head, body: body ?? (request.complete ? sent?.bytes : undefined) },
          response: { ...answered, body: ending.kind === 'complete' ? got?.bytes : undefined },
        }
        end(exchange, ...problems)
      },
    })
  }
}

/** A request as far as it can be told before its body is read. */
export function headOf(request: IncomingMessage): Omit<RecordedRequest, 'body'> {
  const { method = '', url = '' } = request
  return { method, target: url.replace(/^\/v1(?=\/)/, ''), headers: headersOf(request) }
}

export function headersOf({ rawHeaders }: IncomingMessage): Headers {
  return new Headers(pairs(rawHeaders))
}
