/** Fails the test in which the proxy found something. */
import { afterAll, afterEach, inject } from 'vitest'

async function throwFindings(): Promise<void> {
  const response = await fetch(inject('findingsUrl'))
  const findings: unknown = await response.json()
  if (!Array.isArray(findings)) throw new Error(`The proxy answered ${response.status}`)
  if (findings.length > 0) throw new Error(`Against the spec:\n${findings.join('\n')}`)
}

afterEach(throwFindings)
// Sessions are made and deleted around the tests.
afterAll(throwFindings)
