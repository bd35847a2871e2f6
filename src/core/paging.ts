import { type IntegerLimits, checkOptionalInteger } from '../internal/checks.js'

/** How a page of a listing differs from the one that the caller named. */
export interface Paging {
  /** Default the caller's. */
  readonly offset: number | undefined
  /** Whether the pages are as large as can be, unless the caller named a limit. */
  readonly largest: boolean
}

/** What a caller says about a page. */
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
  // Not `??`: null is a mistake of the caller, and is refused as one.
  const limit = request.limit === undefined && paging.largest ? limits.limit.maximum : request.limit
  const offset = paging.offset ?? request.offset
  checkOptionalInteger('limit', limit, limits.limit)
  checkOptionalInteger('offset', offset, limits.offset)
  return { limit, offset }
}
