import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { isObject } from 'sandbox-sessions-openapi'
import { replaceFiles } from './replace-files.js'
import { sources } from './sources.js'
import { withStyle } from './style.js'

/** How the program is called, and what it works on by default. */
export interface Defaults {
  readonly command: string
  readonly spec: string
  readonly out: string
  /** Whether it generates for the SDK itself. */
  readonly forSdk: boolean
}

/** Runs the generator to its end. Resolves to the exit code. */
export async function runGenerator(args: readonly string[], defaults: Defaults): Promise<number> {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        check: { type: 'boolean', default: false },
        spec: { type: 'string', default: defaults.spec },
        out: { type: 'string', default: defaults.out },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) {
      console.log(help(defaults))
      return 0
    }
    return await generate({ ...defaults, ...values })
  } catch (error) {
    console.error(error instanceof Error ? firstLine(error) : error)
    return 1
  }
}

async function generate(flags: Defaults & { readonly check: boolean }): Promise<number> {
  const files = await make(flags)
  const stale = new Map<string, string>()
  for (const [file, source] of files) {
    const present = await readFile(file, 'utf8').catch(() => undefined)
    if (present !== source) stale.set(file, source)
  }

  const out = relative(flags.out)
  const names = [...stale.keys()].map(relative).join(', ')
  if (flags.check && stale.size > 0) {
    console.error(`Stale: ${names}. Run \`${flags.command}\` and commit what it writes.`)
    return 1
  }
  await replaceFiles(stale)
  if (flags.check) console.log(`${out} is fresh.`)
  else console.log(stale.size > 0 ? `Wrote ${names}.` : `${out} was fresh already.`)
  return 0
}

/** All files, by their paths, before any is written. */
async function make({ command, spec, out, forSdk }: Defaults): Promise<Map<string, string>> {
  try {
    const banner = `// Written by \`${command}\` from ${path.basename(spec)}. Do not edit.\n\n`
    const files = new Map<string, string>()
    for (const [name, source] of Object.entries(await sources(spec, forSdk))) {
      const file = path.join(out, name)
      files.set(file, await withStyle(file, banner + source))
    }
    return files
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const hint = isObject(error.cause) && error.cause['code'] === 'ENOENT' ? ' --spec names another.' : ''
    throw new Error(`Nothing was written: ${firstLine(error)}${hint}`, { cause: error })
  }
}

/** After its first line, Prettier's message quotes a file. */
function firstLine({ message }: Error): string {
  return message.split('\n', 1).join('')
}

/** A path as seen from the current directory. */
function relative(file: string): string {
  const below = path.relative('', file)
  return below.startsWith('..') ? file : below
}

function help({ command, spec, out }: Defaults): string {
  return `Usage: ${command.replace(/^(npm .*)/, '$1 --')} [options]

Writes sandbox-api.ts (types), and constraints.ts with schemas.ts, enums.ts and operations.ts (limits, defaults, enums), from an
OpenAPI 3.1 document of the Sandbox API.

  --spec FILE  The document (${relative(spec)})
  --out DIR    Where the files go (${relative(out)})
  --check      Write nothing; fail when a file is stale
  -h, --help   Show this`
}
