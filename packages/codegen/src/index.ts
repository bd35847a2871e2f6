/**
 * What is generated from an OpenAPI 3.1 document of the Sandbox API. The command `sandbox-sessions-generate` is the way to use it;
 * this entry is for scripts. What takes a second to load has an entry of its own: `sandbox-sessions-codegen/types`.
 *
 * @packageDocumentation
 */
export { type Defaults, runGenerator } from './program.js'
export { generateCalls } from './calls.js'
export { generateConstraints } from './constraints.js'
