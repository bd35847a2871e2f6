import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import path from 'node:path'
import ts from 'typescript'
import { run } from './run.js'
import { binaryOf, nodeRuntime } from './runtimes.js'

const cache = fileURLToPath(new URL('../../../node_modules/.cache', import.meta.url))

/** A program of its own process: plain JavaScript that uses the built package, with nothing of the test runner in it. */
export interface Program extends AsyncDisposable {
  /** Runs it to its end. Its last line must be JSON, and is the answer. */
  run(args: readonly (string | number)[], options?: { readonly node?: string }): Promise<unknown>
}

/** Compiles a program that stands alone in one file of TypeScript. */
export async function program(source: URL): Promise<Program> {
  await mkdir(cache, { recursive: true })
  // Below node_modules the names of packages lead to the built ones.
  const directory = await mkdtemp(path.join(cache, 'test-program-'))
  const file = path.join(directory, `${path.basename(source.pathname, '.ts')}.mjs`)
  const { outputText } = ts.transpileModule(await readFile(source, 'utf8'), {
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true },
  })
  await writeFile(file, outputText)
  return {
    async run(args, { node = process.execPath } = {}) {
      const { code, output } = await run(node, ['--expose-gc', file, ...args.map(String)])
      if (code !== 0) throw new Error(`${path.basename(file)} ended with ${String(code)}:\n${output}`)
      const answer: unknown = JSON.parse(output.trimEnd().split('\n').at(-1) ?? '')
      return answer
    },
    async [Symbol.asyncDispose]() {
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** The binary of another version of Node, installed by npm if it is not there yet. */
export function nodeBinary(major: number): Promise<string> {
  return binaryOf(nodeRuntime(major))
}
