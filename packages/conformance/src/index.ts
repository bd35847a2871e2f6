/**
 * Whether a server of the Sandbox API does what the OpenAPI document says, and whether the SDK does: the suite behind
 * `sandbox-sessions conformance`, for programs and tests.
 *
 * @packageDocumentation
 */
export { knownErrorCodes, loadSpec, publishedSpec } from './spec.js'
export { sandboxChecker } from './checker.js'
export { runSuite } from './run-suite.js'
export type { Target } from './suite/bench.js'
export { runMock } from './run-mock.js'
export { type CheckResult, type OperationReport, type Report, Verdict } from './report.js'
export type { CheckerOptions, Spec, SpecChecker } from 'sandbox-sessions-openapi'
