/**
 * Starts the local server on a free port with a temporary data directory, runs examples/quickstart.ts against it, and leaves
 * no process and no file behind: `npm run quickstart`.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { EngineUnavailableError, type SandboxServer, createSandboxServer } from 'sandbox-sessions-server'

/** The exit code that shells use after an interrupt. */
const interruptedCode = 130

// Set up first, so that an interrupt at any time stops and removes what was started.
const interruption = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => interruption.abort())

const root = fileURLToPath(new URL('..', import.meta.url))

async function start(dataDir: string): Promise<SandboxServer> {
  try {
    return await createSandboxServer({ port: 0, dataDir })
  } catch (error) {
    if (!(error instanceof EngineUnavailableError)) throw error
    console.log(`Sessions can't be isolated on this machine: ${error.message}`)
    console.log('The quickstart goes on WITHOUT isolation (process engine): it runs only its own, trusted code.')
    return await createSandboxServer({ port: 0, dataDir, engine: 'process', allowUnsafe: true })
  }
}

async function runExample({ url, token }: SandboxServer): Promise<number> {
  const { signal } = interruption
  if (signal.aborted) return interruptedCode
  const env = { ...process.env, SANDBOX_API_URL: url, SANDBOX_API_TOKEN: token }
  const example = spawn(process.execPath, ['--import', 'tsx', path.join(root, 'examples/quickstart.ts')], {
    cwd: root,
    env,
    stdio: 'inherit',
  })
  const interrupted = new Promise<number>((resolve) => {
    signal.addEventListener('abort', () => {
      example.kill()
      resolve(interruptedCode)
    })
  })
  const ended = once(example, 'exit')
  const code = await Promise.race([interrupted, ended.then(() => example.exitCode ?? 1)])
  await ended
  return code
}

const dataDir = await mkdtemp(path.join(tmpdir(), 'sandbox-quickstart-'))
try {
  const server = await start(dataDir)
  try {
    console.log(`Started a Sandbox API server at ${server.url}.`)
    process.exitCode = await runExample(server)
  } finally {
    await server.close()
  }
} finally {
  await rm(dataDir, { recursive: true, force: true })
}
console.log('Stopped the server and removed its data directory. Nothing is left behind.')
