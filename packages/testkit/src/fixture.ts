import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import { type AddressInfo, type Server, type Socket, createServer as createTcpServer } from 'node:net'

/** A server in the test's own process, on a free port of the loopback, gone at the end of the block. */
export interface Fixture extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** How many requests (or connections, for a raw one) have come. */
  readonly count: number
}

/** A real HTTP server with one handler. */
export async function httpFixture(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Fixture> {
  let count = 0
  const server = createServer((request, response) => {
    count += 1
    handle(request, response)
  })
  return listen(
    server,
    () => count,
    () => {
      server.closeAllConnections()
    },
  )
}

/** A TCP server, for answers that no HTTP server would give. */
export async function rawFixture(handle: (socket: Socket) => void): Promise<Fixture> {
  const sockets = new Set<Socket>()
  let count = 0
  const server = createTcpServer((socket) => {
    count += 1
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // A client that goes away resets the connection; that is no failure of the test.
    socket.on('error', () => undefined)
    handle(socket)
  })
  return listen(
    server,
    () => count,
    () => {
      for (const socket of sockets) socket.destroy()
    },
  )
}

/**
 * A port that nothing listens on, nor will: it lies below those that the system gives away, one of which another test's server
 * could get a moment later.
 */
export async function closedPort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    const server = createTcpServer()
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => resolve(true))
    })
    if (!free) continue
    await new Promise((resolve) => server.close(resolve))
    return port
  }
}

/** Answers every request of a raw fixture with these bytes, and ends the connection. */
export function answering(...bytes: readonly string[]): (socket: Socket) => void {
  return (socket) => {
    socket.once('data', () => {
      socket.end(bytes.join(''))
    })
  }
}

export function respond(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const type = typeof body === 'string' ? 'text/html' : 'application/json'
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text), ...headers })
  response.end(text)
}

async function listen(server: Server, count: () => number, dropConnections: () => void): Promise<Fixture> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (!isAddressInfo(address)) throw new Error('The fixture has no port.')
  return {
    url: `http://127.0.0.1:${address.port}/v1`,
    port: address.port,
    get count() {
      return count()
    },
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => {
        server.close(resolve)
        dropConnections()
      })
    },
  }
}

function isAddressInfo(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === 'object' && address !== null
}
