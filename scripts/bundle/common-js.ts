import path from 'node:path'
import { build } from 'esbuild'

/** Converts the ES modules of dist/ to CommonJS, file by file, so that the entries still share one file. Keyed by path in dist/. */
export async function toCommonJs(dist: string, files: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { outputFiles, warnings } = await build({
    absWorkingDir: dist,
    entryPoints: files.filter((file) => file.endsWith('.js')),
    outdir: 'cjs',
    format: 'cjs',
    platform: 'neutral',
    target: 'es2022',
    // Jest has no import() in CommonJS.
    supported: { 'dynamic-import': false },
    // It is passed only to createRequire, which takes a path as well.
    define: { 'import.meta.url': '__filename' },
    write: false,
    logLevel: 'silent',
  })
  // Among them: CommonJS has no import.meta but its url.
  if (warnings.length > 0) throw new Error(warnings.map(({ text }) => text).join('\n'))
  return new Map(outputFiles.map((file) => [path.relative(dist, file.path), file.text]))
}
