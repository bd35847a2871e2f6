import { randomUUID } from 'node:crypto'
import { operations } from 'sandbox-sessions-sdk/constraints'
import type { AccountOperationId, OperationId, SessionOperationId } from '../operations.js'
import { type Check, hasStatus } from './check.js'
import type { RawRequest } from './bench.js'

/** A request with which an operation would succeed, without its path and method. */
interface Example extends Omit<RawRequest, 'method'> {
  readonly query?: string
}

const onSessions: Readonly<Record<SessionOperationId, Example>> = {
  getSession: {},
  getSessionMetrics: {},
  updateSession: { json: { ttl: 600 } },
  deleteSession: {},
  pauseSession: {},
  resumeSession: {},
  executeCommand: { json: { command: 'true' } },
  executeCode: { json: { code: 'pass' } },
  uploadFile: { query: 'path=a', body: 'a', headers: { 'content-type': 'application/octet-stream' } },
  downloadFile: { query: 'filePath=a' },
  deleteFile: { query: 'filePath=a' },
  listFiles: {},
  statFile: { query: 'filePath=a' },
}

const onNoSession: Readonly<Record<AccountOperationId, Example>> = {
  createSession: { json: {} },
  listSessions: {},
}

/** The request for an operation, below the base path. */
interface Prepared {
  readonly operation: OperationId
  readonly request: RawRequest
  readonly target: (sessionId: string) => string
}

function prepared(examples: Readonly<Partial<Record<OperationId, Example>>>): Prepared[] {
  return Object.entries(examples).map(([name, { query, ...request }]) => {
    // eslint-disable-next-line @typescript-eslint/consistent-type-assertions -- Its keys are those of the table, which TypeScript forgets.
    const operation = name as OperationId
    const { method, path } = operations[operation]
    const target = query === undefined ? path : `${path}?${query}`
    return {
      operation,
      request: { ...request, method },
      target: (sessionId) => target.replace('{sessionId}', sessionId),
    }
  })
}

/** What every operation does in the same way. */
export const commonChecks: readonly Check[] = [
  ...prepared(onSessions).flatMap(({ operation, request, target }): Check[] => [
    {
      operation,
      name: 'knows no session of an unknown id',
      async run(bench) {
        for (const id of [randomUUID(), '00000000-0000-0000-0000-000000000000']) {
          await bench.expectRefusal(target(id), request, 404, 'SESSION_NOT_FOUND')
        }
      },
    },
    {
      operation,
      name: 'refuses an id that is no UUID',
      appliesTo: hasStatus(operation, 400),
      run: (bench) => bench.expectRefusal(target('not-a-uuid'), request, 400, 'INVALID_PARAMETER'),
    },
    refusesStrangers(operation, request, async (bench) => target((await bench.session()).sessionId)),
  ]),
  ...prepared(onNoSession).map(({ operation, request, target }) =>
    refusesStrangers(operation, request, async () => target('')),
  ),
]

function refusesStrangers(
  operation: OperationId,
  request: RawRequest,
  target: (bench: Parameters<Check['run']>[0]) => Promise<string>,
): Check {
  return {
    operation,
    name: 'refuses missing and wrong credentials',
    async run(bench) {
      const place = await target(bench)
      for (const credentials of ['none', 'wrong'] as const) {
        await bench.expectRefusal(place, { ...request, credentials }, 401, 'UNAUTHORIZED')
      }
    },
  }
}
