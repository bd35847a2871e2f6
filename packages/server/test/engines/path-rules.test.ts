import { posix } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isInside, linkTarget, partsOf } from '../../dist/engines/guest/files/path-rules.js'

const part = fc.constantFrom('a', 'b', '..', '.', '', '...', '.hidden', 'ö', ' ', 'a\nb')
const path = fc.array(part, { maxLength: 8 }).map((parts) => parts.join('/'))

describe('path rules', () => {
  test('take a path exactly when it stays inside, and normalise it by the letter', () => {
    fc.assert(
      fc.property(path, (given) => {
        if (given.startsWith('/') || leaves(given, 0)) expect(() => partsOf(given)).toThrow('The path')
        else expect(partsOf(given).join('/') || '.').toBe(posix.normalize(given).replace(/(?<=.)\/$/, ''))
      }),
    )
  })

  test('never give parts that lead anywhere', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (given) => {
        let parts: string[] = []
        try {
          parts = partsOf(given)
        } catch {
          return
        }
        expect(parts.every((one) => !['', '.', '..'].includes(one) && !one.includes('/') && !one.includes('\0'))).toBe(
          true,
        )
      }),
    )
  })

  test('follow a link as the kernel does, and never out of the root', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b'), { maxLength: 3 }), path, (from, target) => {
        const kernel = posix.resolve('/root/of', from.join('/'), target)
        const escapes = target.startsWith('/') ? !isInside('/root/of', kernel) : leaves(target, from.length)
        if (escapes || (target.startsWith('/') && leaves(target, 0))) {
          expect(() => linkTarget('/root/of', from, target)).toThrow('leaves')
        } else expect(posix.join('/root/of', ...linkTarget('/root/of', from, target))).toBe(kernel)
      }),
    )
    expect(linkTarget('/workspace', [], '/workspace/x/../y')).toEqual(['y'])
    expect(() => linkTarget('/workspace', [], '/workspacex')).toThrow('leaves')
  })

  test('know what is inside', () => {
    expect(isInside('/workspace', '/workspace')).toBe(true)
    expect(isInside('/workspace', '/workspace/a')).toBe(true)
    expect(isInside('/workspace', '/workspace-2')).toBe(false)
    expect(isInside('/workspace', '/')).toBe(false)
  })
})

/** Whether a path that starts so deep below the root leaves it, be it only to come back. */
function leaves(path: string, depth: number): boolean {
  for (const step of path.split('/')) {
    if (step === '..') depth -= 1
    else if (step !== '' && step !== '.') depth += 1
    if (depth < 0) return true
  }
  return false
}
