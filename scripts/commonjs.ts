/**
 * Makes dist/cjs/ of what tsc wrote to dist/: the same modules and types as CommonJS, for tools that can't require ES modules
 * (Jest, TypeScript's `module: commonjs`). Part of `npm run build`. One module stays one file: the entries share what they share.
 */
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const dist = fileURLToPath(new URL('../dist', import.meta.url))
const out = path.join(dist, 'cjs')
const sources = ['src', 'generated']

/** Tells Node and TypeScript what the files below it are, and bundlers what the package says of all its files. */
const manifest = `${JSON.stringify({ type: 'commonjs', sideEffects: false }, undefined, 2)}\n`

function toCommonJs(file: string, text: string): string {
  const { outputText } = ts.transpileModule(text, {
    fileName: file,
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true },
  })
  // It is given to createRequire alone, which takes a path as well.
  const code = outputText.replaceAll('import.meta.url', '__filename')
  if (code.includes('import.meta')) throw new Error(`${file}: CommonJS has no import.meta but its url.`)
  return code
}

async function build(): Promise<void> {
  const wanted = new Map([['package.json', manifest]])
  for (const folder of sources) {
    for (const name of await readdir(path.join(dist, folder), { recursive: true })) {
      const file = path.join(folder, name)
      const isTypes = file.endsWith('.d.ts')
      if (!isTypes && !file.endsWith('.js')) continue
      const text = await readFile(path.join(dist, file), 'utf8')
      wanted.set(file, isTypes ? text : toCommonJs(file, text))
    }
  }
  await mkdir(out, { recursive: true })
  for (const entry of await readdir(out, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name)
    if (entry.isFile() && !wanted.has(path.relative(out, file))) await rm(file)
  }
  for (const [name, text] of wanted) await replace(path.join(out, name), text)
}

/** Leaves a file alone that is right already: somebody may be reading it. */
async function replace(file: string, text: string): Promise<void> {
  if ((await readFile(file, 'utf8').catch(() => undefined)) === text) return
  await mkdir(path.dirname(file), { recursive: true })
  await writeFile(file, text)
}

await build()
