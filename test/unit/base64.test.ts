/** Base64 is strict both ways: node:buffer, which is not, is the judge of what is right. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeBase64, encodeBase64 } from '../../src/internal/base64.js'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

test('[A5] any bytes come back as they were', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1_000 }), (bytes) => {
      const text = encodeBase64(bytes)
      expect(text).toBe(Buffer.from(bytes).toString('base64'))
      expect(decodeBase64(text)).toEqual(bytes)
    }),
    { examples: [[new Uint8Array()], [Uint8Array.from({ length: 256 }, (_, byte) => byte)]] },
  )
})

test('[A5] a view of a larger buffer is only what it shows', () => {
  const large = Uint8Array.from([1, 2, 3, 4, 5, 6])
  expect(encodeBase64(large.subarray(1, 3))).toBe('AgM=')
  expect(encodeBase64(Buffer.from('xabx').subarray(1, 3))).toBe('YWI=')
})

test('[A5] megabytes, too', () => {
  const bytes = Uint8Array.from({ length: 3_000_001 }, (_, index) => (index * 31) % 256)
  expect(Buffer.from(encodeBase64(bytes), 'base64').equals(bytes)).toBe(true)
  expect(Buffer.from(decodeBase64(encodeBase64(bytes)) ?? []).equals(bytes)).toBe(true)
})

test('[A5] a text is base64 exactly when it is what some bytes are written as', () => {
  const character = fc.constantFrom(
    ...alphabet.split(''),
    ...alphabet.split(''),
    '=',
    '=',
    '-',
    '_',
    ' ',
    '\n',
    '\t',
    '\0',
    'é',
    '\uFFFD',
    '😀',
  )
  const nearly = fc
    .tuple(fc.uint8Array({ maxLength: 20 }), fc.nat(), character, fc.constantFrom('insert', 'replace', 'remove'))
    .map(([bytes, place, other, change]) => {
      const text = Buffer.from(bytes).toString('base64')
      const at = place % (text.length + 1)
      return text.slice(0, at) + (change === 'remove' ? '' : other) + text.slice(change === 'insert' ? at : at + 1)
    })
  fc.assert(
    fc.property(fc.oneof(nearly, fc.string({ unit: character, maxLength: 12 })), (text) => {
      const bytes = Buffer.from(text, 'base64')
      const isExact = bytes.toString('base64') === text
      expect(decodeBase64(text)).toEqual(isExact ? Uint8Array.from(bytes) : undefined)
    }),
    {
      numRuns: 3_000,
      examples: ['=', '==', '====', 'A===', 'AA=A', 'AA==AA==', 'YR==', 'YWJ=', 'YW I='].map((text) => [text]),
    },
  )
})
