import * as fc from 'fast-check'
import { fuzzLimits } from './fuzz-limits.js'

const { maxFileBytes } = fuzzLimits

/** What files hold: of every size up to the limit of the server, and one byte more. */
export const contents: fc.Arbitrary<Uint8Array> = fc.oneof(
  { arbitrary: fc.uint8Array({ maxLength: 100 }), weight: 6 },
  { arbitrary: fc.constantFrom(0, 1, 4096, 30_000).map(filled), weight: 3 },
  { arbitrary: fc.constantFrom(maxFileBytes - 1, maxFileBytes, maxFileBytes + 1).map(filled), weight: 1 },
)

function filled(size: number): Uint8Array {
  return new Uint8Array(size).fill(0x61)
}
