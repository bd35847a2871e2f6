import { isObject } from '../support/json.js'
import { InvalidMetadataError } from './errors.js'

/** No honest metadata is nested this deep. Far deeper metadata would overflow the stack when it is written as JSON. */
const deepest = 100

/** Refuses what could not be returned unchanged. @throws {InvalidMetadataError} */
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
}

function childrenOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value
  return isObject(value) ? Object.values(value) : []
}
