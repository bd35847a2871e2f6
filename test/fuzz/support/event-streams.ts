import * as fc from 'fast-check'
import { encoded } from './encoded-output.js'
import type { SchemaGenerators } from './generators.js'

export interface StreamEvent {
  readonly event: string
  /** JSON, of the schema that the event has. */
  readonly data: string
}

/** Streams as the spec wants them: output, then one exit without output, or one error. */
export function validStreams(generators: SchemaGenerators): fc.Arbitrary<readonly StreamEvent[]> {
  const schema = (name: string): fc.Arbitrary<unknown> => {
    const ref = { $ref: `#/components/schemas/${name}` }
    return fc.oneof(generators.valid(ref), generators.boundary(ref)).map(encoded)
  }
  const output = fc.tuple(fc.constantFrom('stdout', 'stderr'), schema('OutputEvent')).map(eventOf)
  const exit = schema('CommandResult').map((result) =>
    eventOf(['exit', { ...asObject(result), stdout: '', stderr: '' }]),
  )
  const error = schema('Error').map((body) => eventOf(['error', body]))
  const end = fc.oneof({ arbitrary: exit, weight: 3 }, { arbitrary: error, weight: 1 })
  return fc.tuple(fc.array(output, { maxLength: 8 }), end).map(([outputs, last]) => [...outputs, last])
}

/** Streams with something wrong: events out of order, lost, unknown, or not what their schema says. */
export function garbledStreams(generators: SchemaGenerators): fc.Arbitrary<readonly StreamEvent[]> {
  const valid = validStreams(generators)
  const broken = fc.oneof(
    ...[['stdout', 'OutputEvent'] as const, ['exit', 'CommandResult'] as const, ['error', 'Error'] as const].map(
      ([event, name]) =>
        generators.broken({ $ref: `#/components/schemas/${name}` }).map(({ value }) => eventOf([event, value])),
    ),
    fc
      .tuple(fc.constantFrom('stdout', 'exit', 'error', 'later', ''), garbage)
      .map(([event, data]) => ({ event, data })),
  )
  return fc.oneof(
    valid.map((events) => events.toReversed()),
    valid.map((events) => events.slice(0, -1)),
    valid.map((events) => [...events, ...events]),
    fc.tuple(valid, broken, fc.nat()).map(([events, one, place]) => events.toSpliced(place % events.length, 0, one)),
    fc.array(broken, { maxLength: 4 }),
  )
}

/** The bytes of a stream, in one of the spellings that server-sent events have. */
export function bytesOf(events: readonly StreamEvent[], spelling: Spelling): Uint8Array {
  const { newline, comments, mark } = spelling
  const blocks = events.map(({ event, data }) => [
    ...(comments ? [': keep-alive', ''] : []),
    ...(event === '' ? [] : [`event: ${event}`]),
    ...data.split(/\r\n|\r|\n/).map((line) => `data: ${line}`),
    '',
    '',
  ])
  return Buffer.from((mark ? '\ufeff' : '') + blocks.map((lines) => lines.join(newline)).join(''))
}

export interface Spelling {
  readonly newline: string
  readonly comments: boolean
  /** A byte order mark at the start. */
  readonly mark: boolean
}

export const spellings: fc.Arbitrary<Spelling> = fc.record({
  newline: fc.constantFrom('\n', '\r\n'),
  comments: fc.boolean(),
  mark: fc.boolean(),
})

/** The same bytes in pieces, which may part a character. */
export function inPieces(bytes: Uint8Array, size: number): Uint8Array[] {
  // A megabyte in single bytes would take minutes.
  const length = Math.max(size, Math.ceil(bytes.length / 50))
  return Array.from({ length: Math.ceil(bytes.length / length) }, (_, index) =>
    bytes.subarray(index * length, (index + 1) * length),
  )
}

const garbage = fc.oneof(
  fc.constantFrom('', '{', 'null', '[]', '"text"', '{"data":', '{"data":1}', '{"status":"completed"}', '\0', '\ufffd'),
  fc.string({ unit: 'binary', maxLength: 50 }),
)

function eventOf([event, value]: readonly [string, unknown]): StreamEvent {
  return { event, data: JSON.stringify(value) }
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {}
}
