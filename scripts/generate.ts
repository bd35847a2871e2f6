/**
 * Writes generated/ from the spec: `npm run generate`. With `--check` it writes nothing and fails when a file is stale.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import path from 'node:path'
import { format, resolveConfig } from 'prettier'
import { parse } from 'yaml'
import { generateConstraints } from './generate/constraints.js'
import { isDocument } from './generate/document.js'
import { generateTypes } from './generate/types.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const { values: flags } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    spec: { type: 'string', default: path.join(root, 'sandbox-api-spec.yaml') },
    out: { type: 'string', default: path.join(root, 'generated') },
  },
})

const specText = await readFile(flags.spec, 'utf8')
const document: unknown = parse(specText)
if (!isDocument(document)) throw new Error(`${flags.spec} is not an OpenAPI 3.1 document`)

const banner = `// Written by \`npm run generate\` from ${path.basename(flags.spec)}. Do not edit.\n\n`
const files = {
  'sandbox-api.ts': await generateTypes(document),
  'constraints.ts': generateConstraints(document),
}

const stale: string[] = []
for (const [name, source] of Object.entries(files)) {
  const file = path.join(flags.out, name)
  const style = (await resolveConfig(path.join(root, 'generated', name))) ?? {}
  const wanted = await format(banner + source, { ...style, parser: 'typescript' })
  const present = await readFile(file, 'utf8').catch(() => undefined)
  if (present === wanted) continue
  stale.push(path.relative(process.cwd(), file))
  if (flags.check) continue
  await mkdir(flags.out, { recursive: true })
  await writeFile(file, wanted)
}

if (flags.check && stale.length > 0) {
  console.error(`Stale: ${stale.join(', ')}. Run \`npm run generate\` and commit what it writes.`)
  process.exitCode = 1
} else if (flags.check) {
  console.log('generated/ is fresh.')
} else {
  console.log(stale.length > 0 ? `Wrote ${stale.join(', ')}.` : 'generated/ was fresh already.')
}
