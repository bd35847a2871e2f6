#!/usr/bin/env node
import { createRequire } from 'node:module'
import { readInvocation, UsageError } from './options.js'
import { isObject } from './support/json.js'
import { createSandboxServer, type SandboxServer } from './server.js'

async function main(): Promise<void> {
  const invocation = readInvocation(process.argv.slice(2), process.env, ownVersion())
  if (invocation.show !== undefined) {
    process.stdout.write(invocation.show)
    return
  }
  const stop = stopOnSignals()
  const server = await createSandboxServer(invocation.server)
  console.log(`export SANDBOX_API_URL=${server.url}`)
  if (server.token !== undefined) console.log(`export SANDBOX_API_TOKEN=${server.token}`)
  stop.ready(server)
}

/** The first signal drains the server; the second ends the process at once. */
function stopOnSignals(): { ready(server: SandboxServer): void } {
  let server: SandboxServer | undefined
  let stopping = false
  const close = () => {
    server?.close().then(() => process.exit(), fail)
  }
  const onSignal = () => {
    if (stopping) process.exit(1)
    stopping = true
    console.error('Stopping. Running commands may end; a second signal ends them now.')
    close()
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  return {
    ready(started) {
      server = started
      if (stopping) close()
    },
  }
}

function ownVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('../package.json')
  return isObject(manifest) ? String(manifest['version']) : ''
}

function fail(error: unknown): void {
  console.error(`sandbox-sessions-server: ${error instanceof Error ? error.message : String(error)}`)
  if (error instanceof UsageError) console.error('See sandbox-sessions-server --help.')
  process.exit(error instanceof UsageError ? 2 : 1)
}

main().catch(fail)
