import { expect, test } from 'vitest'
import { SandboxOperationError } from '../../src/index.js'
import { errorFromBody } from '../../src/core/response-errors.js'

test.each(['constructor', '__proto__', 'toString', 'LATER'])('a code that nobody knows is only that: %s', (error) => {
  const found = errorFromBody(JSON.parse(JSON.stringify({ error, message: 'It failed.' })))
  expect(found).toBeInstanceOf(SandboxOperationError)
  expect(found).toMatchObject({ errorCode: error, message: 'It failed.', statusCode: 500 })
})
