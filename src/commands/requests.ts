import { limits } from '../../generated/calls.js'
import { CodeLanguage as languages } from '../../generated/enums.js'
import { type Input, defined } from '../core/input.js'
import type { Wire } from '../core/wire.js'
import { SandboxValidationError } from '../errors.js'
import { encodeBase64 } from '../internal/base64.js'
import { exactText, isBytes } from '../internal/bytes.js'
import {
  checkEnvironment,
  checkObject,
  checkOneOf,
  checkOptionalInteger,
  checkRelativePath,
  checkText,
  checkWellFormed,
} from '../internal/checks.js'
import type { OutputEncoding, OutputOptions } from './output-form.js'

/** How a command or code runs. */
export interface ExecutionOptions<Encoding extends OutputEncoding = 'text'>
  extends
    OutputOptions<Encoding>,
    Omit<Input<Wire['CommandRequest']>, 'command' | 'stdin' | 'stdinEncoding' | 'encoding'> {
  /**
   * What the process reads from its standard input, followed by the end of input. Text is sent as UTF-8, and bytes as they are;
   * a server before version 1.2.0 takes only bytes that are UTF-8.
   */
  readonly stdin?: string | Uint8Array | undefined
}
/** A shell command, and how it runs. */
export interface CommandRequest<Encoding extends OutputEncoding = 'text'>
  extends ExecutionOptions<Encoding>, Pick<Input<Wire['CommandRequest']>, 'command'> {}
/** The text of a program, and how it runs. */
export interface CodeRequest<Encoding extends OutputEncoding = 'text'>
  extends ExecutionOptions<Encoding>, Pick<Input<Wire['CodeRequest']>, 'code' | 'language'> {}

/** The languages that code can be written in. */
export const CodeLanguage = languages
export type CodeLanguage = Wire['CodeLanguage']

export function commandBody(request: CommandRequest<OutputEncoding>): Wire['CommandRequest'] {
  checkObject('request', request)
  return { command: checkText('command', request.command), ...executionBody(request, limits.executeCommand) }
}

export function codeBody(request: CodeRequest<OutputEncoding>): Wire['CodeRequest'] {
  checkObject('request', request)
  const { code, language } = request
  checkOneOf('language', language, Object.values(languages))
  return { code: checkText('code', code), ...defined({ language }), ...executionBody(request, limits.executeCode) }
}

type Execution = Omit<Wire['CommandRequest'], 'command'>

function executionBody(
  { timeout, env, cwd, stdin, encoding, onLostBytes }: ExecutionOptions<OutputEncoding>,
  own: typeof limits.executeCommand | typeof limits.executeCode,
): Execution {
  checkOptionalInteger('timeout', timeout, own.timeout)
  checkEnvironment(env)
  if (cwd !== undefined) checkRelativePath('cwd', cwd)
  checkOneOf('encoding', encoding, ['text', 'bytes'])
  if (onLostBytes !== undefined && typeof onLostBytes !== 'function') {
    throw new SandboxValidationError('onLostBytes must be a function.', 'onLostBytes')
  }
  return { ...defined({ timeout, env, cwd }), ...inputBody(stdin), ...(encoding === 'bytes' && { encoding: 'base64' }) }
}

/** Bytes that are UTF-8 are sent as text, which every server takes. */
function inputBody(stdin: unknown): Pick<Execution, 'stdin' | 'stdinEncoding'> {
  if (stdin === undefined) return {}
  if (typeof stdin === 'string') return { stdin: checkWellFormed('stdin', stdin) }
  if (!isBytes(stdin)) throw new SandboxValidationError('stdin must be a string or a Uint8Array.', 'stdin')
  const text = exactText(stdin)
  return text === undefined ? { stdin: encodeBase64(stdin), stdinEncoding: 'base64' } : { stdin: text }
}
