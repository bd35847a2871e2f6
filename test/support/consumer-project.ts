import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { run } from 'sandbox-sessions-testkit/run'
import { inPublished, root } from 'sandbox-sessions-testkit/workspaces'
import { type Step, readSteps, runStep } from './workflow.js'

const workflow = path.join(root, 'docs/workflows/sandbox-contract.yml')
const tools = ['@stoplight/prism-cli@5', 'typescript@5']
const expressions = [
  'vars.SANDBOX_SPEC_URL',
  'secrets.SANDBOX_API_URL',
  'secrets.SANDBOX_API_TOKEN',
  'secrets.SANDBOX_OTHER_TOKEN',
]

/** What the steps of the workflow came to, up to the first that failed. */
export interface Work {
  readonly outputs: ReadonlyMap<string, string>
  readonly failed: string | undefined
}

/** A project in an empty folder that wants the packed packages and the tools of the workflow, and has installed nothing yet. */
export class ConsumerProject implements AsyncDisposable {
  readonly #folder: string

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async create(): Promise<ConsumerProject> {
    const project = new ConsumerProject(await mkdtemp(path.join(tmpdir(), 'sandbox-consumer-')))
    const packed = await run('npm', ['pack', ...inPublished, '--pack-destination', project.#folder], { cwd: root })
    if (packed.code !== 0) throw new Error(packed.output)
    const tarballs = (await readdir(project.#folder)).map((name) => `./${name}`)
    await project.write('package.json', '{"private":true,"type":"module"}')
    await project.run('npm', 'install', '--package-lock-only', '--save-dev', ...tarballs, ...tools)
    return project
  }

  path(name: string): string {
    return path.join(this.#folder, name)
  }

  read(name: string): Promise<string> {
    return readFile(this.path(name), 'utf8')
  }

  write(name: string, text: string): Promise<void> {
    return writeFile(this.path(name), text)
  }

  /** What a program here sees: nothing of the tests' own settings. */
  environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    const own = Object.entries(process.env).filter(([name]) => !/^(SANDBOX_|npm_|VITEST|NODE_ENV)/.test(name))
    return { ...Object.fromEntries(own), npm_config_prefer_offline: 'true', ...more }
  }

  /** @throws {Error} with what it wrote, when it fails. */
  async run(program: string, ...args: readonly string[]): Promise<void> {
    const { code, output } = await run(program, args, { cwd: this.#folder, env: this.environment() })
    if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${String(code)}:\n${output}`)
  }

  /** Runs steps of the workflow in their order. */
  async work(names: readonly string[], port: number, values: Readonly<Record<string, string>> = {}): Promise<Work> {
    const steps = await readWorkflow(values)
    const outputs = new Map<string, string>()
    for (const name of names) {
      const step = steps.find((each) => each.name === name)
      if (step === undefined) throw new Error(`The workflow has no step "${name}"`)
      const env = { ...step.env, MOCK_PORT: String(port) }
      const { code, output } = await runStep({ ...step, env }, this.#folder, this.environment())
      outputs.set(name, output)
      if (code !== 0) return { outputs, failed: `${name}:\n${output}` }
    }
    return { outputs, failed: undefined }
  }

  /** The names of all steps that are scripts. */
  static async steps(): Promise<string[]> {
    return (await readWorkflow({})).map(({ name }) => name)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }
}

/** What is set neither as a variable nor as a secret is empty, as on a runner. */
async function readWorkflow(values: Readonly<Record<string, string>>): Promise<Step[]> {
  const unset = Object.fromEntries(expressions.map((expression) => [expression, '']))
  return readSteps(await readFile(workflow, 'utf8'), 'contract', { ...unset, ...values })
}
