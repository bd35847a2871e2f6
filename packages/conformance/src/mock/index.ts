/**
 * What the SDK is asked to do with a mock of the spec, case by case: for tests that want one test for each.
 *
 * @packageDocumentation
 */
export { type MakeClient, type MockCase, mockCases, nameOf, runMockCase, undriven } from './cases.js'
export { type SdkCall, byteCalls, calls } from './calls.js'
export { entryOf } from '../operations.js'
export { Recorder } from '../recorder.js'
