import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import * as node from 'sandbox-sessions-sdk/node'
import * as sdk from 'sandbox-sessions-sdk'
import type { Snippet } from './snippets.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** What a part of a program may take for granted. */
const surroundings = `
import type { Session as SomeSession, SessionsClient as SomeClient } from 'sandbox-sessions-sdk'
declare const client: SomeClient
declare const session: SomeSession
declare const id: string
declare const token: string
declare function draw(share: number): void
`

/** Type-checks files under the strictest settings, and writes what Node 20 can run of them into `built/`. @returns problems. */
export function compile(folder: string, names: readonly string[]): string[] {
  const program = ts.createProgram(
    names.map((name) => path.join(folder, name)),
    {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      // Tests of the package itself check its types with everything that they need.
      skipLibCheck: true,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts', 'lib.dom.d.ts', 'lib.dom.asynciterable.d.ts'],
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      types: ['node'],
      typeRoots: [path.join(root, 'node_modules/@types')],
      rootDir: folder,
      outDir: path.join(folder, 'built'),
    },
  )
  const { diagnostics } = program.emit()
  return ts.sortAndDeduplicateDiagnostics([...ts.getPreEmitDiagnostics(program), ...diagnostics]).map((each) =>
    ts.formatDiagnostic(each, {
      getCanonicalFileName: (name) => name,
      getCurrentDirectory: () => folder,
      getNewLine: () => '\n',
    }),
  )
}

/** Writes a part of a program as a whole one, that compiles when the part is right. */
export async function writePart(folder: string, name: string, { text }: Snippet): Promise<void> {
  const imports = text.match(/^import .*$/gm) ?? []
  const body = text.replace(/^import .*$/gm, '')
  const isKnown = (value: string): boolean => imports.some((each) => new RegExp(`\\b${value}\\b`).test(each))
  const wanted = (values: object): string =>
    Object.keys(values)
      .filter((value) => new RegExp(`\\b${value}\\b`).test(body) && !isKnown(value))
      .join(', ')
  const program = [
    surroundings,
    `import { ${wanted(sdk)} } from 'sandbox-sessions-sdk'`,
    `import { ${wanted(node)} } from 'sandbox-sessions-sdk/node'`,
    "import { readFile } from 'node:fs/promises'",
    ...imports,
    `export async function part(): Promise<unknown> {\n${body}\nreturn [client, session, id, token, draw, readFile]\n}`,
  ]
  await writeFile(path.join(folder, name), program.join('\n'))
}

/** The types that a generator makes of the spec, where a program expects its own. */
export async function writeGenerated(target: string): Promise<void> {
  await writeFile(target, await readFile(path.join(root, 'generated/sandbox-api.ts'), 'utf8'))
}
