import type { RateLimit } from '../errors.js'

/** How long the server asks to wait: `Retry-After` as seconds or an HTTP date, else `X-RateLimit-Reset`. */
export function retryAfterMs(headers: Headers, now: number): number | undefined {
  const retryAfter = headers.get('retry-after')?.trim()
  const seconds = integer(retryAfter)
  if (seconds !== undefined) return seconds * 1000
  // An HTTP date starts with the name of a day; Date.parse alone would take "1.5" or "-3" for a date.
  const date = retryAfter !== undefined && /^[A-Za-z]{3,9},? /.test(retryAfter) ? Date.parse(retryAfter) : NaN
  if (!Number.isNaN(date)) return Math.max(0, date - now)
  const reset = resetDate(headers)
  return reset === undefined ? undefined : Math.max(0, reset.getTime() - now)
}

/** What the three rate limit headers say, and how long to wait. */
export function rateLimit(headers: Headers, now: number): RateLimit {
  return {
    limit: integer(headers.get('x-ratelimit-limit')),
    remaining: integer(headers.get('x-ratelimit-remaining')),
    reset: resetDate(headers),
    retryAfterMs: retryAfterMs(headers, now),
  }
}

function resetDate(headers: Headers): Date | undefined {
  const seconds = integer(headers.get('x-ratelimit-reset'))
  if (seconds === undefined) return undefined
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? undefined : date
}

function integer(text: string | null | undefined): number | undefined {
  const trimmed = text?.trim()
  if (trimmed === undefined || !/^\d{1,15}$/.test(trimmed)) return undefined
  return Number(trimmed)
}
