import * as fc from 'fast-check'
import type { Spec } from 'sandbox-sessions-openapi'
import { brokenRequests } from './breaks.js'
import type { Draft } from './draft.js'
import { RequestGenerators, draftOf } from './requests.js'

/** One request of a run, and what happens before it. */
export interface Step {
  readonly draft: Draft
  /** Seconds that pass on the server's clock. */
  readonly passing: number
}

/** Steps are made so many at a time: any of them can be had without those of the blocks before. */
const blockSize = 100

/** How often an operation is called, where not once. */
const weights: Readonly<Record<string, number | undefined>> = {
  createSession: 4,
  uploadFile: 3,
  executeCommand: 4,
  executeCode: 2,
  downloadFile: 3,
}

/** The steps of one lane of a run, without end. The same seed gives the same. */
export function* stepsOf(spec: Spec, marker: string, seed: number): Generator<Step> {
  const steps = anyStep(new RequestGenerators(spec, marker))
  for (let block = 0; ; block++) {
    yield* fc.sample(steps, { seed: (seed + block * 7919) | 0, numRuns: blockSize })
  }
}

function anyStep(requests: RequestGenerators): fc.Arbitrary<Step> {
  const drafts = requests.spec.operations.map((operation) => ({
    weight: weights[operation.id] ?? 1,
    arbitrary: fc.oneof(
      { arbitrary: requests.parts(operation).map((parts) => draftOf(parts)), weight: 3 },
      { arbitrary: brokenRequests(operation, requests), weight: 2 },
    ),
  }))
  return fc.record({ draft: fc.oneof(...drafts), passing })
}

const passing = fc.oneof(
  { arbitrary: fc.constant(0), weight: 120 },
  { arbitrary: fc.constantFrom(1, 20, 61, 61, 61, 61), weight: 5 },
  { arbitrary: fc.constantFrom(600, 3_600, 30_000), weight: 1 },
)
