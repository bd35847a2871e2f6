#!/usr/bin/env node
import { readFile } from 'node:fs/promises'
import { help, readInvocation, UsageError } from './options.js'
import { isObject } from './support/json.js'
import { createSandboxServer, type SandboxServer } from './server.js'

async function main(): Promise<void> {
  const invocation = readInvocation(process.argv.slice(2), process.env)
  if (invocation.show !== 'nothing') {
    process.stdout.write(invocation.show === 'help' ? help : `${await readVersion()}\n`)
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

async function readVersion(): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
  return isObject(manifest) ? String(manifest['version']) : ''
}

function fail(error: unknown): void {
  console.error(`sandbox-sessions-server: ${error instanceof Error ? error.message : String(error)}`)
  if (error instanceof UsageError) console.error('See sandbox-sessions-server --help.')
  process.exit(error instanceof UsageError ? 2 : 1)
}

main().catch(fail)
