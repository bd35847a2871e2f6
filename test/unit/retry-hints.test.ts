import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rateLimit, retryAfterMs } from '../../src/transport/retry-hints.js'

const now = Date.UTC(2026, 10, 22, 10)

describe('retryAfterMs', () => {
  test.each([
    ['seconds', { 'retry-after': '30' }, 30_000],
    ['no seconds', { 'retry-after': '0' }, 0],
    ['a date', { 'retry-after': 'Sun, 22 Nov 2026 10:00:45 GMT' }, 45_000],
    ['a date of the past', { 'retry-after': 'Sun, 22 Nov 2026 09:00:00 GMT' }, 0],
    ['the end of the window', { 'x-ratelimit-reset': String(now / 1000 + 12) }, 12_000],
    ['both, of which Retry-After wins', { 'retry-after': '5', 'x-ratelimit-reset': String(now / 1000 + 12) }, 5000],
    [
      'garbage beside the end of the window',
      { 'retry-after': 'soon', 'x-ratelimit-reset': String(now / 1000 + 12) },
      12_000,
    ],
    ['a negative number', { 'retry-after': '-5' }, undefined],
    ['a fraction', { 'retry-after': '1.5' }, undefined],
    ['nothing', {}, undefined],
  ])('%s', (_, headers: Record<string, string>, expected) => {
    expect(retryAfterMs(new Headers(headers), now)).toBe(expected)
  })

  test('is never negative nor not a number, whatever comes', () => {
    const text = fc.oneof(
      fc.stringMatching(/^[\x21-\x7e]*$/),
      fc.integer().map(String),
      fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
    )
    fc.assert(
      fc.property(text, text, (retryAfter, reset) => {
        const headers = new Headers({ 'retry-after': retryAfter, 'x-ratelimit-reset': reset })
        const wait = retryAfterMs(headers, now)
        expect(wait === undefined || (wait >= 0 && !Number.isNaN(wait))).toBe(true)
        const { reset: date } = rateLimit(headers, now)
        expect(date === undefined || !Number.isNaN(date.getTime())).toBe(true)
      }),
    )
  })
})
