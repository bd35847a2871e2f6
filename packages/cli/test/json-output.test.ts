import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CharacterBounds, jsonOutput } from '../src/json-output.js'

/** The pieces between these cuts. */
function pieces(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge))
}

function cutBetweenCharacters(given: readonly Uint8Array[]): Uint8Array[] {
  const bounds = new CharacterBounds()
  return [...given.map((piece) => bounds.take(piece)), bounds.rest()]
}

test('[A5] text that is cut anywhere is text in each piece, and whole in all of them', () => {
  const text = fc.string({ unit: 'binary', maxLength: 30 })
  fc.assert(
    fc.property(text, fc.array(fc.nat(), { maxLength: 20 }), (written, cuts) => {
      const bytes = Buffer.from(written)
      const lines = cutBetweenCharacters(pieces(bytes, cuts)).map(jsonOutput)
      expect(lines.every(({ encoding }) => encoding === undefined)).toBe(true)
      expect(lines.map(({ data }) => data).join('')).toBe(bytes.toString())
    }),
  )
})

test('[A5] of any bytes nothing is lost, and none is moved', () => {
  const byte = fc.oneof(fc.nat(255), fc.constantFrom(0x80, 0xbf, 0xc0, 0xc3, 0xe2, 0xed, 0xf0, 0xf4, 0xf5, 0xff, 0x61))
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 40 }), fc.array(fc.nat(), { maxLength: 20 }), (written, cuts) => {
      const bytes = Uint8Array.from(written)
      const lines = cutBetweenCharacters(pieces(bytes, cuts)).map(jsonOutput)
      expect(Buffer.concat(lines.map(({ data, encoding }) => Buffer.from(data, encoding ?? 'utf8')))).toEqual(
        Buffer.from(bytes),
      )
    }),
  )
})
