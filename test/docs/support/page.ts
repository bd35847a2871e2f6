import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { copyProject } from '../../support/project-copy.js'
import { run } from 'sandbox-sessions-testkit/run'
import { type Runtime, binaryOf } from 'sandbox-sessions-testkit/runtimes'
import { compile, writePart } from './compile.js'
import type { Snippet } from './snippets.js'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** What a block came to. */
export interface Outcome {
  readonly code: number | null
  readonly output: string
}

/** The folder in which somebody follows a page: empty at first, with a place of its own for global packages. */
export class Page implements AsyncDisposable {
  readonly #base: string
  readonly #variables: NodeJS.ProcessEnv
  #repository: Promise<{ readonly folder: string } & AsyncDisposable> | undefined

  private constructor(base: string, variables: NodeJS.ProcessEnv) {
    this.#base = base
    this.#variables = variables
  }

  static async open(variables: NodeJS.ProcessEnv): Promise<Page> {
    const page = new Page(await mkdtemp(path.join(tmpdir(), 'sandbox-page-')), variables)
    for (const name of ['page', 'global', 'data']) await mkdir(path.join(page.#base, name))
    return page
  }

  get folder(): string {
    return path.join(this.#base, 'page')
  }

  /** Runs shell commands as a reader does who types them in. */
  async shell({ text, settings }: Pick<Snippet, 'text' | 'settings'>): Promise<Outcome> {
    const cwd = settings.get('in') === 'repository' ? (await this.#copy()).folder : this.folder
    const child = spawn('sh', ['-e', '-c', text], {
      cwd,
      env: this.#environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, to be ended with all that it started.
      detached: true,
    })
    const [exited, closed] = [once(child, 'exit'), once(child, 'close')]
    const endAll = (): void => {
      // What is left of it: a block that fails may leave something that it started.
      if (child.pid !== undefined && isThere(-child.pid)) process.kill(-child.pid, 'SIGTERM')
    }
    const until = settings.get('until')
    let output = ''
    let code: number | null | undefined
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (piece) => {
        output += String(piece)
        if (until === undefined || code !== undefined || !output.includes(until)) return
        code = 0
        endAll()
      })
    }
    await exited
    endAll()
    await closed
    if (until !== undefined && code === undefined) output += `\nIt never wrote ${until}.`
    return { code: until === undefined ? child.exitCode : (code ?? 1), output }
  }

  async write(name: string, text: string): Promise<void> {
    await mkdir(path.dirname(path.join(this.folder, name)), { recursive: true })
    await writeFile(path.join(this.folder, name), text)
  }

  async writePart(name: string, snippet: Snippet): Promise<void> {
    await writePart(this.folder, name, snippet)
  }

  /** @returns what the compiler says. */
  compile(names: readonly string[]): string[] {
    return compile(this.folder, names)
  }

  async program(name: string, runtime: Runtime, variables: NodeJS.ProcessEnv = {}): Promise<Outcome> {
    const env = { ...this.#environment(), ...variables }
    return await run(await binaryOf(runtime), [...runtime.flags, name], { cwd: this.folder, env })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#repository)?.[Symbol.asyncDispose]()
    await rm(this.#base, { recursive: true, force: true })
  }

  /** This repository as a clone has it that was built once: in that, a block may change what it likes. */
  #copy(): Promise<{ readonly folder: string } & AsyncDisposable> {
    const own = async (): Promise<{ readonly folder: string } & AsyncDisposable> =>
      copyProject((await readdir(root)).filter((name) => name !== 'node_modules' && name !== '.git'))
    this.#repository ??= own()
    return this.#repository
  }

  /** Nothing of the tests' own settings. */
  #environment(): NodeJS.ProcessEnv {
    const kept = Object.entries(process.env).filter(([name]) => !/^(SANDBOX_|npm_|VITEST|NODE_)/.test(name))
    const own: NodeJS.ProcessEnv = Object.fromEntries(kept)
    return {
      ...own,
      PATH: `${path.join(this.#base, 'global/bin')}:${own['PATH'] ?? ''}`,
      npm_config_prefix: path.join(this.#base, 'global'),
      npm_config_prefer_offline: 'true',
      npm_config_audit: 'false',
      npm_config_fund: 'false',
      npm_config_update_notifier: 'false',
      // A server that a block starts keeps away from one that is there already.
      SANDBOX_SERVER_PORT: '0',
      SANDBOX_SERVER_DATA_DIR: path.join(this.#base, 'data'),
      ...this.#variables,
    }
  }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
