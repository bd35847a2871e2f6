/**
 * What changed in an API from one OpenAPI 3.1 document to the next, and which version that needs.
 *
 * @packageDocumentation
 */
export { type SpecDiffDefaults, runSpecDiff } from './program.js'
export { diffDocuments } from './documents.js'
export type { Change, Grade } from './change.js'
export { type Finding, describe, group } from './report.js'
export { type Verdict, judge } from './policy.js'
