import type { components } from 'sandbox-sessions-sdk/sandbox-api'
import { invalidParameter } from '../http/api-error.js'
import type { CommandRequest } from '../service/commands.js'
import { assertText } from './text.js'

type Body = components['schemas']['CommandRequest']
type Settings = Pick<Body, 'env' | 'cwd' | 'stdin'> & Required<Pick<Body, 'timeout' | 'stdinEncoding' | 'encoding'>>

/**
 * The settings that commands and code have in common.
 *
 * @throws {ApiError} 400 `INVALID_PARAMETER` for text that is not well-formed, and for a `stdin` that is not in its encoding.
 */
export function processSettings(settings: Settings): Omit<CommandRequest, 'programs'> {
  const { env = {}, cwd = '.', stdin = '', stdinEncoding, encoding, timeout } = settings
  assertText('cwd', cwd)
  assertText('stdin', stdin)
  for (const [name, value] of Object.entries(env)) {
    assertText('env', name)
    assertText(`env.${name}`, value)
  }
  return { env, cwd, stdin: bytesOf(stdin, stdinEncoding), encoding, timeout }
}

function bytesOf(stdin: string, encoding: Settings['stdinEncoding']): Uint8Array {
  const bytes = Buffer.from(stdin, encoding)
  // Node reads any text as base64 and skips what is invalid, so that the program would read something else than was sent.
  if (encoding === 'utf-8' || bytes.toString('base64') === stdin) return bytes
  throw invalidParameter(
    'stdin must be base64 in the alphabet of RFC 4648, section 4, with padding and without line breaks, since stdinEncoding is base64.',
    { parameter: 'stdin' },
  )
}
