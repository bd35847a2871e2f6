import type { SpecChecker } from 'sandbox-sessions-openapi'
import { Mismatch } from './expect.js'
import { calls } from './mock/calls.js'
import { mockCases, nameOf, runMockCase } from './mock/cases.js'
import { entryOf } from './operations.js'
import { Findings, type Report } from './report.js'

/** Lets the SDK ask a mock of the spec for every documented answer, and checks its requests and its results. */
export async function runMock(apiUrl: string, checker: SpecChecker, signal: AbortSignal): Promise<Report> {
  const { spec } = checker
  const findings = new Findings(spec.operations.map(({ id }) => id))
  for (const mockCase of mockCases(spec)) {
    signal.throwIfAborted()
    const { operation, status } = mockCase
    // The spec adds an operation that the SDK has no method for.
    if (entryOf(calls, operation.id) === undefined) continue
    const name = nameOf(mockCase)
    try {
      await runMockCase(mockCase, apiUrl, checker)
      findings.add(operation.id, name, 'passed')
      findings.saw(operation.id, status)
    } catch (error) {
      if (!(error instanceof Mismatch)) throw error
      findings.add(operation.id, name, 'failed', error.message)
    }
  }
  return findings.report({ url: apiUrl, specVersion: spec.version })
}
