/** A process of its own: the local server, and a plain `node:http` pipe to disk to compare it with. */
import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createSandboxServer } from 'sandbox-sessions-server'

const [dataDir = ''] = process.argv.slice(2)
const sandbox = await createSandboxServer({ port: 0, dataDir })
const file = path.join(dataDir, 'plain')

async function upload(request: NodeJS.ReadableStream): Promise<void> {
  await pipeline(request, createWriteStream(file))
}

const plain = createServer((request, response) => {
  if (request.method === 'POST') void upload(request).then(() => response.end())
  else {
    void stat(file).then(({ size }) => {
      response.setHeader('content-length', size)
      createReadStream(file).pipe(response)
    })
  }
})
plain.listen(0, '127.0.0.1', () => {
  const address = plain.address()
  const port = typeof address === 'object' ? address?.port : undefined
  process.send?.({ url: sandbox.url, token: sandbox.token, plain: `http://127.0.0.1:${String(port)}/` })
})
// The resident memory is asked for by the bench.
process.on('message', () => process.send?.(process.memoryUsage.rss()))
process.once('disconnect', () => {
  plain.close()
  void sandbox.close().then(() => process.exit())
})
