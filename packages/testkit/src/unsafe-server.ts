import { rm } from 'node:fs/promises'
import { createSandboxServer, type SandboxServerOptions } from 'sandbox-sessions-server'
import { temporaryDirectory } from './temporary-directory.js'

/** The local server without isolation, for tests whose commands are their own; gone at the end of the block. */
export interface UnsafeServer extends AsyncDisposable {
  readonly url: string
  readonly token: string
}

export async function unsafeServer(limits: SandboxServerOptions['limits'] = {}): Promise<UnsafeServer> {
  const dataDir = await temporaryDirectory()
  const engine = { engine: 'process', allowUnsafe: true } as const
  const server = await createSandboxServer({ port: 0, dataDir, token: 'token', limits, ...engine })
  return {
    url: server.url,
    token: 'token',
    async [Symbol.asyncDispose]() {
      await server.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
