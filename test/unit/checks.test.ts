import { posix } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { operations, schemas } from '../../generated/constraints.js'
import {
  checkEnvironment,
  checkHeaders,
  checkInteger,
  checkMetadata,
  checkRelativePath,
  checkSessionId,
  checkTimeoutMs,
} from '../../src/internal/checks.js'
import { SandboxValidationError } from '../../src/errors.js'

function refused(check: () => unknown): boolean {
  try {
    check()
    return false
  } catch (error) {
    if (error instanceof SandboxValidationError) return true
    throw error
  }
}

describe('integers', () => {
  const limited = [
    ['ttl', schemas.CreateSessionRequest.properties.ttl],
    ['timeout', schemas.CommandRequest.properties.timeout],
    ['limit', operations.listSessions.parameters.limit],
    ['limit', operations.listFiles.parameters.limit],
  ] as const

  test.each(limited)('%s is taken exactly within the limits of the spec', (name, limits) => {
    const { minimum, maximum } = limits
    for (const edge of [minimum, maximum]) expect(refused(() => checkInteger(name, edge, limits))).toBe(false)
    for (const edge of [minimum - 1, maximum + 1]) expect(refused(() => checkInteger(name, edge, limits))).toBe(true)
    fc.assert(
      fc.property(fc.integer(), (value) => {
        expect(refused(() => checkInteger(name, value, limits))).toBe(value < minimum || value > maximum)
      }),
    )
  })

  test('nothing but an integer is taken', () => {
    const limits = { minimum: 0 }
    fc.assert(
      fc.property(fc.anything(), (value) => {
        fc.pre(!(typeof value === 'number' && Number.isSafeInteger(value)))
        expect(refused(() => checkInteger('offset', value, limits))).toBe(true)
      }),
    )
  })
})

describe('ids', () => {
  test('any UUID is taken, also the nil one', () => {
    fc.assert(fc.property(fc.uuid(), (id) => checkSessionId(id) === id && checkSessionId(id.toUpperCase()) !== ''))
    expect(checkSessionId('00000000-0000-0000-0000-000000000000')).toBeTypeOf('string')
  })

  test('nothing that could change an address is taken', () => {
    fc.assert(fc.property(fc.string(), (text) => refused(() => checkSessionId(text))))
    for (const id of [
      '',
      '.',
      '..',
      '7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f/..',
      '7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f\n',
    ]) {
      expect(refused(() => checkSessionId(id))).toBe(true)
    }
  })
})

describe('paths', () => {
  const part = fc.constantFrom('a', 'b c', '.', '..', '', 'ü')

  test('a path is taken exactly when walking it never leaves the root', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), (parts) => {
        const path = parts.join('/')
        const bad = path === '' || posix.isAbsolute(path) || posix.normalize(path).split('/')[0] === '..'
        expect(refused(() => checkRelativePath('path', path))).toBe(bad)
      }),
    )
  })

  test('a NUL is refused', () => {
    expect(refused(() => checkRelativePath('path', 'a\0b'))).toBe(true)
  })
})

test('metadata is an object that JSON can carry', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      (value) =>
        !refused(() => {
          checkMetadata(value)
        }),
    ),
  )
  const cyclic: Record<string, unknown> = {}
  cyclic['self'] = cyclic
  for (const value of [null, [], 'text', 5, cyclic, { big: 1n }]) {
    expect(
      refused(() => {
        checkMetadata(value)
      }),
    ).toBe(true)
  }
})

test('env holds strings under possible names, and its values are not shown', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[A-Z_][A-Z0-9_]*$/), fc.stringMatching(/^[^\0]*$/)), (env) => {
      return !refused(() => {
        checkEnvironment(env)
      })
    }),
  )
  for (const env of [{ 'A=B': 'x' }, { '': 'x' }, { A: 1 }, { A: undefined }, { A: 'a\0b' }, [], 'A=B']) {
    expect(
      refused(() => {
        checkEnvironment(env)
      }),
    ).toBe(true)
  }
  try {
    checkEnvironment({ KEY: 12345678 })
  } catch (error) {
    expect(JSON.stringify([String(error), error])).not.toContain('12345678')
  }
})

test('headers are what a header can hold', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (name, value) => {
      if (refused(() => checkHeaders({ [name]: value }))) return
      // The platform takes whatever the check takes.
      new Headers({ [name]: value })
    }),
  )
  expect(refused(() => checkHeaders({ 'x-a': 'a\r\nb: c' }))).toBe(true)
})

test('timeoutMs is what a timer can hold', () => {
  for (const value of [1, 0.5, 30_000, 2 ** 31 - 1, Infinity]) expect(checkTimeoutMs(value)).toBe(value)
  for (const value of [0, -1, NaN, 2 ** 31, '5', null]) expect(refused(() => checkTimeoutMs(value))).toBe(true)
})
