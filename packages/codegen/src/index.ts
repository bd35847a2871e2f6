/**
 * What is generated from an OpenAPI 3.1 document of the Sandbox API, and how two versions of one differ. The command
 * `sandbox-sessions-generate` is the way to use it; this entry is for scripts.
 *
 * @packageDocumentation
 */
export { type Defaults, runGenerator } from './program.js'
export { generateCalls } from './calls.js'
export { generateConstraints } from './constraints.js'
export { generateTypes } from './types.js'
export { type SpecDiffDefaults, runSpecDiff } from './spec-diff/program.js'
export { diffDocuments } from './spec-diff/documents.js'
export type { Change, Grade } from './spec-diff/change.js'
export { type Finding, describe, group } from './spec-diff/report.js'
export { type Verdict, judge } from './spec-diff/policy.js'
