/**
 * The one reader of an OpenAPI 3.1 document: its references, its operations and their examples, and the check of values, requests
 * and answers against it. Nothing here knows a particular API.
 *
 * @packageDocumentation
 */
export { type JsonObject, entries, isObject, list } from './json.js'
export { type Document, assertDocument } from './document.js'
export { lookUp, refName, resolve, targetOf } from './resolve.js'
export { inline } from './inline.js'
export { checkReferences } from './references.js'
export { readDocument, unusable } from './read-file.js'
export {
  type Method,
  type NamedOperation,
  type PlacedOperation,
  methods,
  operationsOf,
  placedOperations,
} from './operations.js'
export {
  type Header,
  type Media,
  type Operation,
  type Parameter,
  type RequestBody,
  type SpecResponse,
  responseOf,
} from './described-operation.js'
export type { CredentialHeader } from './credentials.js'
export { Spec } from './spec.js'
export { type Problem, SchemaCheck } from './schema-check.js'
export type { Conventions, EventRules } from './conventions.js'
export { type CheckerOptions, SpecChecker } from './checker.js'
export { type Exchange, type RecordedRequest, type RecordedResponse, mediaTypeOf } from './exchange.js'
