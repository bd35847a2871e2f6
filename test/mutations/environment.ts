/** How a run of tests is told what was changed for it. Nobody but mutations.test.ts sets these, and nothing but tests reads them. */
import { publishedSpec } from 'sandbox-sessions-conformance'

/** The name of the mutation of the SDK or the server. */
export const mutationVariable = 'SANDBOX_TESTS_MUTATION'
/** The file with the spec, changed or not. */
export const specVariable = 'SANDBOX_TESTS_SPEC'

/** The spec that this run works with. */
export const specFile = process.env[specVariable] ?? publishedSpec

/**
 * The mutation that this run works with, if any.
 *
 * @throws {Error} when the table does not have it: a run that changes nothing would prove nothing.
 */
export function chosenFrom<Mutation>(table: Readonly<Record<string, Mutation>>): Mutation | undefined {
  const name = process.env[mutationVariable]
  if (name === undefined) return undefined
  const mutation = Object.hasOwn(table, name) ? table[name] : undefined
  if (mutation === undefined) throw new Error(`${mutationVariable} names no mutation of these tests: ${name}.`)
  return mutation
}
