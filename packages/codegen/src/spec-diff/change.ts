/** What a change means for those who use or offer the API, the worst first. */
export const grades = ['breaking', 'additive', 'neutral'] as const
export type Grade = (typeof grades)[number]

export interface Change {
  readonly grade: Grade
  /** What changed, under the nearest name: `CommandResult.exitCode`, `response 503`. */
  readonly subject: string
  readonly what: string
  /** Who fails, when the change breaks something. */
  readonly why: string
  /** Where it occurs: `POST /sessions, response 200`. Empty when the subject says it. */
  readonly place: string
}

/** Who writes what is described: the client in a request, the server in a response. */
export type Direction = 'request' | 'response'

/** A schema before and after, each as its document has it, so that references can lead to it. */
export type SchemaPair = readonly [before: unknown, after: unknown]

/** Where in the documents a comparison stands. */
export interface Site {
  readonly place: string
  readonly subject: string
  readonly direction: Direction
  /** The schema stands beside one that takes any string, so that readers have to expect values that are not listed. */
  readonly open: boolean
  /** The pairs of schemas on the way here, so that a schema that contains itself ends. */
  readonly within: readonly SchemaPair[]
}

export const reasons = {
  refused: 'What clients send today may be refused.',
  unexpected: 'Clients of today do not expect it.',
  unanswered: 'Servers of today may answer differently.',
  missed: 'Those who use it today will miss it.',
  otherwise: 'What is left out today would mean something else.',
  unknown: 'This tool cannot tell whether it is safe.',
} as const

export function worst(changes: readonly Change[]): Grade | undefined {
  return grades.find((grade) => changes.some((change) => change.grade === grade))
}
