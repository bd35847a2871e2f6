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

/** A call's own options, checked. */
export interface CheckedOptions {
  readonly signal: AbortSignal | undefined
  readonly timeoutMs: number | undefined
  readonly maxRetries: number | undefined
  readonly headers: Readonly<Record<string, string>> | undefined
}

/**
 * Checks the options of every call, also of those that are read before the call is made. Passing in its result again changes
 * nothing.
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

/** More options that some calls have. An option has the same name in all calls, so that one check serves all. */
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
