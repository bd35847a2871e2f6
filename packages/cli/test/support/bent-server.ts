import { type IncomingHttpHeaders, createServer } from 'node:http'
import { Writable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { inject, onTestFinished } from 'vitest'

export interface Request {
  readonly method: string
  /** Below the base path. */
  readonly target: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
}

/** What a broken server does otherwise than the test's server: to requests, to answers. */
export interface Bend {
  readonly request?: (request: Request) => Partial<Request>
  readonly answer?: (answer: Answer, request: Request) => Partial<Answer>
  /** Whether event streams are held back to their end, and bent like other answers. Default: they pass as they come. */
  readonly holdsStreams?: boolean
}

/** The test's server, broken on purpose. It is gone when the test is over. @returns its address. */
export async function bentServer(bend: Bend): Promise<string> {
  const upstream = inject('apiUrl')
  const server = createServer((incoming, outgoing) => {
    const forward = async (): Promise<void> => {
      const asked: Request = {
        method: incoming.method ?? 'GET',
        target: (incoming.url ?? '').replace(/^\/v1/, ''),
        headers: incoming.headers,
        body: await buffer(incoming),
      }
      const request = { ...asked, ...bend.request?.(asked) }
      const gone = new AbortController()
      outgoing.on('close', () => gone.abort())
      const response = await ask(upstream, request, gone.signal)
      const headers = endToEnd(response.headers)
      if (headers.get('content-type')?.startsWith('text/event-stream') === true && bend.holdsStreams !== true) {
        outgoing.writeHead(response.status, Object.fromEntries(headers))
        await response.body?.pipeTo(Writable.toWeb(outgoing))
        return
      }
      const answer = { status: response.status, headers, body: Buffer.from(await response.arrayBuffer()) }
      const bent = { ...answer, ...bend.answer?.(answer, request) }
      outgoing.writeHead(bent.status, Object.fromEntries(bent.headers)).end(bent.body)
    }
    // A client that goes away, or an answer that can't be had, ends the connection.
    forward().catch(() => incoming.socket.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port')
  return `http://127.0.0.1:${address.port}/v1`
}

/** What a server of 1.1.0 sees of the body of a command or code: what it does not know it ignores. */
export function withoutEncodings(body: Buffer): Buffer {
  return Buffer.from(body.toString().replaceAll(/,"(?:encoding|stdinEncoding)":"[^"]*"/g, ''))
}

async function ask(
  upstream: string,
  { method, target, headers, body }: Request,
  signal: AbortSignal,
): Promise<Response> {
  const passed = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' && !hopByHop.has(name) ? [[name, value]] : [],
  )
  const sent = method === 'GET' ? {} : { body: new Uint8Array(body) }
  return await fetch(upstream + target, { method, headers: passed, signal, ...sent })
}

function endToEnd(headers: Headers): Headers {
  const kept = new Headers(headers)
  for (const name of hopByHop) kept.delete(name)
  return kept
}

/** What belongs to one connection, and the length, which is found anew. */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'transfer-encoding',
])
