import { describe, expect, test } from 'vitest'
import { formatBytes, formatDuration, visible } from '../src/format.js'
import { table } from '../src/table.js'

describe('numbers for people', () => {
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [99_949, '99.9 kB'],
    [99_951, '100 kB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [3e15, '3000 TB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })

  test.each([
    [0, '0.0s'],
    [9_940, '9.9s'],
    [9_960, '10s'],
    [59_499, '59s'],
    [59_500, '1m 0s'],
    [3_599_000, '59m 59s'],
    [3_600_000, '1h 0m'],
    [100_000_000, '27h 46m'],
  ])('%d ms are %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text)
  })
})

test('what a terminal obeys becomes visible, and nothing else changes', () => {
  expect(visible('a\u001b[31m\r\n\u0085\u202eb')).toBe(String.raw`a\u001b[31m\u000d\u000a\u0085\u202eb`)
  expect(visible('grüße 日本 👩‍👩‍👧')).toBe('grüße 日本 👩‍👩‍👧')
})

test('columns are as wide as their widest cell', () => {
  expect(
    table(
      ['A', 'LONG', 'C'],
      [
        ['xyz', '', 'end'],
        ['1', 'v', ''],
      ],
    ),
  ).toBe('A    LONG  C\nxyz        end\n1    v')
})
