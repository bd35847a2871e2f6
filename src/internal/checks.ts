/**
 * Argument checks, made before a request leaves. Every limit comes from generated/.
 */
import { SessionId } from '../../generated/schemas.js'
import { SandboxValidationError } from '../errors.js'
import { isRecord } from './guards.js'
import { largestTimer } from './timers.js'

const uuid = new RegExp(SessionId.pattern)
const loneSurrogate = /\p{Surrogate}/u

export interface IntegerLimits {
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
  throw refused(parameter, `an integer ${range}`, value)
}

export function checkNumber(
  parameter: string,
  value: unknown,
  { minimum, maximum }: { readonly minimum: number; readonly maximum: number },
): void {
  if (typeof value === 'number' && value >= minimum && value <= maximum) return
  throw refused(parameter, `a number from ${minimum} to ${maximum}`, value)
}

/** A UUID, so that nothing else can reach the path of a URL. */
export function checkSessionId(value: unknown): string {
  if (typeof value === 'string' && uuid.test(value)) return value
  throw refused('sessionId', 'a UUID', value)
}

/** A path parameter, encoded so that it stays one segment and can't lead elsewhere. */
export function checkPathValue(parameter: string, value: unknown): string {
  const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value
  if (typeof text === 'string' && text !== '' && text !== '.' && text !== '..') {
    return encodeURIComponent(checkWellFormed(parameter, text))
  }
  throw refused(parameter, 'a number or a non-empty string other than . and ..', value)
}

export function checkText(parameter: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return checkWellFormed(parameter, value)
  throw refused(parameter, 'a non-empty string', value)
}

/** UTF-8 has no lone surrogates: each would silently arrive as U+FFFD. */
export function checkWellFormed(parameter: string, text: string): string {
  if (!loneSurrogate.test(text)) return text
  throw new SandboxValidationError(
    `${parameter} must be well-formed text: it has half of a surrogate pair, which UTF-8 can't carry.`,
    parameter,
  )
}

/** An object whose properties can be read. A Map, a Headers or an array would look like an object without properties. */
export function checkObject(parameter: string, value: unknown): void {
  if (isPropertyBag(value)) return
  throw refused(parameter, 'an object', value)
}

function isPropertyBag(value: unknown): value is Record<string, unknown> {
  try {
    return isRecord(value) && Object.prototype.toString.call(value) === '[object Object]'
  } catch {
    // A revoked proxy.
    return false
  }
}

/** Null counts as undefined, as it does for `fetch`. */
export function checkSignal(value: unknown): AbortSignal | undefined {
  if (value === undefined || value === null) return undefined
  if (value instanceof AbortSignal || isSignalLike(value)) return value
  const hint = typeof AbortController === 'function' && value instanceof AbortController
  throw new SandboxValidationError(
    `signal must be an AbortSignal, got ${hint ? 'an AbortController: pass its signal' : show(value)}.`,
    'signal',
  )
}

/** Also a signal of another realm, or of a library. */
function isSignalLike(value: unknown): value is AbortSignal {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'aborted') === 'boolean' &&
    typeof Reflect.get(value, 'addEventListener') === 'function' &&
    typeof Reflect.get(value, 'removeEventListener') === 'function'
  )
}

export function checkFunction(parameter: string, value: unknown): void {
  if (value === undefined || typeof value === 'function') return
  throw refused(parameter, 'a function', value)
}

/** An object with some or all of these methods. It may be an instance of any class. */
export function checkListeners(parameter: string, value: unknown, names: readonly string[], needed?: 'all'): void {
  if (value === undefined) return
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null || Array.isArray(value)) {
    const methods = names.join(', ')
    throw new SandboxValidationError(
      `${parameter} must be an object with methods of the names ${methods}; got ${show(value)}.`,
      parameter,
      value,
    )
  }
  for (const name of names) {
    const method: unknown = Reflect.get(value, name)
    if (typeof method === 'function' || (method === undefined && needed === undefined)) continue
    throw refused(`${parameter}.${name}`, 'a function', method)
  }
}

export function checkOptionalText(parameter: string, value: unknown): void {
  if (value !== undefined) checkText(parameter, value)
}

