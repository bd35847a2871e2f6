import {
  checkBoolean,
  checkFunction,
  checkHeaders,
  checkMaxRetries,
  checkObject,
  checkSignal,
  checkTimeoutMs,
} from '../internal/checks.js'
import type { RequestOptions } from '../options.js'

/** A call's own options, held against what they may be. */
export interface CheckedOptions {
  readonly signal: AbortSignal | undefined
  readonly timeoutMs: number | undefined
  readonly maxRetries: number | undefined
  readonly headers: Readonly<Record<string, string>> | undefined
}

/**
 * The way of every call's options, also of those that are looked at before the call is made. Giving it its own answer again
 * changes nothing.
 *
 * @throws {SandboxValidationError}
 */
export function checkRequestOptions(options: RequestOptions): CheckedOptions {
  checkObject('options', options)
  const { signal, timeoutMs, maxRetries, headers } = options
  return {
    signal: checkSignal(signal),
    timeoutMs: timeoutMs === undefined ? undefined : checkTimeoutMs(timeoutMs),
    maxRetries: maxRetries === undefined ? undefined : checkMaxRetries(maxRetries),
    headers: headers === undefined ? undefined : checkHeaders(headers),
  }
}

/** Options that some calls have besides. All of a kind have one name, so that one check does for all. */
interface MoreOptions {
  readonly onProgress?: unknown
  readonly onStdout?: unknown
  readonly onStderr?: unknown
  readonly verify?: unknown
  readonly check?: unknown
}

/** {@link checkRequestOptions} for a call that has listeners or switches too. @throws {SandboxValidationError} */
export function checkMoreOptions(options: RequestOptions & MoreOptions): CheckedOptions {
  const checked = checkRequestOptions(options)
  for (const name of ['onProgress', 'onStdout', 'onStderr'] as const) checkFunction(name, options[name])
  for (const name of ['verify', 'check'] as const) checkBoolean(name, options[name])
  return checked
}
