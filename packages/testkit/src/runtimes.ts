import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** A JavaScript runtime, as npm gives it. */
export interface Runtime {
  readonly name: string
  /** The npm package that brings it; undefined for the Node that runs this. */
  readonly package: string | undefined
  /** The command of that package. */
  readonly command: string
  /** Prints where the binary is. */
  readonly where: readonly string[]
  /** What stands between the binary and the name of a program. */
  readonly flags: readonly string[]
}

export const nodeRuntime = (major: number): Runtime => ({
  name: `Node ${major}`,
  package: `node@${major}`,
  command: 'node',
  where: ['-p', 'process.execPath'],
  flags: [],
})

export const currentNode: Runtime = { ...nodeRuntime(0), name: 'Node', package: undefined }

/** Those that the package promises to run on, as far as npm has them. */
export const runtimes = {
  node20: nodeRuntime(20),
  node22: nodeRuntime(22),
  node24: nodeRuntime(24),
  node26: nodeRuntime(26),
  bun: {
    name: 'Bun',
    package: 'bun@1',
    command: 'bun',
    where: ['--print', 'process.execPath'],
    flags: ['run'],
  },
  deno: {
    name: 'Deno',
    package: 'deno@2',
    command: 'deno',
    where: ['eval', '--no-lock', 'console.log(Deno.execPath())'],
    // Without a lock file, which would be left where it is run.
    flags: ['run', '--quiet', '--no-lock', '--allow-all'],
  },
} as const satisfies Record<string, Runtime>

const found = new Map<string, Promise<string>>()

/** The binary of a runtime, which npm installs into its cache if it is not there yet. */
export async function binaryOf(runtime: Runtime): Promise<string> {
  const { package: name } = runtime
  const own = `node@${process.versions.node.split('.')[0] ?? ''}`
  if (name === undefined || name === own) return process.execPath
  const known = found.get(name) ?? install(runtime, name)
  found.set(name, known)
  return await known
}

async function install({ command, where }: Runtime, name: string): Promise<string> {
  const args = ['exec', '--yes', '--prefer-offline', `--package=${name}`, '--', command, ...where]
  const { stdout } = await execute('npm', args)
  const file = stdout.trim().split('\n').at(-1)
  if (file === undefined || file === '') throw new Error(`npm gave no ${name}`)
  return file
}
