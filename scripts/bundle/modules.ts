import path from 'node:path'
import { type BuildOptions, build } from 'esbuild'

export interface Modules {
  /** By their paths in dist/, including the source maps. */
  readonly files: ReadonlyMap<string, string>
  /** The folders of the packages whose code is in them. */
  readonly packages: readonly string[]
}

/** Built together, so that they share their classes. */
const sharing = { index: 'src/index.ts', node: 'src/node/index.ts' }

/**
 * Built separately: they share only strings and plain objects with the others, and a second copy of these costs less than one more
 * file for everybody who imports the package.
 */
const separate = { constraints: 'generated/constraints.ts', 'sandbox-api': 'generated/sandbox-api.ts' }

/** What every bundle of the root entry leaves out. js-md5 is loaded only to verify a transfer. */
export const external = ['js-md5', 'undici', 'node:*']

export async function bundleModules(root: string): Promise<Modules> {
  const options = {
    absWorkingDir: root,
    outdir: 'dist',
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    tsconfig: 'tsconfig.build.json',
    external,
    sourcemap: 'linked',
    metafile: true,
    write: false,
    logLevel: 'silent',
  } as const satisfies BuildOptions
  const results = [
    // One name for all chunks, so that the build fails if there is ever a second one to load.
    await build({ ...options, entryPoints: sharing, splitting: true, chunkNames: 'shared' }),
    await build({ ...options, entryPoints: separate }),
  ]
  const outputs = results.flatMap(({ outputFiles }) => outputFiles)
  const inputs = results.flatMap(({ metafile }) => Object.keys(metafile.inputs))
  return {
    files: new Map(outputs.map((file) => [path.relative(path.join(root, 'dist'), file.path), file.text])),
    packages: [...new Set(inputs.flatMap((input) => packageFolder(path.resolve(root, input)) ?? []))].sort(),
  }
}

function packageFolder(file: string): string | undefined {
  return /^.*\/node_modules\/(@[^/]+\/)?[^/]+/.exec(file)?.[0]
}
