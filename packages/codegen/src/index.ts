/**
 * What is generated from an OpenAPI 3.1 document of the Sandbox API. Most users need the command `sandbox-sessions-generate`;
 * this entry is for scripts. `sandbox-sessions-codegen/types` is an entry of its own, since it takes a second to load.
 *
 * @packageDocumentation
 */
export { type Defaults, runGenerator } from './program.js'
export { generateCalls } from './calls.js'
export { generateConstraints } from './constraints.js'
