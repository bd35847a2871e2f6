import { SandboxAPIError } from 'sandbox-sessions-sdk'
import { commandName } from './command-name.js'
import { exitCodeOf } from './exit-code-of.js'
import { visible } from './format.js'
import { inFlags } from './words.js'

/** Describes a failure for stderr, in one line of text or of JSON. The SDK keeps credentials out of its errors. */
export function report(error: unknown, { json, debug }: { readonly json: boolean; readonly debug: boolean }): string {
  if (json) return `${JSON.stringify({ error: { ...fields(error), exitCode: exitCodeOf(error) } })}\n`
  const requestId = error instanceof SandboxAPIError ? error.requestId : undefined
  const id = requestId === undefined ? '' : ` (request id ${requestId})`
  const line = `${commandName}: ${visible(inFlags(error).replace(/\s*\n\s*/g, ' '))}${visible(id)}\n`
  return debug ? `${line}${stacks(error)}\n` : line
}

function fields(error: unknown): object {
  if (error instanceof SandboxAPIError) return { ...error.toJSON(), message: inFlags(error) }
  return { name: error instanceof Error ? error.name : 'Error', message: inFlags(error) }
}

function stacks(error: unknown): string {
  if (!(error instanceof Error)) return ''
  const stack = error.stack ?? error.message
  return error.cause instanceof Error ? `${stack}\ncaused by ${stacks(error.cause)}` : stack
}
