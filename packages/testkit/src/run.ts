import { type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'

/** Runs a program to its end; `output` is what it wrote to both streams. */
export async function run(
  program: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<{ code: number | null; output: string }> {
  const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (output += String(text)))
  }
  await once(child, 'close')
  return { code: child.exitCode, output }
}
