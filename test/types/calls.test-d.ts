/** The one way of a call inside the SDK: everything follows from the operation's name, and what does not go with it does not compile. */
import type { SessionsClient } from 'sandbox-sessions-sdk'
import { describe, expectTypeOf, test } from 'vitest'
import type { Core } from '../../src/core/core.js'
import type { AnsweringId, Given, OperationId } from '../../src/core/operations.js'
import type { Checkable } from '../../src/core/body-check.js'
import type { BodyName, Wire } from '../../src/core/wire.js'
import type { BodySource } from '../../src/transport/request.js'

declare const core: Core
declare const source: BodySource
const path = { sessionId: '7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f' }

describe('a call', () => {
  test('knows what its operation answers', () => {
    expectTypeOf(core.body('pauseSession', { path }, {}, (wire) => wire)).resolves.toEqualTypeOf<Wire['Session']>()
    expectTypeOf(core.body('listFiles', { path, query: {} }, {}, (wire) => wire)).resolves.toEqualTypeOf<
      Wire['FileList']
    >()
    expectTypeOf(core.body('healthCheck', {}, {}, ({ status }) => status)).resolves.toEqualTypeOf<'healthy'>()
    expectTypeOf<AnsweringId>().toExtend<OperationId>()
    expectTypeOf<Extract<AnsweringId, 'deleteSession' | 'downloadFile'>>().toEqualTypeOf<never>()
  })

  test('knows what its operation takes', () => {
    expectTypeOf<Given<'getSession'>['path']>().toExtend<{ readonly sessionId: string }>()
    expectTypeOf<Given<'executeCommand'>['body']>().toExtend<Wire['CommandRequest']>()
    expectTypeOf<Given<'uploadFile'>['body']>().toExtend<BodySource>()
  })

  test('has no other path than that of its operation', () => {
    // @ts-expect-error - the path follows from the name
    void core.body('pauseSession', '/sessions/{sessionId}/resume', {}, (wire) => wire)
    // @ts-expect-error - no such operation
    void core.body('haltSession', { path }, {}, (wire) => wire)
    // @ts-expect-error - its path has a session
    void core.body('pauseSession', {}, {}, (wire) => wire)
    // @ts-expect-error - its path has none
    void core.body('healthCheck', { path }, {}, (wire) => wire)
  })

  test('takes nothing that its operation does not', () => {
    // @ts-expect-error - it has no body
    void core.body('pauseSession', { path, body: { ttl: 60 } }, {}, (wire) => wire)
    // @ts-expect-error - a ttl is a number
    void core.body('updateSession', { path, body: { ttl: '60' } }, {}, (wire) => wire)
    // @ts-expect-error - the body of another operation
    void core.body('executeCode', { path, body: { command: 'ls' } }, {}, (wire) => wire)
    // @ts-expect-error - no such parameter
    void core.nothing('deleteFile', { path, query: { path: 'a' } }, {})
    // @ts-expect-error - bytes go to files alone
    void core.body('executeCommand', { path, body: source }, {}, (wire) => wire)
  })

  test('answers a body where its operation does', () => {
    // @ts-expect-error - it says nothing
    void core.body('deleteSession', { path }, {}, (wire) => wire)
    // @ts-expect-error - a file's bytes are no body of the spec
    void core.body('downloadFile', { path, query: { filePath: 'a' } }, {}, (wire) => wire)
  })
})

describe('every operation', () => {
  test('has a method of its name', () => {
    expectTypeOf<Exclude<OperationId, keyof SessionsClient>>().toEqualTypeOf<'healthCheck'>()
    expectTypeOf<SessionsClient>().toHaveProperty('health')
  })
})

/** What is generated of an answer has to be of this type. */
describe('an answer', () => {
  test('that can be checked compiles', () => {
    const bodies = {
      Process: { pid: 'integer', 'exitCode?': 'integer|null', startedAt: 'date-time', 'terminal?': 'Terminal' },
      Terminal: { columns: 'integer', rows: 'integer' },
      ProcessList: { processes: ['Process'], total: 'integer' },
    } as const
    expectTypeOf(bodies).toExtend<Checkable<keyof typeof bodies>>()
    expectTypeOf<BodyName>().toEqualTypeOf<
      | 'Session'
      | 'Resources'
      | 'Network'
      | 'SessionList'
      | 'SessionMetrics'
      | 'CommandResult'
      | 'FileInfo'
      | 'FileList'
      | 'Health'
    >()
  })

  test('that cannot be checked does not', () => {
    // @ts-expect-error - a body that is a list
    const list: Checkable<'Names'> = { Names: 'array' }
    // @ts-expect-error - a type that the check does not know
    const type: Checkable<'Body'> = { Body: { field: 'decimal' } }
    // @ts-expect-error - a body that is not there
    const entries: Checkable<'Body'> = { Body: { field: ['Entry'] } }
    expectTypeOf([list, type, entries]).not.toBeAny()
  })
})
