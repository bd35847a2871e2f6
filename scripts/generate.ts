/** Writes generated/ from the spec: `npm run generate`. With `--check` it writes nothing and fails when a file is stale. */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { runGenerator } from 'sandbox-sessions-codegen'

const root = fileURLToPath(new URL('..', import.meta.url))

process.exitCode = await runGenerator(process.argv.slice(2), {
  command: 'npm run generate',
  spec: path.join(root, 'sandbox-api-spec.yaml'),
  out: path.join(root, 'generated'),
  forSdk: true,
})
