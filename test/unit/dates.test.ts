import { expect, test } from 'vitest'
import { dateOf } from '../../src/internal/dates.js'

test.each([
  ['2026-11-22T10:00:00.123Z', '2026-11-22T10:00:00.123Z'],
  ['2026-11-22t10:00:00z', '2026-11-22T10:00:00.000Z'],
  ['2026-11-22T10:00:00.123456789+02:00', '2026-11-22T08:00:00.123Z'],
  ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
  ['2017-01-01T01:59:60.75+02:00', '2017-01-01T00:00:00.000Z'],
])('%s is %s', (text, instant) => {
  expect(dateOf(text).toISOString()).toBe(instant)
})

test.each(['', 'yesterday', '2026-11-22T10:00:61Z'])('%j is no date', (text) => {
  expect(dateOf(text).getTime()).toBeNaN()
})