export function checkOneOf(parameter: string, value: unknown, allowed: readonly string[]): void {
  if (value === undefined || (typeof value === 'string' && allowed.includes(value))) return
  throw refused(parameter, `one of ${allowed.join(', ')}`, value)
}

export function checkBoolean(parameter: string, value: unknown): void {
  if (value === undefined || typeof value === 'boolean') return
  throw refused(parameter, 'true or false', value)
}

/** A path below the sandbox root. Only the server can tell whether a link on the way leads out. */
export function checkRelativePath(parameter: string, value: unknown): string {
  const path = checkText(parameter, value)
  if (path.startsWith('/') || path.includes('\0') || leavesRoot(path)) {
    throw refused(parameter, 'relative to the sandbox root and stay below it', value)
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

/** An object that JSON can carry without silently losing anything. */
export function checkMetadata(value: unknown): void {
  if (value === undefined) return
  if (isPropertyBag(value) && isJsonSafe(value)) return
  throw new SandboxValidationError(
    'metadata must be an object that JSON can carry: of strings, finite numbers, booleans, null, arrays and such objects.',
    'metadata',
    value,
  )
}

function isJsonSafe(value: object): boolean {
  try {
    const text = JSON.stringify(value, (key, each: unknown) => {
      if (loneSurrogate.test(key) || !isCarried(each)) throw new TypeError('JSON would drop or change it')
      return each
    })
    return text.startsWith('{')
  } catch {
    return false
  }
}

/** A property that is undefined counts as missing, as everywhere. */
function isCarried(value: unknown): boolean {
  switch (typeof value) {
    case 'string':
      return !loneSurrogate.test(value)
    case 'number':
      return Number.isFinite(value)
    case 'object':
      return value === null || Array.isArray(value) || isPropertyBag(value)
    case 'function':
    case 'symbol':
      return false
    default:
      return true
  }
}

/** Variables by name. The values are not shown: they are often secrets. */
export function checkEnvironment(value: unknown): void {
  if (value === undefined) return
  if (!isPropertyBag(value)) throw new SandboxValidationError('env must be an object of strings.', 'env')
  for (const [name, each] of Object.entries(value)) {
    if (name === '' || name.includes('=') || name.includes('\0')) {
      throw new SandboxValidationError(`env has an impossible variable name: ${show(name)}.`, 'env')
    }
    if (typeof each !== 'string' || each.includes('\0')) {
      throw new SandboxValidationError(`env.${name} must be a string without NUL.`, `env.${name}`)
    }
    checkWellFormed('env', name)
    checkWellFormed(`env.${name}`, each)
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
  throw refused('maxRetries', 'an integer of at least 0', value)
}

/** Names and values that a header can hold. The values are not shown: they may be secrets. */
export function checkHeaders(value: unknown): Readonly<Record<string, string>> {
  if (value === undefined) return {}
  if (!isPropertyBag(value)) throw new SandboxValidationError('headers must be an object of strings.', 'headers')
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

function isHeaderSafe(value: string): boolean {
  return /^[\x20-\x7e]*$/.test(value)
}

/** Refuses what a header can't hold, and never shows it: `Headers` itself would put the secret into its error. */
export function checkSecret(parameter: 'bearerToken' | 'apiKey', secret: unknown): string {
  if (typeof secret === 'string' && secret !== '' && isHeaderSafe(secret) && !secret.includes(' ')) return secret
  throw new SandboxValidationError(
    `${parameter} must be a non-empty string of printable ASCII without spaces or line breaks.`,
    parameter,
  )
}

/** The error of an argument. */
export function refused(parameter: string, expected: string, value: unknown): SandboxValidationError {
  return new SandboxValidationError(`${parameter} must be ${expected}, got ${show(value)}.`, parameter, value)
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value)
  if (typeof value === 'object' && value !== null) return isArray(value) ? 'an array' : 'an object'
  if (typeof value === 'function') return 'a function'
  return String(value)
}

function isArray(value: object): boolean {
  try {
    return Array.isArray(value)
  } catch {
    // A revoked proxy.
    return false
  }
}
