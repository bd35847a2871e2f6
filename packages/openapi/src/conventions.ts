import type { JsonObject } from './json.js'

/** What an API promises beyond what OpenAPI can express. All of it is optional. */
export interface Conventions {
  /** The answer to a request that names no operation. */
  readonly noOperation?: { readonly statuses: readonly number[]; readonly schema: JsonObject }
  /**
   * A header of a request that comes back with the answer, where the operation has a parameter for it, and in this property of an
   * error's JSON body. A malformed one is replaced, and not refused.
   */
  readonly requestId?: {
    readonly header: string
    readonly property: string
    readonly isError: (body: JsonObject) => boolean
  }
  /** The events of a `text/event-stream`, by their names. */
  readonly events?: Readonly<Record<string, EventRules>>
}

/** What an event of a stream has to look like. */
export interface EventRules {
  /** The schema of its data, which is JSON. */
  readonly schema: JsonObject
  /** Whether a stream ends with it, and with no other. Default false. */
  readonly isLast?: boolean
  /** Says what else is wrong with its data, in words that follow the name of the event. */
  readonly check?: (data: unknown) => string | undefined
}
