import type { IncomingMessage, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { mediaTypeOf, type RecordedRequest } from 'sandbox-sessions-openapi'
import type { Prism } from '../../support/prism.js'
import { carry } from './carry.js'
import { type Carrier, headOf, headersOf } from './checkpoint.js'
import { KeptBody } from './kept-body.js'
import type { Ledger } from './ledger.js'
import { Legs } from './legs.js'
import { skipOf } from './prism-skips.js'

/** Carries requests through Prism, but for those that it garbles, which go straight on. */
export function prismDetour(prism: Prism, straightOn: Carrier, ledger: Ledger, legs: Legs): Carrier {
  const origin = new URL(prism.url)
  const throughPrism = (request: IncomingMessage, response: ServerResponse, recorded: RecordedRequest): void => {
    const { method, target, headers, body } = recorded
    const end = ledger.begin()
    let own: KeptBody | undefined
    const complain = (status: number | undefined, reason: string): void => {
      const requestId = headers.get('x-request-id') ?? undefined
      ledger.add({ method, target, status, requestId, message: `Prism says: ${reason}` })
    }
    carry(request, response, {
      origin,
      path: target,
      headers: [...request.rawHeaders, Legs.header, legs.open(response)],
      body: Buffer.from(body ?? []),
      onAnswer(answer) {
        const heard = headersOf(answer)
        // Of what --errors lets pass, a header of the answer tells.
        const violations = heard.get('sl-violations')
        if (mediaTypeOf(heard) === 'application/problem+json') own = new KeptBody(answer)
        else if (violations !== null) complain(answer.statusCode, violations)
      },
      onEnd(ending) {
        if (ending.kind === 'broken') complain(undefined, [ending.reason, ...prism.log.slice(-5)].join('\n'))
        else if (own !== undefined) complain(response.statusCode, String(own.bytes))
        end()
      },
    })
  }

  return (request, response) => {
    const head = headOf(request)
    const sort = async (): Promise<void> => {
      // What is known by its head is not held up: an upload may be long.
      const early = skipOf({ ...head, body: undefined }, ledger.checker)
      const body = early === undefined ? await buffer(request) : undefined
      const recorded = { ...head, body }
      const skip = early ?? skipOf(recorded, ledger.checker)
      if (skip === undefined) throughPrism(request, response, recorded)
      else {
        ledger.count(`past Prism: ${skip.name}`)
        straightOn(request, response, body)
      }
    }
    // A client that goes away while it sends is no failure of the proxy.
    sort().catch(() => response.destroy())
  }
}
