import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { markedSleep, processesWith } from 'sandbox-sessions-testkit/processes'
import { eventually, longestWaitMs } from 'sandbox-sessions-testkit/waiting'
import { BubblewrapEngine } from '../../dist/engines/bubblewrap/engine.js'
import type { Sandbox } from '../../dist/engines/contract/engine.js'
import type { ExecRequest, Execution, ExecutionExit } from '../../dist/engines/contract/execution.js'

if (!existsSync(new URL('../../dist/engines/create-engine.js', import.meta.url))) {
  throw new Error('the engine tests run the built server: `npm run build` first')
}

export function temporaryDirectory(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'engine-test-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

export interface Finished extends ExecutionExit {
  readonly stdout: string
  readonly stderr: string
}

export function request(script: string, more: Partial<ExecRequest> = {}): ExecRequest {
  return {
    argv: ['bash', '-c', script],
    env: {},
    cwd: '.',
    timeoutMs: longestWaitMs,
    ...more,
  }
}

export async function run(sandbox: Sandbox, script: string, more: Partial<ExecRequest> = {}): Promise<Finished> {
  return finish(await sandbox.exec(request(script, more)))
}

export async function finish(execution: Execution): Promise<Finished> {
  const [stdout, stderr, exit] = await Promise.all([text(execution.stdout), text(execution.stderr), execution.exit])
  return { stdout, stderr, ...exit }
}

export async function bytes(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

export async function text(stream: AsyncIterable<Uint8Array>): Promise<string> {
  return (await bytes(stream)).toString('utf8')
}

export async function* from(...chunks: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk
}

/** Reads until the text has come; the stream goes on after it. */
export async function until(stream: AsyncIterable<Uint8Array>, wanted: string): Promise<string> {
  const iterator = stream[Symbol.asyncIterator]()
  let seen = ''
  while (!seen.includes(wanted)) {
    const next = await iterator.next()
    if (next.done === true) throw new Error(`the stream ended with ${JSON.stringify(seen)}`)
    seen += Buffer.from(next.value).toString('utf8')
  }
  return seen
}

/** Bytes of buffers that are still in use, garbage left out. */
export function heldBytes(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc()')
  return process.memoryUsage().arrayBuffers
}

/** Why bubblewrap can't be tested here; a CI machine has no such excuse. */
export async function bubblewrapMissing(): Promise<string | undefined> {
  if (process.env['CI'] !== undefined) return undefined
  const directory = temporaryDirectory()
  const engine = new BubblewrapEngine({ dataDir: directory.path })
  try {
    await engine.probe()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    await engine.close()
    directory.remove()
  }
}

/** Why sandboxes have no disk images here. */
export async function disksMissing(): Promise<string | undefined> {
  const directory = temporaryDirectory()
  const engine = new BubblewrapEngine({ dataDir: directory.path })
  try {
    await engine.probe()
    return engine.capabilities.limits.includes('diskBytes') ? undefined : engine.notices.join(' ')
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    await engine.close()
    directory.remove()
  }
}

/** Runs a server with a sandbox full of processes, kills it, and waits until they are gone. */
export async function killServer(dataDir: string, engine: string): Promise<void> {
  const sleep = markedSleep()
  const entry = new URL('../../dist/engines/create-engine.js', import.meta.url)
  const script = [
    `sleep ${sleep} & setsid sleep ${sleep} &`,
    `(setsid nohup sleep ${sleep} >/dev/null 2>&1 &)`,
    'echo up; wait',
  ].join('\n')
  const program = `
    import { createEngine } from ${JSON.stringify(entry)}
    const engine = await createEngine(${JSON.stringify({ dataDir, engine, allowUnsafe: true })})
    const sandbox = await engine.create('victim', {})
    const execution = await sandbox.exec(${JSON.stringify(request(script))})
    for await (const chunk of execution.stdout) process.stdout.write(chunk)
  `
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const chunk of child.stdout) if (String(chunk).includes('up')) break
  // The server, the shell and the three that it started.
  await eventually(() => processesWith(sleep).length >= 5, 'the sandbox has started what it should')
  child.kill('SIGKILL')
  await eventually(() => processesWith(sleep).length === 0, 'the sandbox ended with the server')
}
