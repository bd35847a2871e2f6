import { SandboxAPIError, SandboxValidationError } from 'sandbox-sessions-sdk'
import type { components, operations } from 'sandbox-sessions-sdk/sandbox-api'

type Schemas = components['schemas']
type Query<Id extends keyof operations> = Id extends unknown
  ? keyof NonNullable<operations[Id]['parameters']['query']>
  : never

/** What a message of the SDK or of a server can be about. */
type Parameter =
  | keyof Schemas['CreateSessionRequest']
  | `resources.${keyof Schemas['Resources']}`
  | `network.${keyof Schemas['Network']}`
  | keyof Schemas['UpdateSessionRequest']
  | keyof Schemas['CommandRequest']
  | keyof Schemas['CodeRequest']
  | Query<'listSessions' | 'listFiles' | 'uploadFile' | 'statFile' | 'downloadFile' | 'deleteFile'>
  | keyof operations['getSession']['parameters']['path']
  | 'apiUrl'
  | 'bearerToken'
  | 'apiKey'
  | 'content'

/** The name of each here: the flag, or a word when it is an argument. */
const names: Readonly<Record<Parameter, string>> = {
  apiKey: 'SANDBOX_API_KEY',
  apiUrl: '--url (SANDBOX_API_URL)',
  bearerToken: '--token (SANDBOX_API_TOKEN)',
  checksum: 'The checksum',
  code: 'The code',
  command: 'The command',
  content: 'The content',
  cwd: '--cwd',
  encoding: 'The encoding',
  env: '--env',
  filePath: 'The path',
  image: '--image',
  language: '--language',
  limit: 'The limit',
  metadata: '--metadata',
  mode: 'The mode',
  offset: 'The offset',
  overwrite: '--overwrite',
  path: 'The path',
  network: 'The network',
  'network.allow': '--allow',
  recursive: '--recursive',
  resources: 'The limits',
  'resources.cpu': '--cpu',
  'resources.diskMb': '--disk',
  'resources.memoryMb': '--memory',
  'resources.processes': '--processes',
  sessionId: 'The session id',
  stdin: 'Standard input',
  stdinEncoding: 'The encoding',
  timeout: '--timeout',
  ttl: '--ttl',
}

const nameOf = new Map<string, string>(Object.entries(names))

/** Advice for programmers, and what replaces it here. */
const phrases: readonly (readonly [from: RegExp | string, to: string])[] = [
  [/\bSet (overwrite|recursive)=true\b/g, 'Use --$1'],
  [/\b(overwrite|recursive)=true\b/g, '--$1'],
  [/\beither bearerToken or apiKey\b/g, `either ${names.bearerToken} or ${names.apiKey}`],
  [/\bbearerToken or apiKey\b/g, '--token'],
  [/\bSet apiUrl\b/g, 'Set --url'],
  [
    "give its CA's certificate to createNodeFetch of sandbox-sessions-sdk/node (as ca), or name its file in",
    "name the file of its CA's certificate in",
  ],
  [': give one to createNodeFetch of sandbox-sessions-sdk/node (cert, key)', ', which this command has no option for'],
]

/** The message of an error, naming the options of the command instead of those of the SDK and the API. */
export function inFlags(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  if (!(error instanceof SandboxAPIError || error instanceof SandboxValidationError)) return message
  const renamed = rename(message, parameterOf(error))
  return phrases.reduce((text, [from, to]) => text.replaceAll(from, to), renamed)
}

function parameterOf(error: SandboxAPIError | SandboxValidationError): string | undefined {
  if (error instanceof SandboxValidationError) return error.parameter
  const parameter = error.details?.['parameter']
  return typeof parameter === 'string' ? parameter : undefined
}

/** A message begins with its subject. One of several, such as a variable, follows a dot: `env.NAME`. */
function rename(message: string, parameter: string | undefined): string {
  if (parameter === undefined || !message.startsWith(`${parameter} `)) return message
  const whole = nameOf.get(parameter)
  const [, first = '', rest = ''] = whole === undefined ? (/^([^.]*)\.?(.*)$/s.exec(parameter) ?? []) : []
  const name = whole ?? nameOf.get(first)
  if (name === undefined) return message
  const after = message.slice(parameter.length)
  // The message names it already, by its environment variable.
  const short = /^(.+) \((\w+)\)$/.exec(name)
  const shown = short !== null && after.includes(short[2] ?? '') ? (short[1] ?? name) : name
  return rest === '' ? shown + after : `${shown} ${rest}${after}`
}
