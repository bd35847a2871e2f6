/** The pure policy, whatever a server says: when a call is tried again, and how long it waits. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { retryAfterMs } from '../../src/transport/retry-hints.js'
import { type FailedAttempt, type RetryLimits, retryDelayMs } from '../../src/transport/retry.js'

const now = Date.UTC(2026, 10, 22, 10)
const day = 24 * 3600_000
const year = 365 * day

/** The shortest wait that the backoff has before the attempt that follows. */
function floorMs(attempt: number): number {
  return Math.min(500 * 2 ** (attempt - 1), 8000) / 2
}

const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
const date = fc.integer({ min: now - 2 * year, max: now + 2 * year }).map((at) => new Date(at).toUTCString())
const hint = fc.oneof(
  fc.constantFrom('0', '-1', '-0', '', 'soon', '1e3', '0x10', '1.5', 'NaN', 'Infinity', '999999999999999'),
  fc.integer().map(String),
  fc.nat(120).map(String),
  fc.stringMatching(/^[\x21-\x7e]*$/),
  date,
)
const seconds = fc.integer({ min: Math.floor((now - year) / 1000), max: Math.ceil((now + year) / 1000) }).map(String)
const headers = fc
  .record({ 'retry-after': hint, 'x-ratelimit-reset': fc.oneof(hint, seconds) }, { requiredKeys: [] })
  .map((record) => new Headers(Object.entries(record)))
const status = fc.oneof(fc.constantFrom(undefined, 409, 429, 500, 502, 503, 504), fc.integer({ min: 300, max: 599 }))
const limits = fc.record({
  maxRetries: fc.nat(12),
  maxRetryDelayMs: fc.oneof(fc.constant(Infinity), fc.integer({ min: 1, max: 300_000 })),
})

/** An attempt that failed with a response, or without any, as the transport would tell of it. */
const failures = fc
  .record({ attempt: fc.integer({ min: 1, max: 16 }), repeatable: fc.boolean(), status, headers })
  .map(({ headers: said, ...failed }): FailedAttempt => {
    if (failed.status === undefined) return { ...failed, retryAfterMs: undefined, askedToRetry: false }
    return { ...failed, retryAfterMs: retryAfterMs(said, now), askedToRetry: said.has('retry-after') }
  })

/** Holds for every failure, limit and chance. */
function always(holds: (delay: number | undefined, failed: FailedAttempt, limits: RetryLimits) => void): void {
  fc.assert(
    fc.property(failures, limits, chance, (failed, limit, luck) => {
      holds(retryDelayMs(failed, limit, luck), failed, limit)
    }),
    { numRuns: 2000 },
  )
}

describe('whatever the hints say', () => {
  test('no attempt comes faster than the backoff’s floor, unless the caller’s own limit is lower', () => {
    always((delay, { attempt }, { maxRetryDelayMs }) => {
      if (delay !== undefined) expect(delay).toBeGreaterThanOrEqual(Math.min(floorMs(attempt), maxRetryDelayMs))
    })
  })

  test('no attempt comes later than the cap', () => {
    always((delay, _, { maxRetryDelayMs }) => {
      if (delay !== undefined) expect(delay).toBeLessThanOrEqual(maxRetryDelayMs)
    })
  })

  test('no attempt comes earlier than the server asks', () => {
    always((delay, { retryAfterMs: asked = 0 }) => {
      if (delay !== undefined) expect(delay).toBeGreaterThanOrEqual(asked)
    })
  })

  test('a wait is one that a timer can hold: a longer one would end at once', () => {
    always((delay) => {
      if (delay === undefined) return
      expect(delay).toBeGreaterThan(0)
      expect(delay).toBeLessThan(2 ** 31)
    })
  })

  test('a wait beyond the caller’s limit ends the call', () => {
    always((delay, { retryAfterMs: asked = 0 }, { maxRetryDelayMs }) => {
      if (asked > maxRetryDelayMs) expect(delay).toBeUndefined()
    })
  })
})

