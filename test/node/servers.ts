import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import { type ServerOptions, createServer as createTlsServer } from 'node:https'
import { type AddressInfo, type Server, type Socket, connect } from 'node:net'

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** A server that knows how many connections it has. */
export interface CountingServer extends AsyncDisposable {
  readonly port: number
  /** With `https` or `http`, by number. */
  readonly url: string
  /** Connections so far. */
  readonly connections: number
  /** Resolves when no connection is left. */
  readonly idle: () => Promise<void>
}

export function tlsServer(options: ServerOptions, handle: Handler): Promise<CountingServer> {
  return listen(createTlsServer(options, handle), 'https')
}

export function plainServer(handle: Handler): Promise<CountingServer> {
  return listen(createServer(handle), 'http')
}

export interface Proxy extends CountingServer {
  /** `host:port` of each CONNECT. */
  readonly targets: readonly string[]
  /** What was sent as Proxy-Authorization, with each CONNECT. */
  readonly authorizations: readonly (string | undefined)[]
}

/** A proxy for CONNECT. `refuse` answers a status in place of a tunnel; with `tls` it is reached by https. */
export async function connectProxy({
  refuse = () => undefined,
  tls,
}: {
  readonly refuse?: (authorization: string | undefined) => number | undefined
  readonly tls?: ServerOptions
} = {}): Promise<Proxy> {
  const targets: string[] = []
  const authorizations: (string | undefined)[] = []
  const server = tls === undefined ? createServer() : createTlsServer(tls)
  server.on('connect', (request: IncomingMessage, client: Socket, head: Buffer) => {
    const target = request.url ?? ''
    const authorization = request.headers['proxy-authorization']
    targets.push(target)
    authorizations.push(authorization)
    client.on('error', () => undefined)
    const status = refuse(authorization)
    if (status !== undefined) {
      client.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`)
      return
    }
    const { hostname, port } = new URL(`http://${target}`)
    const upstream = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.write(head)
      upstream.pipe(client)
      client.pipe(upstream)
    })
    upstream.on('error', () => client.destroy())
    client.on('close', () => upstream.destroy())
  })
  const listening = await listen(server, tls === undefined ? 'http' : 'https')
  return Object.assign(listening, { targets, authorizations })
}

async function listen(server: Server, scheme: string): Promise<CountingServer> {
  const sockets = new Set<Socket>()
  let connections = 0
  let emptied: (() => void) | undefined
  server.on('connection', (socket) => {
    connections += 1
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => {
      sockets.delete(socket)
      if (sockets.size === 0) emptied?.()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (!isAddressInfo(address)) throw new Error('The server has no port')
  return {
    port: address.port,
    url: `${scheme}://127.0.0.1:${address.port}`,
    get connections() {
      return connections
    },
    idle: () => new Promise<void>((resolve) => (sockets.size === 0 ? resolve() : (emptied = resolve))),
    async [Symbol.asyncDispose]() {
      await new Promise((resolve) => {
        server.close(resolve)
        for (const socket of sockets) socket.destroy()
      })
    },
  }
}

function isAddressInfo(address: string | AddressInfo | null): address is AddressInfo {
  return typeof address === 'object' && address !== null
}
