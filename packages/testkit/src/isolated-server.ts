import { rm } from 'node:fs/promises'
import { createSandboxServer, type SandboxServerOptions } from 'sandbox-sessions-server'
import { temporaryDirectory } from './temporary-directory.js'

/** A local server with real isolation, of a test's own; it and its files are gone at the end of the block. */
export interface IsolatedServer extends AsyncDisposable {
  readonly url: string
  readonly token: string
}

export async function isolatedServer(limits: SandboxServerOptions['limits'] = {}): Promise<IsolatedServer> {
  const dataDir = await temporaryDirectory()
  const token = 'token-of-the-fault-tests'
  const server = await createSandboxServer({ port: 0, dataDir, engine: 'bubblewrap', token, limits })
  return {
    url: server.url,
    token,
    async [Symbol.asyncDispose]() {
      await server.close()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
