import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { isolatedServer } from 'sandbox-sessions-testkit/isolated-server'
import { packageFolder } from '../../support/package-folder.js'
import type { Settings } from '../suite/case.js'
import { property } from '../suite/untyped.js'
import { bentServer } from './bent-server.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const sources = fileURLToPath(new URL('../suite', import.meta.url))

/** The suite as plain JavaScript beside the built package, and the servers that it talks to. */
export interface PreparedSuite extends AsyncDisposable {
  readonly program: string
  readonly settings: Settings
}

export async function prepareSuite(): Promise<PreparedSuite> {
  const folder = await packageFolder()
  await folder.link(...(await dependencies()))
  await compile(folder.path)
  const server = await isolatedServer()
  const bent = await bentServer(server.url)
  return {
    program: path.join(folder.path, 'suite/main.js'),
    settings: {
      apiUrl: server.url,
      token: server.token,
      bentUrl: bent.url,
      commandLine: path.join(root, 'packages/cli/dist/main.js'),
    },
    async [Symbol.asyncDispose]() {
      await bent[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

async function dependencies(): Promise<string[]> {
  const manifest: unknown = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'))
  const found = property(manifest, 'dependencies')
  return typeof found === 'object' && found !== null ? Object.keys(found) : []
}

async function compile(folder: string): Promise<void> {
  for (const name of await readdir(sources, { recursive: true })) {
    if (!name.endsWith('.ts')) continue
    const { outputText } = ts.transpileModule(await readFile(path.join(sources, name), 'utf8'), {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true },
    })
    const target = path.join(folder, 'suite', name.replace(/\.ts$/, '.js'))
    await mkdir(path.dirname(target), { recursive: true })
    await writeFile(target, outputText)
  }
}
