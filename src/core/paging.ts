import { type IntegerLimits, checkOptionalInteger } from '../internal/checks.js'

/** Where a page of a listing is another one than the caller named. */
export interface Paging {
  /** Default the caller's. */
  readonly offset: number | undefined
  /** Whether the pages are as large as can be, unless the caller named a limit. */
  readonly largest: boolean
}

/** What a caller names of a page. */
interface Page {
  readonly limit?: number | undefined
  readonly offset?: number | undefined
}

/** @throws {SandboxValidationError} */
export function pageOf(
  request: Page,
  paging: Paging,
  limits: { readonly limit: IntegerLimits & { readonly maximum: number }; readonly offset: IntegerLimits },
): Page {
  // Not `??`: a null is the caller's mistake, and is told as one.
  const limit = request.limit === undefined && paging.largest ? limits.limit.maximum : request.limit
  const offset = paging.offset ?? request.offset
  checkOptionalInteger('limit', limit, limits.limit)
  checkOptionalInteger('offset', offset, limits.offset)
  return { limit, offset }
}
