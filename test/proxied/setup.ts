/** Fails the test in which the proxy found something. */
import { afterAll, afterEach, inject } from 'vitest'
import { throwFindings } from '../contract/support/findings.js'

afterEach(() => throwFindings(inject('findingsUrl')))
// Sessions are made and deleted around the tests.
afterAll(() => throwFindings(inject('findingsUrl')))
