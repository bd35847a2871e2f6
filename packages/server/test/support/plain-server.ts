import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { createServer } from 'node:http'
import { pipeline } from 'node:stream/promises'

// The least that moves a file over HTTP to and from a disk: what the server's speed is compared with.
const file = process.argv[2] ?? ''
const server = createServer((request, response) => {
  if (request.method === 'POST') {
    pipeline(request, createWriteStream(file)).then(
      () => response.end(),
      () => response.destroy(),
    )
  } else pipeline(createReadStream(file), response).catch(() => response.destroy())
}).listen(0, '127.0.0.1')
await once(server, 'listening')
const address = server.address()
console.log(typeof address === 'object' && address ? address.port : '')
