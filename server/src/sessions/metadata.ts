import { isObject } from '../spec/json.js'
import { InvalidMetadataError } from './errors.js'

/** No honest metadata is nested this deep; far deeper ones end the recursion of whatever writes JSON. */
const deepest = 100

/** @throws {InvalidMetadataError} */
export function assertShallow(metadata: unknown): void {
  let level: unknown[] = [metadata]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > deepest) throw new InvalidMetadataError(deepest)
    level = level.flatMap(childrenOf)
  }
}

function childrenOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value
  return isObject(value) ? Object.values(value) : []
}
