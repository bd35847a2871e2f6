// The least that moves a file over HTTP to and from a disk: what the server's throughput is compared with.
import { createReadStream, createWriteStream } from 'node:fs'
import { createServer } from 'node:http'
import { pipeline } from 'node:stream/promises'

const [file] = process.argv.slice(2)
const server = createServer(async (request, response) => {
  if (request.method === 'POST') {
    await pipeline(request, createWriteStream(file))
    response.end()
  } else await pipeline(createReadStream(file), response)
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
