/**
 * What the root entry and its dependencies add to a page: `npm run size`. It bundles, minifies and compresses dist/, which users
 * get, as for a page. The table is made from src/, since dist/ has all modules in one file. It fails over the budget.
 */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { type Metafile, build } from 'esbuild'

/** Bytes, minified and compressed: what the root entry may weigh, a little over what it does, so that growth is seen. */
const budget = 29_000
/** What it is to weigh. Not reached: what came after 712cd9e (20 391 then) is more than what was saved. */
const aim = 16_000
const root = fileURLToPath(new URL('..', import.meta.url))

interface Size {
  readonly minified: number
  readonly compressed: number
}

interface Bundle {
  readonly size: Size
  /** What is loaded only when it is needed. */
  readonly later: Size
  /** The minified bytes of each module, the largest first. */
  readonly modules: readonly (readonly [name: string, bytes: number])[]
}

/** @param program - what a page imports from the package. */
async function bundle(program: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: root, sourcefile: 'page.ts' },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    outdir: 'out',
    metafile: true,
    write: false,
    logLevel: 'silent',
  })
  const { atOnce, later } = loaded(metafile, 'out/stdin.js')
  const contents = new Map(outputFiles.map((file) => [path.relative(root, file.path), file.contents]))
  const contentsOf = (names: ReadonlySet<string>): Uint8Array[] =>
    [...names].flatMap((name) => contents.get(name) ?? [])
  return {
    size: sizeOf(contentsOf(atOnce)),
    later: sizeOf(contentsOf(later)),
    modules: modulesOf(metafile, atOnce),
  }
}

/** What is loaded with a file, and what by import(). esbuild also writes files that nothing loads. */
function loaded({ outputs }: Metafile, entry: string): Record<'atOnce' | 'later', ReadonlySet<string>> {
  const atOnce = new Set([entry])
  const later = new Set<string>()
  // Iterating over a set includes what is added meanwhile.
  for (const name of atOnce) {
    for (const { kind, path: imported } of outputs[name]?.imports ?? []) {
      if (kind === 'dynamic-import') later.add(imported)
      else atOnce.add(imported)
    }
  }
  return { atOnce, later: new Set([...later].filter((name) => !atOnce.has(name))) }
}

function sizeOf(files: readonly Uint8Array[]): Size {
  const sum = (lengths: readonly number[]): number => lengths.reduce((total, each) => total + each, 0)
  return {
    minified: sum(files.map((file) => file.byteLength)),
    compressed: sum(files.map((file) => gzipSync(file, { level: 9 }).byteLength)),
  }
}

/** A package counts as one module. */
function modulesOf({ outputs }: Metafile, files: ReadonlySet<string>): Bundle['modules'] {
  const sizes = new Map<string, number>()
  for (const file of files) {
    for (const [input, { bytesInOutput }] of Object.entries(outputs[file]?.inputs ?? {})) {
      const name = /node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? input
      sizes.set(name, (sizes.get(name) ?? 0) + bytesInOutput)
    }
  }
  return [...sizes].filter(([, bytes]) => bytes > 0).sort(([, a], [, b]) => b - a)
}

function describe({ minified, compressed }: Size): string {
  return `${column(minified)} bytes minified ${column(compressed)} compressed`
}

function column(bytes: number): string {
  return bytes.toLocaleString('en').padStart(7)
}

const { size, later } = await bundle("export * from './dist/index.js'")
const { size: ofError } = await bundle("export { SessionNotFoundError } from './dist/index.js'")
const { modules, size: ofSources } = await bundle("export * from './src/index.ts'")

console.log(`  ${column(ofSources.minified)}  src/index.ts and what it imports, minified:`)
for (const [name, bytes] of modules) console.log(`  ${column(bytes)}    ${name}`)
console.log(`\nThe root entry       ${describe(size)}`)
console.log(`One error class      ${describe(ofError)}`)
console.log(`Loaded to verify     ${describe(later)}`)
const isKept = size.compressed <= budget
console.log(
  `\nAt most ${budget.toLocaleString('en')} bytes for the root entry, compressed: ${isKept ? 'kept' : 'NOT KEPT'}. The aim is ${aim.toLocaleString('en')}.`,
)
if (!isKept) process.exitCode = 1
