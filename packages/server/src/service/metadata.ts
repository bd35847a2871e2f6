import { isObject } from '../support/json.js'
import { InvalidMetadataError } from './errors.js'

/** No honest metadata is nested this deep; far deeper ones end the recursion of whatever writes JSON. */
const deepest = 100

/** Refuses what could not be answered as it came. @throws {InvalidMetadataError} */
export function assertKeepable(metadata: unknown): void {
  let level: unknown[] = [metadata]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) throw new InvalidMetadataError(`metadata must not be nested deeper than ${deepest} levels.`)
    // JSON writes null for what 1e400 is read as.
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
