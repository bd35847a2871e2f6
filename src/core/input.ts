import type { operations } from '../../generated/sandbox-api.js'

/** The query parameters of an operation. */
export type Query<Operation extends keyof operations> = NonNullable<operations[Operation]['parameters']['query']>

/** A type of the spec for callers: read-only, and an optional property that is undefined counts as missing. */
export type Input<T> = {
  readonly [Key in keyof T]: Pick<T, Key> extends Required<Pick<T, Key>> ? T[Key] : T[Key] | undefined
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> }

/** Leaves out the properties that are undefined: they are not sent, and the server's default applies. */
export function defined<T extends object>(properties: T): Defined<T> {
  const kept: Defined<T> = {}
  for (const [key, value] of Object.entries(properties)) {
    if (value !== undefined) Reflect.set(kept, key, value)
  }
  return kept
}
