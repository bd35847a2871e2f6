import { Agent, type IncomingMessage, type ServerResponse, request as httpRequest } from 'node:http'

/** How one exchange ended. */
export type Ending =
  | { readonly kind: 'complete' }
  /** The client went away. */
  | { readonly kind: 'abandoned' }
  /** The server did, before it or its answer was there as a whole. */
  | { readonly kind: 'broken'; readonly reason: string }

export interface CarryOptions {
  readonly origin: URL
  /** With the query, as it is to be sent. */
  readonly path: string
  /** Names and values by turns. */
  readonly headers: readonly string[]
  /** Called with the head of the answer, before any of its body is read. */
  readonly onAnswer?: (answer: IncomingMessage) => void
  /** Called when the last of the answer is there, and before the client can see it. */
  readonly onEnd?: (ending: Ending) => void
  /** The body of the request, when it was read already. */
  readonly body?: Buffer
}

// A connection that waited could be closed by the server in the moment in which it is used again.
const agent = new Agent({ keepAlive: true, maxFreeSockets: 0 })

/** Belong to one connection, not to what is carried over it. */
const ofTheConnection: ReadonlySet<string> = new Set(['connection', 'keep-alive'])

/** Passes a request on and its answer back, as they come: no piece waits for the next, and whoever reads slowly is waited for. */
export function carry(request: IncomingMessage, response: ServerResponse, options: CarryOptions): void {
  const { origin, path, onAnswer, body } = options
  let ended = false
  const end = (ending: Ending): void => {
    if (ended) return
    ended = true
    options.onEnd?.(ending)
  }
  const { hostname, port } = origin
  const headers = kept(options.headers)
  const outgoing = httpRequest({ agent, hostname, port, path, method: request.method, headers })
  const breakOff = (reason: string): void => {
    end({ kind: 'broken', reason })
    outgoing.destroy()
    response.destroy()
  }
  outgoing.on('error', (error) => {
    // After the answer, only the rest of a request that was refused early can have got lost.
    if (!ended) breakOff(error.message)
  })
  outgoing.on('response', (answer) => {
    onAnswer?.(answer)
    response.sendDate = false
    response.writeHead(answer.statusCode ?? 0, answer.statusMessage, kept(answer.rawHeaders))
    response.flushHeaders()
    answer.on('error', (error) => breakOff(error.message))
    answer.on('end', () => {
      end({ kind: 'complete' })
      if (request.complete) {
        response.end()
        return
      }
      // The server wants no more of the request. To close the connection while it still comes would take the answer away.
      request.unpipe()
      outgoing.destroy()
      request.resume().once('end', () => response.end())
    })
    answer.pipe(response, { end: false })
  })
  response.on('close', () => {
    if (response.writableFinished) return
    end({ kind: 'abandoned' })
    outgoing.destroy()
  })
  response.on('error', () => undefined)
  request.on('error', () => undefined)
  if (body === undefined) request.pipe(outgoing)
  else outgoing.end(body)
}

function kept(rawHeaders: readonly string[]): string[] {
  return pairs(rawHeaders).flatMap(([name, value]) => (ofTheConnection.has(name.toLowerCase()) ? [] : [name, value]))
}

/** Names and values by turns, as pairs. */
export function pairs(rawHeaders: readonly string[]): [string, string][] {
  const found: [string, string][] = []
  for (let index = 0; index < rawHeaders.length; index += 2) {
    found.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? ''])
  }
  return found
}
