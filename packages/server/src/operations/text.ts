import { invalidParameter } from '../http/api-error.js'

const loneSurrogate = /\p{Surrogate}/u

/**
 * JSON can hold half of a surrogate pair, and UTF-8 can't: U+FFFD would replace it, and something else would run than was sent.
 *
 * @throws {ApiError} 400 `INVALID_PARAMETER`.
 */
export function assertText(parameter: string, text: string): void {
  if (!loneSurrogate.test(text)) return
  throw invalidParameter(`${parameter} must be well-formed text: it has half of a surrogate pair.`, { parameter })
}
