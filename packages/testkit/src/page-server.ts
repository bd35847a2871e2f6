import { createServer } from 'node:http'
import { once } from 'node:events'
import { build } from 'esbuild'

/** An origin with an empty page, and the SDK as one module at `/sdk.js`. */
export interface PageServer extends AsyncDisposable {
  readonly origin: string
}

/** Serves the built SDK, bundled for browsers. */
export async function servePage(): Promise<PageServer> {
  const entry = new URL('../../../dist/index.js', import.meta.url).pathname
  const bundle = await build({ entryPoints: [entry], bundle: true, format: 'esm', platform: 'browser', write: false })
  const script = bundle.outputFiles.map(({ text }) => text).join('')
  const server = createServer(({ url }, response) => {
    const isScript = url === '/sdk.js'
    response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html; charset=utf-8')
    response.end(isScript ? script : '<!doctype html><title>A page</title>')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new TypeError('The server must listen at a port.')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
