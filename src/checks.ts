/**
 * Argument checks, made before a request leaves. Every limit comes from generated/constraints.ts.
 */
import { schemas } from '../generated/constraints.js'
import { SandboxValidationError } from './errors.js'
import { isRecord } from './guards.js'

const uuid = new RegExp(schemas.SessionId.pattern)
/** Milliseconds that a timer can hold: a longer one fires at once. */
export const largestTimer = 2 ** 31 - 1

interface IntegerLimits {
  readonly minimum: number
  readonly maximum?: number
}

export function checkOptionalInteger(parameter: string, value: unknown, limits: IntegerLimits): void {
  if (value !== undefined) checkInteger(parameter, value, limits)
}

export function checkInteger(parameter: string, value: unknown, limits: IntegerLimits): void {
  const { minimum, maximum = Number.MAX_SAFE_INTEGER } = limits
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= minimum && value <= maximum) return
  const range = limits.maximum === undefined ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`
  throw new SandboxValidationError(`${parameter} must be an integer ${range}, got ${show(value)}.`, parameter, value)
}

/** A UUID, so that nothing else can reach the path of a URL. */
export function checkSessionId(value: unknown): string {
  if (typeof value === 'string' && uuid.test(value)) return value
  throw new SandboxValidationError(`sessionId must be a UUID, got ${show(value)}.`, 'sessionId', value)
}

export function checkText(parameter: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value
  throw new SandboxValidationError(`${parameter} must be a non-empty string, got ${show(value)}.`, parameter, value)
}

export function checkOptionalText(parameter: string, value: unknown): void {
  if (value !== undefined) checkText(parameter, value)
}

export function checkOneOf(parameter: string, value: unknown, allowed: readonly string[]): void {
  if (value === undefined || (typeof value === 'string' && allowed.includes(value))) return
  throw new SandboxValidationError(
    `${parameter} must be one of ${allowed.join(', ')}, got ${show(value)}.`,
    parameter,
    value,
  )
}

export function checkBoolean(parameter: string, value: unknown): void {
  if (value === undefined || typeof value === 'boolean') return
  throw new SandboxValidationError(`${parameter} must be true or false, got ${show(value)}.`, parameter, value)
}

/** A path below the sandbox root. Whether a link on the way leads out, only the server can tell. */
export function checkRelativePath(parameter: string, value: unknown): string {
  const path = checkText(parameter, value)
  if (path.startsWith('/') || path.includes('\0') || leavesRoot(path)) {
    throw new SandboxValidationError(
      `${parameter} must be relative to the sandbox root and stay below it, got ${show(value)}.`,
      parameter,
      value,
    )
  }
  return path
}

function leavesRoot(path: string): boolean {
  let depth = 0
  for (const part of path.split('/')) {
    if (part === '..') depth -= 1
    else if (part !== '' && part !== '.') depth += 1
    if (depth < 0) return true
  }
  return false
}

/** A plain object that JSON can carry. */
export function checkMetadata(value: unknown): void {
  if (value === undefined) return
  if (isRecord(value) && isJsonSafe(value)) return
  throw new SandboxValidationError('metadata must be an object that JSON can carry.', 'metadata', value)
}

function isJsonSafe(value: object): boolean {
  try {
    return JSON.stringify(value).startsWith('{')
  } catch {
    return false
  }
}

/** Variables by name. The values are not shown: they are often secrets. */
export function checkEnvironment(value: unknown): void {
  if (value === undefined) return
  if (!isRecord(value)) throw new SandboxValidationError('env must be an object of strings.', 'env')
  for (const [name, each] of Object.entries(value)) {
    if (name === '' || name.includes('=') || name.includes('\0')) {
      throw new SandboxValidationError(`env has an impossible variable name: ${show(name)}.`, 'env')
    }
    if (typeof each !== 'string' || each.includes('\0')) {
      throw new SandboxValidationError(`env.${name} must be a string without NUL.`, `env.${name}`)
    }
  }
}

/** Milliseconds that a timer can hold. A longer one would fire at once. */
export function checkTimeoutMs(value: unknown, parameter = 'timeoutMs'): number {
  if (typeof value === 'number' && (value === Infinity || (value > 0 && value <= largestTimer))) return value
  throw new SandboxValidationError(
    `${parameter} must be a number above 0 and up to ${largestTimer}, or Infinity; got ${show(value)}.`,
    parameter,
    value,
  )
}

export function checkMaxRetries(value: unknown): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new SandboxValidationError(
    `maxRetries must be an integer of at least 0, got ${show(value)}.`,
    'maxRetries',
    value,
  )
}

/** Names and values that a header can hold. The values are not shown: they may be secrets. */
export function checkHeaders(value: unknown): Readonly<Record<string, string>> {
  if (value === undefined) return {}
  if (!isRecord(value)) throw new SandboxValidationError('headers must be an object of strings.', 'headers')
  const headers: Record<string, string> = {}
  for (const [name, each] of Object.entries(value)) {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) {
      throw new SandboxValidationError(`headers has an impossible name: ${show(name)}.`, 'headers')
    }
    if (typeof each !== 'string' || !isHeaderSafe(each)) {
      throw new SandboxValidationError(`headers['${name}'] must be a string of printable ASCII.`, 'headers')
    }
    headers[name.toLowerCase()] = each
  }
  return headers
}

export function isHeaderSafe(value: string): boolean {
  return /^[\x20-\x7e]*$/.test(value)
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value)
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'an array' : 'an object'
  if (typeof value === 'function') return 'a function'
  return String(value)
}
