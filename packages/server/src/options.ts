import { parseArgs } from 'node:util'
import type { JwtOptions } from './http/auth.js'
import { defaultDataDir } from './support/data-dir.js'
import type { EngineChoice } from './engines/create-engine.js'
import { readOrigin } from './http/cors.js'
import { defaultLimits } from './support/limits.js'
import type { SandboxServerOptions } from './server.js'

/** A command line or environment that cannot be understood; the message says what to change. */
export class UsageError extends Error {
  override name = 'UsageError'
}

export type Invocation =
  | { readonly show: 'help' | 'version' }
  | { readonly show: 'nothing'; readonly server: SandboxServerOptions & { readonly graceMs: number } }

const engines: readonly EngineChoice[] = ['auto', 'bubblewrap', 'process']
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']

const flags = {
  host: { type: 'string' },
  port: { type: 'string' },
  'data-dir': { type: 'string' },
  engine: { type: 'string' },
  'allow-unsafe': { type: 'boolean' },
  token: { type: 'string' },
  'jwt-secret': { type: 'string' },
  'jwks-url': { type: 'string' },
  'jwt-audience': { type: 'string' },
  'jwt-issuer': { type: 'string' },
  'cors-origin': { type: 'string', multiple: true },
  'max-sessions': { type: 'string' },
  'max-disk-bytes': { type: 'string' },
  'rate-limit': { type: 'string' },
  'grace-period': { type: 'string' },
  'log-level': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

type Values = { -readonly [Name in keyof typeof flags]?: string | boolean | string[] | undefined }

export const help = `Usage: sandbox-sessions-server [options]

A Sandbox API on this machine: isolated, short-lived sessions that run commands and code and hold files.

  --host ADDRESS        Where to listen (127.0.0.1: this machine only)
  --port PORT           0 takes any free one (8080)
  --data-dir DIR        Where sessions and their files are kept
                        (${defaultDataDir()})
  --engine NAME         What isolates the sessions: ${engines.join(', ')} (auto)
  --allow-unsafe        Needed for the process engine, which isolates nothing: for trusted code only
  --token TOKEN         The token that clients send (a random one, kept in the data directory)
  --jwt-secret SECRET   Accept JSON Web Tokens signed with HS256; "sub" is the user, "exp" is needed
  --jwks-url URL        Accept JSON Web Tokens signed with a key of this key set
  --jwt-audience NAME   What "aud" of a JSON Web Token must hold
  --jwt-issuer NAME     What "iss" of a JSON Web Token must be
  --cors-origin ORIGIN  Let pages of this origin use the API in a browser, * for all; can be repeated (none)
  --max-sessions N      How many sessions there may be at a time (${defaultLimits.maxSessions})
  --max-disk-bytes N    How much disk the files of one session may take (${defaultLimits.maxDiskBytes})
  --rate-limit N        How many requests a user may send in a minute, 0 for any number (${defaultLimits.requestsPerMinute})
  --grace-period SECS   How long running commands may go on after SIGTERM (10)
  --log-level LEVEL     ${logLevels.join(', ')} (info)
  -h, --help            Show this
  -v, --version         Show the version

Each option can be set in the environment as well: --data-dir as SANDBOX_SERVER_DATA_DIR, and so on; several origins are
separated by commas. A secret is better set there, where other users of the machine cannot see it.
`

/**
 * Reads the command line, and the environment for what it leaves open.
 *
 * @throws {UsageError}
 */
export function readInvocation(args: readonly string[], env: NodeJS.ProcessEnv): Invocation {
  const values: Values = { ...fromEnvironment(env), ...fromArguments(args) }
  if (values.help) return { show: 'help' }
  if (values.version) return { show: 'version' }
  const text = (name: keyof Values) => {
    const value = values[name]
    if (value === '') throw new UsageError(`--${name} must not be empty.`)
    return typeof value === 'string' ? value : undefined
  }
  const maxSessions = integer('max-sessions', text('max-sessions'), 1)
  const maxDiskBytes = integer('max-disk-bytes', text('max-disk-bytes'), 1)
  const requestsPerMinute = integer('rate-limit', text('rate-limit'), 0)
  const graceSeconds = integer('grace-period', text('grace-period'), 0) ?? 10
  const jwt = jwtOptions(text)
  const corsOrigins = originsOf(values['cors-origin'])
  return {
    show: 'nothing',
    server: {
      ...present('host', text('host')),
      ...present('port', integer('port', text('port'), 0, 65_535)),
      ...present('dataDir', text('data-dir')),
      ...present('engine', oneOf('engine', text('engine'), engines)),
      allowUnsafe: values['allow-unsafe'] === true,
      ...present('token', text('token')),
      ...present('jwt', jwt),
      ...present('corsOrigins', corsOrigins),
      limits: {
        ...present('maxSessions', maxSessions),
        ...present('maxDiskBytes', maxDiskBytes),
        ...present('requestsPerMinute', requestsPerMinute),
      },
      logLevel: oneOf('log-level', text('log-level'), logLevels) ?? 'info',
      graceMs: graceSeconds * 1_000,
    },
  }
}

function fromArguments(args: readonly string[]): Values {
  try {
    return parseArgs({ args: [...args], options: flags, strict: true, allowPositionals: false }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function fromEnvironment(env: NodeJS.ProcessEnv): Values {
  const values: Values = {}
  for (const [name, { type }] of Object.entries(flags)) {
    const variable = `SANDBOX_SERVER_${name.replaceAll('-', '_').toUpperCase()}`
    const value = env[variable]
    if (!isFlag(name) || name === 'help' || name === 'version' || value === undefined) continue
    values[name] = type === 'boolean' ? truth(variable, value) : value
  }
  return values
}

function truth(variable: string, value: string): boolean {
  if (['1', 'true', 'yes'].includes(value.toLowerCase())) return true
  if (['', '0', 'false', 'no'].includes(value.toLowerCase())) return false
  throw new UsageError(`${variable} must be true or false, got "${value}".`)
}

function jwtOptions(text: (name: keyof Values) => string | undefined): JwtOptions | undefined {
  const secret = text('jwt-secret')
  const jwksUrl = text('jwks-url')
  const audience = text('jwt-audience')
  const issuer = text('jwt-issuer')
  if (secret !== undefined && jwksUrl !== undefined) {
    throw new UsageError('Give either --jwt-secret or --jwks-url, not both.')
  }
  if (jwksUrl !== undefined && !URL.canParse(jwksUrl)) throw new UsageError('--jwks-url must be a URL.')
  if (secret === undefined && jwksUrl === undefined) {
    if (audience === undefined && issuer === undefined) return undefined
    throw new UsageError('--jwt-audience and --jwt-issuer need --jwt-secret or --jwks-url.')
  }
  return {
    ...present('secret', secret),
    ...present('jwksUrl', jwksUrl),
    ...present('audience', audience),
    ...present('issuer', issuer),
  }
}

/** Repeated, or separated by commas, or both. */
function originsOf(value: Values[keyof Values]): string[] | undefined {
  const texts = typeof value === 'string' ? [value] : Array.isArray(value) ? value : []
  if (texts.length === 0) return undefined
  return texts
    .flatMap((text) => text.split(','))
    .map((text) => {
      try {
        return readOrigin(text.trim())
      } catch (error) {
        throw new UsageError(`--cors-origin: ${error instanceof Error ? error.message : String(error)}`)
      }
    })
}

function integer(
  name: string,
  text: string | undefined,
  minimum: number,
  maximum = Number.MAX_SAFE_INTEGER,
): number | undefined {
  if (text === undefined) return undefined
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (value >= minimum && value <= maximum) return value
  const range = maximum < Number.MAX_SAFE_INTEGER ? `from ${minimum} to ${maximum}` : `of at least ${minimum}`
  throw new UsageError(`--${name} must be a whole number ${range}, got "${text}".`)
}

function oneOf<Choice extends string>(
  name: string,
  text: string | undefined,
  choices: readonly Choice[],
): Choice | undefined {
  if (text === undefined) return undefined
  const choice = choices.find((candidate) => candidate === text)
  if (choice === undefined) throw new UsageError(`--${name} must be one of ${choices.join(', ')}, got "${text}".`)
  return choice
}

function present<Name extends string, Value>(name: Name, value: Value | undefined): Partial<Record<Name, Value>>
function present(name: string, value: unknown): object {
  return value === undefined ? {} : { [name]: value }
}

function isFlag(name: string): name is keyof typeof flags {
  return name in flags
}
