/**
 * The test's server, behind a server that does something wrong. What it does, its path says: `/<behaviour>/<key>/v1/…`, with a key
 * for each client, so that one client's cuts are not another's.
 *
 * | behaviour         | what it does                                                                 |
 * | ----------------- | ---------------------------------------------------------------------------- |
 * | `cut-<n>-<times>` | ends that many downloads after n bytes of their body, then lets them pass     |
 * | `size-off-by-one` | reports one byte less than was stored                                        |
 * | `other-checksum`  | reports another MD5 than that of what was stored                             |
 * | `silent`          | takes requests, and never answers                                            |
 * | `hang-up`         | closes the connection without an answer                                      |
 * | `html`, `empty`, `other-json`, `redirect` | answers that, whatever was asked                     |
 */
import { type IncomingMessage, type ServerResponse, createServer, request as ask } from 'node:http'
import { text } from 'node:stream/consumers'

export interface BentServer extends AsyncDisposable {
  readonly url: string
}

const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
  silent: () => undefined,
  'hang-up': (response) => void response.socket?.destroy(),
  html: (response) => void response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>'),
  empty: (response) => void response.writeHead(200).end(),
  'other-json': (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('["a"]'),
  redirect: (response) => void response.writeHead(302, { location: '/elsewhere' }).end(),
}

export async function bentServer(apiUrl: string): Promise<BentServer> {
  /** How many downloads of a key were cut. */
  const cuts = new Map<string, number>()
  const server = createServer((incoming, outgoing) => {
    const [, behaviour = '', key = '', target = ''] = /^\/([^/]+)\/([^/]+)\/v1(\/.*)$/.exec(incoming.url ?? '') ?? []
    const answer = answers[behaviour]
    if (answer !== undefined) {
      answer(outgoing)
      return
    }
    forward(incoming, `${apiUrl}${target}`, (response) => {
      const [, bytes, times] = /^cut-(\d+)-(\d+)$/.exec(behaviour) ?? []
      const done = cuts.get(key) ?? 0
      if (
        target.startsWith('/sessions/') &&
        target.includes('/files?') &&
        incoming.method === 'GET' &&
        done < Number(times)
      ) {
        cuts.set(key, done + 1)
        cut(response, outgoing, Number(bytes))
      } else if (behaviour === 'size-off-by-one') {
        bend(response, outgoing, (body) => body.replace(/"size":(\d+)/, (_, size) => `"size":${Number(size) - 1}`))
      } else if (behaviour === 'other-checksum') {
        bend(response, outgoing, (body) => body.replace(/"checksum":"./, '"checksum":"g'))
      } else {
        outgoing.writeHead(response.statusCode ?? 500, response.headers)
        response.pipe(outgoing)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function forward(incoming: IncomingMessage, url: string, onAnswer: (response: IncomingMessage) => void): void {
  const { host: _, ...headers } = incoming.headers
  const request = ask(url, { method: incoming.method, headers }, onAnswer)
  // Whoever goes away takes the other with it.
  request.on('error', () => incoming.destroy())
  incoming.on('error', () => request.destroy())
  incoming.pipe(request)
}

/** Passes that many bytes of a body on, then ends the connection as if that were all. */
function cut(response: IncomingMessage, outgoing: ServerResponse, bytes: number): void {
  outgoing.writeHead(response.statusCode ?? 500, response.headers)
  let left = bytes
  response.on('data', (chunk: Buffer) => {
    if (left <= 0) return
    const part = chunk.subarray(0, left)
    left -= part.byteLength
    if (left > 0) {
      outgoing.write(part)
      return
    }
    // Once it is written, so that nothing of it is lost.
    outgoing.write(part, () => outgoing.socket?.end())
    response.destroy()
  })
  response.on('end', () => outgoing.end())
}

function bend(response: IncomingMessage, outgoing: ServerResponse, change: (body: string) => string): void {
  void text(response).then(
    (body) => {
      const bent = change(body)
      const { 'content-length': _, ...headers } = response.headers
      outgoing.writeHead(response.statusCode ?? 500, headers).end(bent)
    },
    () => outgoing.destroy(),
  )
}
