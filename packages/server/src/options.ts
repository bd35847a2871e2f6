import { Command, CommanderError, Option } from '@commander-js/extra-typings'
import { leastMemoryBytes } from './engines/bubblewrap/limits.js'
import type { EngineChoice } from './engines/create-engine.js'
import type { JwtOptions } from './http/auth.js'
import { readOrigin } from './http/cors.js'
import type { SandboxServerOptions } from './server.js'
import { defaultDataDir } from './support/data-dir.js'
import { defaultLimits } from './support/limits.js'

/** A command line or environment that cannot be understood; the message says what to change. */
export class UsageError extends Error {
  override name = 'UsageError'
}

export type Invocation =
  /** What the user asked to see: the help or the version. */
  | { readonly show: string }
  | { readonly show: undefined; readonly server: SandboxServerOptions & { readonly graceMs: number } }

const engines: readonly EngineChoice[] = ['auto', 'bubblewrap', 'process']
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']

const epilogue = `
Each option can be set in the environment as well: --data-dir as SANDBOX_SERVER_DATA_DIR, and so on; several origins are
separated by commas. Set secrets there: other users of the machine can see a command line.`

function makeCommand(version: string) {
  return new Command('sandbox-sessions-server')
    .description(
      'A Sandbox API on this machine: isolated, short-lived sessions that run commands and code and hold files.',
    )
    .usage('[options]')
    .addOption(
      new Option('--host <address>', 'the address to listen at (127.0.0.1: this machine only)').argParser(text('host')),
    )
    .addOption(
      new Option('--port <port>', 'the port to listen at; 0 takes any free one (8080)').argParser(
        integer('port', 0, 65_535),
      ),
    )
    .addOption(
      new Option('--data-dir <dir>', `where sessions and their files are kept (${defaultDataDir()})`).argParser(
        text('data-dir'),
      ),
    )
    .addOption(
      new Option('--engine <name>', `what isolates the sessions: ${engines.join(', ')} (auto)`).argParser(
        oneOf('engine', engines),
      ),
    )
    .addOption(new Option('--allow-unsafe', 'allow the process engine, which isolates nothing: for trusted code only'))
    .addOption(
      new Option('--token <token>', 'the token that clients send (a random one, kept in the data directory)').argParser(
        text('token'),
      ),
    )
    .addOption(
      new Option(
        '--jwt-secret <secret>',
        'accept JSON Web Tokens signed with HS256; "sub" is the user, "exp" is required',
      ).argParser(text('jwt-secret')),
    )
    .addOption(
      new Option('--jwks-url <url>', 'accept JSON Web Tokens signed with a key of this key set').argParser(
        url('jwks-url'),
      ),
    )
    .addOption(
      new Option('--jwt-audience <name>', 'what "aud" of a JSON Web Token must hold').argParser(text('jwt-audience')),
    )
    .addOption(
      new Option('--jwt-issuer <name>', 'what "iss" of a JSON Web Token must be').argParser(text('jwt-issuer')),
    )
    .addOption(
      new Option(
        '--cors-origin <origin>',
        'let pages of this origin use the API in a browser, * for every origin; repeatable (none)',
      ).argParser(origins),
    )
    .addOption(
      new Option(
        '--max-sessions <n>',
        `how many sessions there may be at a time (${defaultLimits.maxSessions})`,
      ).argParser(integer('max-sessions', 1)),
    )
    .addOption(
      new Option(
        '--warm-sandboxes <n>',
        'how many bubblewrap sandboxes are started ahead of need, each of some 50 MiB (2)',
      ).argParser(integer('warm-sandboxes', 0)),
    )
    .addOption(
      new Option(
        '--max-disk-bytes <n>',
        `how much disk the files of one session may take (${defaultLimits.maxDiskBytes})`,
      ).argParser(integer('max-disk-bytes', 1)),
    )
    .addOption(
      new Option(
        '--max-memory-bytes <n>',
        "how much memory one session may take, where it can be limited (half of the machine's)",
      ).argParser(integer('max-memory-bytes', leastMemoryBytes)),
    )
    .addOption(
      new Option(
        '--rate-limit <n>',
        `how many requests a user may send in a minute, 0 for any number (${defaultLimits.requestsPerMinute})`,
      ).argParser(integer('rate-limit', 0)),
    )
    .addOption(
      new Option('--grace-period <seconds>', 'how long running commands may go on after SIGTERM (10)').argParser(
        integer('grace-period', 0),
      ),
    )
    .addOption(
      new Option('--log-level <level>', `${logLevels.join(', ')} (info)`).argParser(oneOf('log-level', logLevels)),
    )
    .helpOption('-h, --help', 'show this help')
    .version(version, '-v, --version', 'show the version')
    .addHelpText('after', epilogue)
}

type ServerCommand = ReturnType<typeof makeCommand>

