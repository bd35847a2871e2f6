// A server that is going to be killed: node victim.mjs DATA_DIR ENGINE MARKER
import { createEngine } from '../../dist/engines/create-engine.js'

const [, , dataDir, engine, marker] = process.argv
const made = await createEngine({ engine, allowUnsafe: true, dataDir })
const sandbox = await made.create('victim', { image: 'host' })
const script = [
  `sleep ${marker} & setsid sleep ${marker} &`,
  `(setsid nohup sleep ${marker} >/dev/null 2>&1 &)`,
  'sleep 0.2; echo up; wait',
].join('\n')
const execution = await sandbox.exec({
  argv: ['bash', '-c', script],
  env: {},
  cwd: '.',
  stdin: new Uint8Array(),
  timeoutMs: 600_000,
})
for await (const chunk of execution.stdout) process.stdout.write(chunk)
