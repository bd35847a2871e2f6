import { type CheckerOptions, type Conventions, isObject, type Spec, SpecChecker } from 'sandbox-sessions-openapi'

const output = { schema: { $ref: '#/components/schemas/OutputEvent' } }
const errorSchema = { $ref: '#/components/schemas/Error' }

/** What the Sandbox API promises in the text of its spec, because OpenAPI can't express it. */
const sandboxConventions: Conventions = {
  // See KnownErrorCode in the spec.
  noOperation: { statuses: [404, 405], schema: errorSchema },
  requestId: { header: 'X-Request-Id', property: 'requestId', isError: (body) => 'error' in body },
  // See CommandEventStream in the spec.
  events: {
    stdout: output,
    stderr: output,
    exit: {
      schema: { $ref: '#/components/schemas/CommandResult' },
      isLast: true,
      check: (result) => (hasOutput(result) ? 'repeats output' : undefined),
    },
    error: { schema: errorSchema, isLast: true },
  },
}

/** Makes the judge of requests to a server of the Sandbox API, and of its answers. */
export function sandboxChecker(spec: Spec, options: Omit<CheckerOptions, 'conventions'> = {}): SpecChecker {
  return new SpecChecker(spec, { ...options, conventions: sandboxConventions })
}

function hasOutput(result: unknown): boolean {
  return isObject(result) && [result['stdout'], result['stderr']].some((text = '') => text !== '')
}
