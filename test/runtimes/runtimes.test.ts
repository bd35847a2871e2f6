/** The suite of the runtimes, in the Node that runs the tests; `npm run test:runtimes` runs it in all of them. */
import { beforeAll, describe, expect, test } from 'vitest'
import { currentNode } from 'sandbox-sessions-testkit/runtimes'
import { prepareSuite } from './support/prepared-suite.js'
import { type Report, endCase, runSuite } from './support/run-suite.js'
import { portableCases } from './suite/cases/index.js'
import { nodeCases } from './suite/cases/node.js'

describe('the built package in this Node', () => {
  const names = [...portableCases, ...nodeCases({ apiUrl: '', token: '', bentUrl: '', commandLine: '' })]
    .map(({ name }) => name)
    .concat(endCase)
  let report: Report

  beforeAll(async () => {
    await using suite = await prepareSuite()
    report = await runSuite(currentNode, suite)
  }, 900_000)

  test.each(names)('%s', (name) => {
    expect(report.outcomes.has(name), 'The suite did not get there.').toBe(true)
    expect(report.outcomes.get(name)).toBeUndefined()
  })

  test('every case has a name of its own', () => {
    expect(new Set(names).size).toBe(names.length)
  })
})
