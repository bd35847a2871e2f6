/**
 * What the root entry adds to a page, with all that it brings: `npm run size`. It is bundled, minified and compressed as for a page,
 * from dist/, as users have it. The table is of src/: in dist/ the modules are one file already. Fails over the budget.
 */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { type BuildOptions, type Metafile, build } from 'esbuild'

/** Bytes, minified and compressed. */
const budget = 16_000
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

async function bundle(entry: Pick<BuildOptions, 'entryPoints' | 'stdin'>): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    ...entry,
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
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports)
  const lazy = new Set(imports.flatMap((each) => (each.kind === 'dynamic-import' ? [each.path] : [])))
  const files = outputFiles.map(({ path: file, contents }) => ({ name: path.relative(root, file), contents }))
  return {
    size: sizeOf(files.flatMap(({ name, contents }) => (lazy.has(name) ? [] : [contents]))),
    later: sizeOf(files.flatMap(({ name, contents }) => (lazy.has(name) ? [contents] : []))),
    modules: modulesOf(metafile, lazy),
  }
}

function sizeOf(files: readonly Uint8Array[]): Size {
  const sum = (lengths: readonly number[]): number => lengths.reduce((total, each) => total + each, 0)
  return {
    minified: sum(files.map((file) => file.byteLength)),
    compressed: sum(files.map((file) => gzipSync(file, { level: 9 }).byteLength)),
  }
}

/** A package counts as one module. */
function modulesOf({ outputs }: Metafile, lazy: ReadonlySet<string>): Bundle['modules'] {
  const sizes = new Map<string, number>()
  for (const [output, { inputs }] of Object.entries(outputs)) {
    if (lazy.has(output)) continue
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
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

const { size, later } = await bundle({ entryPoints: ['dist/index.js'] })
const oneError = "export { SessionNotFoundError } from 'sandbox-sessions-sdk'"
const { size: ofError } = await bundle({ stdin: { contents: oneError, resolveDir: root } })
const { modules, size: ofSources } = await bundle({ entryPoints: ['src/index.ts'] })

console.log(`  ${column(ofSources.minified)}  src/index.ts and what it imports, minified:`)
for (const [name, bytes] of modules) console.log(`  ${column(bytes)}    ${name}`)
console.log(`\nThe root entry       ${describe(size)}`)
console.log(`One error class      ${describe(ofError)}`)
console.log(`Loaded to verify     ${describe(later)}`)
const isKept = size.compressed <= budget
console.log(
  `\nAt most ${budget.toLocaleString('en')} bytes for the root entry, compressed: ${isKept ? 'kept' : 'NOT KEPT'}.`,
)
if (!isKept) process.exitCode = 1
