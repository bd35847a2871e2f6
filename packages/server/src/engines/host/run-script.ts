import type { Sandbox } from '../contract/engine.js'

/** Runs a short shell script and returns what it printed. Engines check themselves with it. */
export async function runScript(sandbox: Pick<Sandbox, 'exec'>, script: string): Promise<string> {
  const execution = await sandbox.exec({
    argv: ['sh', '-c', script],
    env: {},
    cwd: '.',
    timeoutMs: 20_000,
  })
  // The sandbox may end as soon as this is over, and a read that is still open would fail.
  const [text] = await Promise.all([textOf(execution.stdout), textOf(execution.stderr), execution.exit])
  return text
}

async function textOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += Buffer.from(chunk).toString('utf8')
  return text
}
