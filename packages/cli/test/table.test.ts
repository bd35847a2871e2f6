/** Tables fit the width that they are given. */
import fc from 'fast-check'
import stringWidth from 'string-width'
import { describe, expect, test } from 'vitest'
import { shorten } from '../src/shorten.js'
import { table } from '../src/table.js'

const headings = ['ID', 'NAME', 'TIME', 'TEXT']
const fit = (width: number | undefined) => ({
  width,
  measures: [
    ['TEXT', 6],
    ['TIME', 0],
    ['NAME', 4],
    ['TEXT', 0],
  ] as const,
})
const rows = [
  ['1', 'a name', '12:00', 'a rather long text'],
  ['22', 'b', '13:00', 'short'],
]

describe('[C4] a table', () => {
  test('has all of it where nobody says how wide it may be', () => {
    const all = 'ID  NAME    TIME   TEXT\n1   a name  12:00  a rather long text\n22  b       13:00  short'
    expect(table(headings, rows)).toBe(all)
    expect(table(headings, rows, fit(undefined))).toBe(all)
    expect(table(headings, rows, fit(37))).toBe(all)
  })

  test('gets narrower in the order that it is told, and no more than it must', () => {
    expect(table(headings, rows, fit(36))).toBe(
      'ID  NAME    TIME   TEXT\n1   a name  12:00  a rather long te…\n22  b       13:00  short',
    )
    expect(table(headings, rows, fit(24))).toBe('ID  NAME    TEXT\n1   a name  a rather lo…\n22  b       short')
    expect(table(headings, rows, fit(17))).toBe('ID  NAME   TEXT\n1   a na…  a rat…\n22  b      short')
    expect(table(headings, rows, fit(10))).toBe('ID  NAME\n1   a name\n22  b')
  })

  test('counts what a terminal shows: wide and combining characters', () => {
    const wide = [
      ['日本', 'x'],
      ['e\u0301', 'y'],
      ['👩‍👩‍👧', 'z'],
    ]
    expect(table(['A', 'B'], wide)).toBe('A     B\n日本  x\ne\u0301     y\n👩‍👩‍👧    z')
  })

  test('is never wider than it may be, as far as its measures go', () => {
    const cell = fc.string({ unit: 'grapheme', maxLength: 40 })
    const some = fc.array(fc.tuple(cell, cell, cell, cell), { maxLength: 5 })
    fc.assert(
      fc.property(some, fc.integer({ min: 1, max: 120 }), (anyRows, width) => {
        const measures = headings.map((heading) => [heading, heading === 'ID' ? 2 : 0] as const)
        const lines = table(headings, anyRows, { width, measures }).split('\n')
        for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(Math.max(2, width))
      }),
    )
  })
})

describe('[C4] a text that is too long', () => {
  test.each([
    ['abcdef', 6, 'end', 'abcdef'],
    ['abcdef', 5, 'end', 'abcd…'],
    ['abcdef', 5, 'middle', 'ab…ef'],
    ['abcdef', 1, 'middle', '…'],
    ['日本語', 5, 'end', '日本…'],
    ['日本語', 4, 'end', '日…'],
    ['e\u0301e\u0301e\u0301', 2, 'end', 'e\u0301…'],
    ['a/日本/b.txt', 9, 'middle', 'a/日….txt'],
  ] as const)('%s in %d: %s', (text, width, place, short) => {
    expect(shorten(text, width, place)).toBe(short)
  })
})
