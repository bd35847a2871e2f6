/**
 * Runs the suite in every runtime that npm has, and prints a table: `npm run test:runtimes`. Names of runtimes as arguments run these
 * alone: `npm run test:runtimes -- node20 bun`.
 */
import { runtimes } from 'sandbox-sessions-testkit/runtimes'
import { prepareSuite } from './support/prepared-suite.js'
import { type Report, endCase, runSuite } from './support/run-suite.js'
import { count, table } from './support/table.js'
import { portableCases } from './suite/cases/index.js'
import { nodeCases } from './suite/cases/node.js'

const wanted = process.argv.slice(2)
const known = Object.entries(runtimes)
for (const name of wanted) {
  if (!known.some(([key]) => key === name))
    throw new Error(`Runtimes are ${Object.keys(runtimes).join(', ')}, not ${name}.`)
}

await using suite = await prepareSuite()
const reports: Report[] = []
// One after the other: what they do to the server they do alone.
for (const [key, runtime] of known) {
  if (wanted.length > 0 && !wanted.includes(key)) continue
  reports.push(await runSuite(runtime, suite))
  console.log(`Ran in ${reports.at(-1)?.runtime ?? ''}.`)
}
const names = [...portableCases, ...nodeCases(suite.settings)].map(({ name }) => name).concat(endCase)
const { passed, failed } = count(reports, names)
console.log(`\n${table(reports, names)}\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
