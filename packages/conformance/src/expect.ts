import { isDeepStrictEqual } from 'node:util'

/** Something is not as it should be. The message says what, in one line. */
export class Mismatch extends Error {
  override readonly name = 'Mismatch'
}

/** @throws {Mismatch} when the two differ, however deep. */
export function expectEqual(what: string, actual: unknown, expected: unknown): void {
  if (!isDeepStrictEqual(actual, expected)) throw new Mismatch(`${what} is ${show(actual)}, not ${show(expected)}`)
}

/** @throws {Mismatch} */
export function expectThat(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Mismatch(message)
}

const longest = 200

/** A value on one line. */
export function show(value: unknown): string {
  if (value instanceof Date) return value.toISOString()
  const text = value === undefined ? 'missing' : typeof value === 'function' ? value.name : JSON.stringify(value)
  return text.length <= longest ? text : `${text.slice(0, longest)}…`
}
