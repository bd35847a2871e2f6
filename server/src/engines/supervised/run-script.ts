import type { Sandbox } from '../engine.js'

/** Runs a short shell script and returns what it printed: for an engine's check of itself. */
export async function runScript(sandbox: Sandbox, script: string): Promise<string> {
  const execution = await sandbox.exec({
    argv: ['sh', '-c', script],
    env: {},
    cwd: '.',
    stdin: new Uint8Array(),
    timeoutMs: 20_000,
  })
  void discard(execution.stderr)
  let text = ''
  for await (const chunk of execution.stdout) text += Buffer.from(chunk).toString('utf8')
  await execution.exit
  return text
}

async function discard(stream: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of stream);
}
