/**
 * The cases that the SDK is run through against a mock of the spec, so that tests can have one test for each case.
 *
 * @packageDocumentation
 */
export { type MakeClient, type MockCase, mockCases, nameOf, runMockCase, undriven } from './cases.js'
export { type SdkCall, byteCalls, calls } from './calls.js'
export { entryOf } from '../operations.js'
export { Recorder } from '../recorder.js'
