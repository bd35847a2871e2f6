import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Redactors } from '../../src/transport/redact.js'
import { disguises } from 'sandbox-sessions-testkit/disguises'

describe('[B2] the redactor', () => {
  const printable = fc.stringMatching(/^[\x21-\x7e]{8,60}$/)

  test('finds any secret, in any text and disguise', () => {
    const plain = disguises.filter(([name]) => !name.includes('JSON') && !name.includes('HTML')).map(([, each]) => each)
    fc.assert(
      fc.property(printable, fc.string(), fc.string(), fc.constantFrom(...plain), (token, before, after, disguise) => {
        const redactor = new Redactors().of({ authorization: `Bearer ${token}` }, [])
        const text = redactor.text(`${before} ${disguise(token)} ${after}`)
        expect(text).toContain('[redacted]')
        expect(text.includes(token)).toBe(false)
      }),
    )
  })

  test('leaves everything else as it is', () => {
    const redactor = new Redactors().of({ authorization: 'Bearer abcdefgh-0123', accept: 'application/json' }, [])
    for (const text of ['', 'application/json', 'Bearer', 'abcdefgh', 'abcdefgh-012', '%61%62']) {
      expect(redactor.text(text)).toBe(text)
    }
  })

  test('a short secret is one behind its scheme only', () => {
    const redactor = new Redactors().of({ authorization: 'Bearer abc' }, [])
    expect(redactor.text('Bearer abc is the abc')).toBe('[redacted] is the abc')
  })

  test('does not hang on what was made to hang it', () => {
    const redactor = new Redactors().of({ 'x-api-key': '-/\\+"-/\\+"-/\\+"' }, [])
    for (const part of ['\\', '%25', '%', '&#0', '-\\', '-/\\', '\\u00', '\\\\"']) {
      expect(redactor.text(part.repeat(100_000))).toHaveLength(part.length * 100_000)
    }
  })
})