/**
 * Reads the command line, and the environment for options that it does not name.
 *
 * @throws {UsageError}
 */
export function readInvocation(args: readonly string[], env: NodeJS.ProcessEnv, version: string): Invocation {
  let shown = ''
  const command = makeCommand(version)
    .exitOverride()
    .configureOutput({ writeOut: (text) => (shown += text), writeErr: () => undefined })
  try {
    command.parse(args, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return { show: shown }
    // Commander says only how many arguments are too many.
    const message =
      error.code === 'commander.excessArguments' ? `unexpected argument "${command.args.join(' ')}"` : error.message
    throw new UsageError(`${message.replace(/^error: /, '')}.`.replace(/\.+$/, '.'))
  }
  readEnvironment(command, env)
  return { show: undefined, server: serverOptions(command.opts()) }
}

function serverOptions(values: ReturnType<ServerCommand['opts']>): SandboxServerOptions & { readonly graceMs: number } {
  const { maxSessions, maxDiskBytes, maxMemoryBytes, rateLimit, gracePeriod = 10 } = values
  return {
    ...present('host', values.host),
    ...present('port', values.port),
    ...present('dataDir', values.dataDir),
    ...present('engine', values.engine),
    allowUnsafe: values.allowUnsafe === true,
    warmSandboxes: values.warmSandboxes ?? 2,
    ...present('token', values.token),
    ...present('jwt', jwtOptions(values)),
    ...present('corsOrigins', values.corsOrigin),
    limits: {
      ...present('maxSessions', maxSessions),
      ...present('maxDiskBytes', maxDiskBytes),
      ...present('maxMemoryBytes', maxMemoryBytes),
      ...present('requestsPerMinute', rateLimit),
    },
    logLevel: values.logLevel ?? 'info',
    graceMs: gracePeriod * 1_000,
  }
}

/** Commander's own `env` takes any value of a switch for true, even `false`. */
function readEnvironment(command: ServerCommand, env: NodeJS.ProcessEnv): void {
  for (const option of command.options) {
    const variable = `SANDBOX_SERVER_${option.name().replaceAll('-', '_').toUpperCase()}`
    const name = option.attributeName()
    const value = env[variable]
    if (value === undefined || name === 'version' || command.getOptionValueSource(name) !== undefined) continue
    // The list of options loses the type; the parsers above return the right one.
    const parsed: unknown = option.required ? option.parseArg?.<unknown>(value, undefined) : truth(variable, value)
    command.setOptionValueWithSource(name, parsed, 'env')
  }
}

function truth(variable: string, value: string): boolean {
  if (['1', 'true', 'yes'].includes(value.toLowerCase())) return true
  if (['', '0', 'false', 'no'].includes(value.toLowerCase())) return false
  throw new UsageError(`${variable} must be true or false, got "${value}".`)
}

function jwtOptions(values: ReturnType<ServerCommand['opts']>): JwtOptions | undefined {
  const { jwtSecret: secret, jwksUrl, jwtAudience: audience, jwtIssuer: issuer } = values
  if (secret !== undefined && jwksUrl !== undefined) {
    throw new UsageError('Give either --jwt-secret or --jwks-url, not both.')
  }
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

function text(name: string): (value: string) => string {
  return (value) => {
    if (value === '') throw new UsageError(`--${name} must not be empty.`)
    return value
  }
}

function url(name: string): (value: string) => string {
  return (value) => {
    if (!URL.canParse(value)) throw new UsageError(`--${name} must be a URL.`)
    return value
  }
}

/** Repeated, or separated by commas, or both. */
function origins(value: string, earlier: string[] = []): string[] {
  const more = value.split(',').map((each) => {
    try {
      return readOrigin(each.trim())
    } catch (error) {
      throw new UsageError(`--cors-origin: ${error instanceof Error ? error.message : String(error)}`)
    }
  })
  return [...earlier, ...more]
}

function integer(name: string, minimum: number, maximum = Number.MAX_SAFE_INTEGER): (value: string) => number {
  return (value) => {
    const number = /^\d+$/.test(value) ? Number(value) : Number.NaN
    if (number >= minimum && number <= maximum) return number
    const range = maximum < Number.MAX_SAFE_INTEGER ? `from ${minimum} to ${maximum}` : `of at least ${minimum}`
    throw new UsageError(`--${name} must be a whole number ${range}, got "${value}".`)
  }
}

function oneOf<Choice extends string>(name: string, choices: readonly Choice[]): (value: string) => Choice {
  return (value) => {
    const choice = choices.find((candidate) => candidate === value)
    if (choice === undefined) throw new UsageError(`--${name} must be one of ${choices.join(', ')}, got "${value}".`)
    return choice
  }
}

function present<Name extends string, Value>(name: Name, value: Value | undefined): Partial<Record<Name, Value>>
function present(name: string, value: unknown): object {
  return value === undefined ? {} : { [name]: value }
}