describe('whether a call is tried again', () => {
  test('never more often than maxRetries', () => {
    always((delay, { attempt }, { maxRetries }) => {
      if (delay !== undefined) expect(attempt).toBeLessThanOrEqual(maxRetries)
    })
  })

  test('a command only after 429, and after 503 with Retry-After', () => {
    always((delay, { repeatable, status: code, askedToRetry }) => {
      if (delay === undefined || repeatable) return
      expect(code === 429 || (code === 503 && askedToRetry)).toBe(true)
    })
  })

  test('no call after an answer that would be the same again', () => {
    const passing = [undefined, 429, 500, 502, 503, 504]
    always((delay, { status: code, askedToRetry }) => {
      if (delay !== undefined) expect(askedToRetry ? [...passing, 409] : passing).toContain(code)
    })
  })

  test('a repeatable call after each of the failures that pass, without a hint', () => {
    const passing = fc.constantFrom(undefined, 429, 500, 502, 503, 504)
    fc.assert(
      fc.property(passing, fc.integer({ min: 1, max: 12 }), limits, chance, (code, attempt, limit, luck) => {
        const failed = { attempt, repeatable: true, status: code, retryAfterMs: undefined, askedToRetry: false }
        expect(retryDelayMs(failed, limit, luck) !== undefined).toBe(attempt <= limit.maxRetries)
      }),
    )
  })

  test('what is tried as a command is tried as a repeatable call too, after the same wait', () => {
    fc.assert(
      fc.property(failures, limits, chance, (failed, limit, luck) => {
        const asCommand = retryDelayMs({ ...failed, repeatable: false }, limit, luck)
        if (asCommand === undefined) return
        expect(retryDelayMs({ ...failed, repeatable: true }, limit, luck)).toBe(asCommand)
      }),
    )
  })
})

describe('the backoff', () => {
  const free: RetryLimits = { maxRetries: Infinity, maxRetryDelayMs: Infinity }
  const lost = { repeatable: true, status: undefined, retryAfterMs: undefined, askedToRetry: false }
  const backoff = (attempt: number, luck: number): number => retryDelayMs({ ...lost, attempt }, free, luck) ?? NaN

  test('grows with each attempt, and doubles until its cap', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), chance, (attempt, luck) => {
        const ratio = backoff(attempt + 1, luck) / backoff(attempt, luck)
        expect(ratio).toBeCloseTo(attempt < 5 ? 2 : 1, 9)
      }),
    )
  })

  test('is from half of 500 ms to 8 s, whatever the chance', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2000 }), chance, (attempt, luck) => {
        expect(backoff(attempt, luck)).toBeGreaterThanOrEqual(floorMs(attempt))
        expect(backoff(attempt, luck)).toBeLessThanOrEqual(2 * floorMs(attempt))
      }),
    )
  })

  test('grows with the chance: calls that failed together do not come again together', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), chance, chance, (attempt, one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)]
        expect(backoff(attempt, less)).toBeLessThanOrEqual(backoff(attempt, more))
      }),
    )
  })

  test('is prolonged by a hint, monotonously, and never shortened', () => {
    const ask = fc.integer({ min: 0, max: 24 * day })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), chance, ask, ask, (attempt, luck, one, other) => {
        const wait = (asked: number): number =>
          retryDelayMs({ ...lost, attempt, status: 503, retryAfterMs: asked }, free, luck) ?? NaN
        expect(wait(Math.min(one, other))).toBeLessThanOrEqual(wait(Math.max(one, other)))
        expect(wait(one)).toBe(Math.max(one, backoff(attempt, luck)))
      }),
    )
  })
})

describe('what the headers say', () => {
  test('is nothing, or a wait of zero or more', () => {
    fc.assert(
      fc.property(headers, fc.integer({ min: 0, max: 4e12 }), (said, at) => {
        const wait = retryAfterMs(said, at)
        expect(wait === undefined || (Number.isFinite(wait) && wait >= 0)).toBe(true)
      }),
    )
  })

  test('does not ask for less as seconds or dates grow', () => {
    const [second, wait] = [
      fc.nat(1e9),
      (value: string) => retryAfterMs(new Headers({ 'retry-after': value }), now) ?? NaN,
    ]
    fc.assert(
      fc.property(second, second, (one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)]
        expect(wait(String(less))).toBeLessThanOrEqual(wait(String(more)))
        const at = (offset: number): string => new Date(now + offset * 1000).toUTCString()
        expect(wait(at(less))).toBeLessThanOrEqual(wait(at(more)))
        expect(wait(at(more))).toBe(wait(String(more)))
        expect(wait(at(-less))).toBe(0)
      }),
    )
  })

  test('a date never leads to an attempt before it', () => {
    fc.assert(
      fc.property(fc.integer({ min: now, max: now + year }), (at) => {
        const whole = Math.floor(at / 1000) * 1000
        expect(now + (retryAfterMs(new Headers({ 'retry-after': new Date(at).toUTCString() }), now) ?? NaN)).toBe(
          Math.max(whole, now),
        )
      }),
    )
  })
})
