import { randomUUID } from 'node:crypto'
import type { operations } from 'sandbox-sessions-sdk'
import { type Check, hasStatus } from './check.js'
import type { RawRequest } from './bench.js'

/** Where an operation on a session is, and with what it would succeed. */
interface Example {
  readonly operation: keyof operations
  /** The path behind the id of the session. */
  readonly path: string
  readonly request: RawRequest
}

const onSessions: readonly Example[] = [
  { operation: 'getSession', path: '', request: {} },
  { operation: 'updateSession', path: '', request: { method: 'PATCH', json: { ttl: 600 } } },
  { operation: 'deleteSession', path: '', request: { method: 'DELETE' } },
  { operation: 'pauseSession', path: '/pause', request: { method: 'POST' } },
  { operation: 'resumeSession', path: '/resume', request: { method: 'POST' } },
  { operation: 'executeCommand', path: '/commands', request: { method: 'POST', json: { command: 'true' } } },
  { operation: 'executeCode', path: '/code', request: { method: 'POST', json: { code: 'pass' } } },
  {
    operation: 'uploadFile',
    path: '/files?path=a',
    request: { method: 'POST', body: 'a', headers: { 'content-type': 'application/octet-stream' } },
  },
  { operation: 'downloadFile', path: '/files?filePath=a', request: {} },
  { operation: 'deleteFile', path: '/files?filePath=a', request: { method: 'DELETE' } },
  { operation: 'listFiles', path: '/files/list', request: {} },
  { operation: 'statFile', path: '/files/stat?filePath=a', request: {} },
]

const onNoSession: readonly Example[] = [
  { operation: 'createSession', path: '', request: { method: 'POST', json: {} } },
  { operation: 'listSessions', path: '', request: {} },
]

/** What every operation does in the same way. */
export const commonChecks: readonly Check[] = [
  ...onSessions.flatMap(({ operation, path, request }): Check[] => [
    {
      operation,
      name: 'knows no session of an unknown id',
      async run(bench) {
        for (const id of [randomUUID(), '00000000-0000-0000-0000-000000000000']) {
          await bench.expectRefusal(`/sessions/${id}${path}`, request, 404, 'SESSION_NOT_FOUND')
        }
      },
    },
    {
      operation,
      name: 'refuses an id that is no UUID',
      appliesTo: hasStatus(operation, 400),
      run: (bench) => bench.expectRefusal(`/sessions/not-a-uuid${path}`, request, 400, 'INVALID_PARAMETER'),
    },
    refusesStrangers(operation, request, async (bench) => `/sessions/${(await bench.session()).sessionId}${path}`),
  ]),
  ...onNoSession.map(({ operation, request }) => refusesStrangers(operation, request, async () => '/sessions')),
]

function refusesStrangers(
  operation: keyof operations,
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
