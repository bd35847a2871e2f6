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
import { type Document, isDocument } from './generate/document.js'
import { generateTypes } from './generate/types.js'

const root = fileURLToPath(new URL('..', import.meta.url))
async function readSpec(file: string): Promise<Document> {
  const document: unknown = parse(await readFile(file, 'utf8'))
  if (!isDocument(document)) throw new Error('it is not an OpenAPI 3.1 document')
  return document
}

async function sources(spec: string): Promise<Readonly<Record<string, string>>> {
  try {
    const document = await readSpec(spec)
    const banner = `// Written by \`npm run generate\` from ${path.basename(spec)}. Do not edit.\n\n`
    return {
      'sandbox-api.ts': banner + (await generateTypes(document)),
      'constraints.ts': banner + generateConstraints(document),
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Error(`Nothing was written: ${spec} can't be used. ${reason}`, { cause: error })
  }
}

async function generate(flags: { check: boolean; spec: string; out: string }): Promise<void> {
  const files = await sources(flags.spec)
  const stale: string[] = []
  for (const [name, source] of Object.entries(files)) {
    const file = path.join(flags.out, name)
    const style = (await resolveConfig(path.join(root, 'generated', name))) ?? {}
    const wanted = await format(source, { ...style, parser: 'typescript' })
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
}

try {
  const { values } = parseArgs({
    options: {
      check: { type: 'boolean', default: false },
      spec: { type: 'string', default: path.join(root, 'sandbox-api-spec.yaml') },
      out: { type: 'string', default: path.join(root, 'generated') },
    },
  })
  await generate(values)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
