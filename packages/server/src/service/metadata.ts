import { isObject } from '../support/json.js'
import { InvalidMetadataError } from './errors.js'

/** No honest metadata is nested this deep. Far deeper metadata would overflow the stack when it is written as JSON. */
const deepest = 100

/** Bytes of metadata as JSON. It is in every answer about the session, and in every list. */
const largest = 64 * 1024

/** Refuses what could not be returned unchanged, or is too large. @throws {InvalidMetadataError} */
export function assertKeepable(metadata: unknown): void {
  let level: unknown[] = [metadata]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) throw new InvalidMetadataError(`metadata must not be nested deeper than ${deepest} levels.`)
    // 1e400 is read as Infinity, which JSON writes as null.
    if (level.some((value) => typeof value === 'number' && !Number.isFinite(value))) {
      throw new InvalidMetadataError(`metadata must have no number beyond ${Number.MAX_VALUE}.`)
    }
    level = level.flatMap(childrenOf)
  }
  const size = Buffer.byteLength(JSON.stringify(metadata))
  if (size <= largest) return
  throw new InvalidMetadataError(
    `metadata must have at most ${largest} bytes as JSON, got ${size}. Keep more in a file.`,
  )
}

function childrenOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value
  return isObject(value) ? Object.values(value) : []
}
