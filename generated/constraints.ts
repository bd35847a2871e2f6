// Written by `npm run generate` from sandbox-api-spec.yaml. Do not edit.

/** The version of the spec that this was generated from. */
export const specVersion = '1.2.0' as const

/** What the schemas of bodies demand. */
export * as schemas from './schemas.js'

/** The values that the spec names, by their names. */
export * as enums from './enums.js'

/** What the operations are and what their parameters demand. */
export * as operations from './operations.js'
