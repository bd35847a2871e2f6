import type { operations } from '../../generated/sandbox-api.js'

/** The parameters of an operation that stand behind the `?` of its address. */
export type Query<Operation extends keyof operations> = NonNullable<operations[Operation]['parameters']['query']>

/** A type of the spec for callers: read-only, and with an optional property as good as missing when it is undefined. */
export type Input<T> = {
  readonly [Key in keyof T]: Pick<T, Key> extends Required<Pick<T, Key>> ? T[Key] : T[Key] | undefined
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> }

/** Without the properties that are undefined: they are not sent, and the server's default holds. */
export function defined<T extends object>(properties: T): Defined<T> {
  const kept: Defined<T> = {}
  for (const [key, value] of Object.entries(properties)) {
    if (value !== undefined) Reflect.set(kept, key, value)
  }
  return kept
}
