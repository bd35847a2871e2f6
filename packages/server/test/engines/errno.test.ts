import { describe, expect, test } from 'vitest'
import { asFailure } from '../../dist/engines/guest/files/errno.js'
import { FileTooBigError, NoSpaceError } from '../../dist/engines/contract/errors.js'
import { failureOf } from '../../dist/engines/host/failures.js'

describe('errors of the file system', () => {
  test.each([
    ['ENOSPC', NoSpaceError],
    ['EDQUOT', NoSpaceError],
    ['EFBIG', FileTooBigError],
  ])('%s has an error of its own, and tells no path of the machine', (code, Class) => {
    const { code: failure, message } = asFailure(Object.assign(new Error('write /var/lib/x'), { code }))
    const error = failureOf({ code: failure, message })
    expect(error).toBeInstanceOf(Class)
    expect(error.message).not.toContain('/var')
    expect(error.message).toMatch(/^[A-Z].*\.$/)
  })
})
