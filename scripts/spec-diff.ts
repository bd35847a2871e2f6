/**
 * Compares the spec with the last released one: `npm run spec:diff`. Fails when its version does not rise as the changes
 * require. With `--release`, it keeps a copy of the spec in docs/spec/ if everything is fine.
 */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { runSpecDiff } from 'sandbox-sessions-codegen/spec-diff'

const root = fileURLToPath(new URL('..', import.meta.url))

process.exitCode = await runSpecDiff(process.argv.slice(2), {
  spec: path.join(root, 'sandbox-api-spec.yaml'),
  releases: path.join(root, 'docs/spec'),
})
