/**
 * Careless changes, one at a time, made by hooks in what a check works with: each is caught by a check that has a name. The same
 * checks pass where nothing was changed.
 */
import { describe, expect, test } from 'vitest'
import { disposableDirectory } from 'sandbox-sessions-testkit/temporary-directory'
import { checks } from './checks.js'
import { sdkMutations } from './sdk-mutations.js'
import { serverMutations } from './server-mutations.js'
import { specMutations } from './spec-mutations.js'
import { writeSpec } from './write-spec.js'

describe('a careless change', () => {
  test.each([
    'npm run spec:diff',
    'npm run generate -- --check',
    'the SDK against the mock',
    'the server against the spec',
  ] as const)('is none where nothing was changed: %s', async (check) => {
    await using folder = await disposableDirectory()
    const { code, output } = await checks[check]({ specFile: await writeSpec(folder.path), mutation: undefined })
    expect(code, output).toBe(0)
  })

  test.each(Object.entries(specMutations))('%s', async (_, { change, check, says }) => {
    await using folder = await disposableDirectory()
    const { code, output } = await checks[check]({
      specFile: await writeSpec(folder.path, change),
      mutation: undefined,
    })
    expect(code, output).toBe(1)
    expect(output).toMatch(says)
  })

  test.each(Object.entries({ ...serverMutations, ...sdkMutations }))('%s', async (mutation, { check, says }) => {
    await using folder = await disposableDirectory()
    const { code, output } = await checks[check]({ specFile: await writeSpec(folder.path), mutation })
    expect(code, output).toBe(1)
    expect(output).toMatch(says)
  })
})
