import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from 'sandbox-sessions-testkit/run'

const root = fileURLToPath(new URL('../..', import.meta.url))
const listed = path.join(root, 'test/toolchains')

/** TypeScripts by their minor version; the last is the project's own. */
export type TypeScriptVersion = '5.2' | '5.4' | '5.7' | '6.0' | '7.0' | '5.9'

/** The tools that test/toolchains/ lists, installed for the first test that asks for them and kept until the list changes. */
export class Toolchains {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async install(): Promise<Toolchains> {
    const hash = createHash('sha256').update(await readFile(path.join(listed, 'package-lock.json')))
    const cache = path.join(root, 'node_modules/.cache/toolchains')
    const folder = path.join(cache, hash.digest('hex').slice(0, 16))
    if (!(await isThere(folder))) {
      await mkdir(cache, { recursive: true })
      const made = await mkdtemp(path.join(cache, 'new-'))
      await cp(listed, made, { recursive: true })
      const flags = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--workspaces=false']
      const { code, output } = await run('npm', ['ci', ...flags], { cwd: made })
      if (code !== 0) throw new Error(output)
      // Whoever else has installed them meanwhile was as good.
      await rename(made, folder).catch(async () => rm(made, { recursive: true, force: true }))
    }
    return new Toolchains(folder)
  }

  typescript(version: TypeScriptVersion): string {
    if (version === '5.9') return createRequire(import.meta.url).resolve('typescript/bin/tsc')
    return this.#path(`typescript-${version}/bin/tsc`)
  }

  get jest(): string {
    return this.#path('jest/bin/jest.js')
  }

  get esbuild(): string {
    return this.#path('esbuild/bin/esbuild')
  }

  #path(file: string): string {
    return path.join(this.#folder, 'node_modules', file)
  }
}

async function isThere(folder: string): Promise<boolean> {
  return await stat(folder).then(
    () => true,
    () => false,
  )
}
