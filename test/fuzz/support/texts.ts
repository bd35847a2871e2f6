import * as fc from 'fast-check'
import type { SchemaFacts } from './schema.js'

type TextFacts = Pick<SchemaFacts, 'format' | 'pattern' | 'minLength' | 'maxLength'>

/** Longer than any buffer that a careless program would make for it. */
const veryLong = 20_000

/** Text that programs stumble over. */
export const oddTexts = [
  ...[
    '',
    ' ',
    '\0',
    'a\0b',
    '\n',
    '\r\n',
    '\t',
    '"',
    "'",
    '\\',
    '/',
    '%00',
    '%',
    '&=#?',
    '<!-- -->',
    '${HOME}',
    '$(id)',
  ],
  ...[
    '\u{1f600}',
    '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}',
    'e\u0301',
    '\u202e',
    '\ufeff',
    '\u2028',
    '\uffff',
    '\u{10ffff}',
  ],
  ...[
    '\ud800',
    '\udc00',
    '\udc00\ud800',
    'a\ud83d',
    '文件',
    'ﷺ',
    '__proto__',
    'constructor',
    'null',
    'undefined',
    'NaN',
  ],
  ...['0', '-1', '1e3', 'true', '[object Object]', '{}', '[]'],
] as const

/** RFC 3339 allows all of these. */
const oddDates = [
  ...[
    '2026-11-22T10:00:00Z',
    '2026-11-22T10:00:00.000Z',
    '2026-11-22T10:00:00.123456789Z',
    '2026-11-22T10:00:00+00:00',
  ],
  ...['2026-11-22T10:00:00-23:59', '2026-11-22T10:00:00+14:00', '2024-02-29T23:59:59.999Z', '2026-11-22T10:00:00.1Z'],
  ...['0000-01-01T00:00:00Z', '1969-12-31T23:59:59Z', '9999-12-31T23:59:59.999Z', '2026-11-22t10:00:00z'],
  ...['2016-12-31T23:59:60Z', '2016-12-31T23:59:60.5+00:00'],
] as const

const wrongDates = [
  ...['', 'yesterday', '2026-11-22', '10:00:00Z', '2026-11-22T10:00:00', '2026-11-22T10:00Z', '1795341600', 'null'],
  ...[
    '2026-02-30T10:00:00Z',
    '2026-13-01T10:00:00Z',
    '2026-11-22T25:00:00Z',
    '2026-11-22T10:61:00Z',
    'Sun, 22 Nov 2026',
  ],
] as const

export function validText(facts: TextFacts): fc.Arbitrary<string> {
  const { format, pattern, minLength, maxLength } = facts
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern.source)).filter(fits(facts))
  if (format === 'uuid') return fc.uuid()
  if (format === 'date-time') {
    return fc
      .date({ noInvalidDate: true, min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z') })
      .map((date) => date.toISOString())
  }
  const limits = { minLength, ...(maxLength !== undefined && { maxLength }) }
  return fc.oneof(fc.string({ unit: 'grapheme-ascii', ...limits }), fc.string({ unit: 'binary', ...limits }))
}

/** At the edges of what is allowed. */
export function boundaryText(facts: TextFacts): fc.Arbitrary<string> {
  const { format, pattern, minLength, maxLength } = facts
  const fitting = fits(facts)
  const sources =
    format === 'date-time' ? oddDates : [...oddTexts, ...lengthsOf(facts).flatMap(stretched(['a', '\u{1f600}']))]
  const found = sources.filter(fitting)
  if (pattern === undefined) return found.length > 0 ? fc.constantFrom(...found) : validText(facts)
  // Whatever matches is repeated up to each edge, and in capitals; where that matches no longer, it stays as it was.
  const lengths = fc.constantFrom(...lengthsOf({ minLength, maxLength }))
  const grown = fc.tuple(validText(facts), lengths, fc.boolean()).map(([text, length, capitals]) => {
    const longer = text.repeat(Math.ceil(length / text.length)).slice(0, length)
    return [capitals ? text.toUpperCase() : longer, text].find(fitting) ?? text
  })
  return fc.oneof(...(found.length > 0 ? [fc.constantFrom(...found)] : []), grown)
}

/** Texts that break one rule, by the name of the rule. */
export function brokenTexts(facts: TextFacts): ReadonlyMap<string, fc.Arbitrary<string>> {
  const { format, pattern, minLength, maxLength } = facts
  const broken = new Map<string, fc.Arbitrary<string>>()
  if (minLength > 0) broken.set('too short', fc.constant('a'.repeat(minLength - 1)))
  if (maxLength !== undefined) {
    broken.set(
      'too long',
      fc.constantFrom(maxLength + 1, maxLength * 2, veryLong).map((length) => 'a'.repeat(length)),
    )
  }
  if (pattern !== undefined) broken.set('of another pattern', mismatches(facts, pattern))
  else if (format === 'date-time') broken.set('of another format', fc.constantFrom(...wrongDates))
  else if (format === 'uuid') broken.set('of another format', fc.constantFrom('', 'no uuid', '7f9c24e8-3b1a'))
  return broken
}

function mismatches(facts: TextFacts, pattern: RegExp): fc.Arbitrary<string> {
  const matching = validText(facts)
  const changed = fc.oneof(
    matching.map((text) => `${text}\n`),
    matching.map((text) => ` ${text}`),
    matching.map((text) => text.slice(1)),
    matching.map((text) => `${text.slice(0, -1)}\u{1f600}`),
    fc.constantFrom(...oddTexts),
  )
  return changed.filter((text) => !pattern.test(text))
}

/** Whether a text keeps all rules. Length is counted in characters, not in UTF-16 units. */
function fits({ pattern, minLength, maxLength = Infinity }: TextFacts): (text: string) => boolean {
  return (text) => {
    const length = Array.from(text).length
    return length >= minLength && length <= maxLength && (pattern?.test(text) ?? true)
  }
}

function lengthsOf({ minLength, maxLength }: Pick<TextFacts, 'minLength' | 'maxLength'>): number[] {
  return [minLength, minLength + 1, ...(maxLength === undefined ? [veryLong] : [maxLength - 1, maxLength])]
}

function stretched(units: readonly string[]): (length: number) => string[] {
  return (length) => units.map((unit) => unit.repeat(length))
}
