/**
 * A proxy that does to exchanges with a server what networks and gateways do to them. It reads requests and answers as a whole,
 * and breaks connections below HTTP: at their beginning, in the middle of a request, in the head or the body of an answer.
 */
import {
  Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ServerResponse,
  createServer,
  request as httpRequest,
} from 'node:http'
import type { Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { type Fixture, rawFixture, respond } from './fixture.js'
import type { Random } from './random.js'

/** What can happen to one exchange. */
export const proxyFaults = [
  /** The next connection is reset as soon as it is there. */
  'refuse',
  'reset before the request is read',
  'reset in the request',
  /** The server loses its client too. */
  'reset while the server works',
  'reset after the server is done',
  'cut in the head',
  'cut in the body',
  'delay',
  /** No answer, until the client goes away. */
  'silence',
  '502 in place of the server',
  '502 in place of the answer',
  '503',
  '503 with Retry-After',
  '429',
  '429 with Retry-After',
] as const
export type ProxyFault = (typeof proxyFaults)[number]

export interface FaultProxy extends Fixture {
  /** How many exchanges each fault came upon. */
  readonly injected: ReadonlyMap<ProxyFault, number>
}

export interface FaultProxyOptions {
  readonly random: Random
  /** The part of all exchanges that a fault comes upon, from 0 to 1. */
  readonly rate: number
  readonly faults?: readonly [ProxyFault, ...ProxyFault[]]
}

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

export async function faultProxy(target: string, options: FaultProxyOptions): Promise<FaultProxy> {
  const { random, rate, faults = proxyFaults } = options
  const upstream = new Upstream(target)
  const injected = new Map<ProxyFault, number>()
  let refusals = 0

  const http = createServer((request, response) => {
    const fault = random.next() < rate ? random.pick(faults) : undefined
    if (fault !== undefined) injected.set(fault, (injected.get(fault) ?? 0) + 1)
    if (fault === 'refuse') {
      refusals += 1
      response.shouldKeepAlive = false
    }
    // A side that went away is no failure of the proxy: then it goes away from the other side too.
    exchange(request, response, upstream, fault, random).catch(() => request.socket.destroy())
  })
  const fixture = await rawFixture((socket) => {
    if (refusals > 0) {
      refusals -= 1
      socket.resetAndDestroy()
    } else http.emit('connection', socket)
  })
  return {
    url: `http://127.0.0.1:${fixture.port}${new URL(target).pathname}`,
    port: fixture.port,
    get count() {
      return fixture.count
    },
    injected,
    async [Symbol.asyncDispose]() {
      await fixture[Symbol.asyncDispose]()
      upstream.close()
    },
  }
}

async function exchange(
  request: IncomingMessage,
  response: ServerResponse,
  upstream: Upstream,
  fault: ProxyFault | undefined,
  random: Random,
): Promise<void> {
  const { socket } = request
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  if (fault === 'reset before the request is read') {
    socket.resetAndDestroy()
    return
  }
  const body = await buffer(request)
  const send = (part = body): Promise<Answer> => upstream.send(request, part, gone.signal)
  switch (fault) {
    case undefined:
    case 'refuse':
      write(response, await send())
      return
    case 'delay':
      await new Promise((resolve) => setTimeout(resolve, 10 + random.below(200)))
      write(response, await send())
      return
    case 'reset in the request':
      await upstream.sendPart(request, body, random)
      socket.resetAndDestroy()
      return
    case 'reset while the server works':
      setTimeout(() => socket.resetAndDestroy(), random.below(40))
      await send()
      return
    case 'reset after the server is done':
      await send()
      socket.resetAndDestroy()
      return
    case 'cut in the head':
      await send()
      cut(socket, 'HTTP/1.1 200 OK\r\ncontent-ty', random)
      return
    case 'cut in the body': {
      const answer = await send()
      response.writeHead(answer.status, answer.headers)
      // Of an empty body nothing can be missing: then it is the end of the head.
      if (answer.body.length === 0) cut(socket, 'HTTP/1.1 200 OK\r\n', random)
      else response.write(answer.body.subarray(0, random.below(answer.body.length)), () => cut(socket, '', random))
      return
    }
    case 'silence':
      return
    case '502 in place of the server':
      respond(response, 502, '<html>Bad gateway</html>')
      return
    case '502 in place of the answer':
      await send()
      respond(response, 502, '<html>Bad gateway</html>')
      return
    default:
      respond(response, Number(fault.slice(0, 3)), fault.startsWith('429') ? '' : '<html>Come again</html>', {
        ...(fault.endsWith('Retry-After') && { 'retry-after': String(random.below(2)) }),
      })
  }
}

/** Ends a connection, gently or not, after some last bytes. */
function cut(socket: Socket, bytes: string, random: Random): void {
  const end = random.next() < 0.5 ? () => socket.resetAndDestroy() : () => socket.destroy()
  if (bytes === '') end()
  else socket.write(bytes, end)
}

function write(response: ServerResponse, { status, headers, body }: Answer): void {
  response.writeHead(status, headers)
  response.end(body)
}

/** The server behind the proxy. */
class Upstream {
  readonly #agent = new Agent({ keepAlive: true })
  readonly #target: URL

  constructor(target: string) {
    this.#target = new URL(target)
  }

  /** The whole exchange. An abort takes the connection away from the server. */
  async send(request: IncomingMessage, body: Buffer, signal: AbortSignal): Promise<Answer> {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      this.#open(request, signal).on('response', resolve).on('error', reject).end(body)
    })
    const { connection: _, 'transfer-encoding': __, 'keep-alive': ___, ...headers } = answer.headers
    const bytes = await buffer(answer)
    const { statusCode: status = 0 } = answer
    return {
      status,
      headers: status === 204 ? headers : { ...headers, 'content-length': String(bytes.length) },
      body: bytes,
    }
  }

  /** Some of the request, never its last byte; then the connection is gone. */
  async sendPart(request: IncomingMessage, body: Buffer, random: Random): Promise<void> {
    if (body.length === 0) return
    const outgoing = this.#open(request, undefined).on('error', () => undefined)
    await new Promise<unknown>((resolve) => outgoing.write(body.subarray(0, random.below(body.length)), resolve))
    outgoing.destroy()
  }

  close(): void {
    this.#agent.destroy()
  }

  #open({ method, url, headers }: IncomingMessage, signal: AbortSignal | undefined): ClientRequest {
    const { hostname, port } = this.#target
    const options = { agent: this.#agent, hostname, port, path: url, method, headers }
    return httpRequest(signal === undefined ? options : { ...options, signal })
  }
}
