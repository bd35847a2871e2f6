import type { ServerResponse } from 'node:http'
import type { RequestOptions, SessionsClient } from '../../src/index.js'
import { respond } from 'sandbox-sessions-testkit/fixture'
import { wireSession } from '../support/wire.js'

/** One column of the table: a kind of call that the retry policy tells apart. */
export interface Operation {
  readonly name: string
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Bytes of the request's body. */
  readonly bytes: number
  /** Whether an Idempotency-Key tells the server that two attempts are one call. */
  readonly keyed: boolean
  /** What a server that works answers. */
  readonly success: { readonly status: number; readonly body: string }
  /** Makes the call, to the last byte of its answer. */
  call(client: SessionsClient, options: RequestOptions): Promise<unknown>
}

const session = wireSession()
const { sessionId } = session
const content = Buffer.alloc(64 * 1024, 'content of the file. ')
const command = { command: 'make' }
const result = { status: 'completed', exitCode: 0, stdout: 'made', stderr: '' }
const file = { name: 'a.bin', path: 'a.bin', type: 'file', size: content.length }

export const operations: readonly Operation[] = [
  {
    name: 'GET getSession',
    method: 'GET',
    bytes: 0,
    keyed: false,
    success: { status: 200, body: JSON.stringify(session) },
    call: (client, options) => client.getSession(sessionId, options),
  },
  {
    name: 'DELETE deleteSession',
    method: 'DELETE',
    bytes: 0,
    keyed: false,
    success: { status: 200, body: '{}' },
    call: (client, options) => client.deleteSession(sessionId, options),
  },
  {
    name: 'keyed POST createSession',
    method: 'POST',
    bytes: JSON.stringify({ ttl: 60 }).length,
    keyed: true,
    success: { status: 200, body: JSON.stringify(session) },
    call: (client, options) => client.createSession({ ttl: 60 }, options),
  },
  {
    name: 'command POST executeCommand',
    method: 'POST',
    bytes: JSON.stringify(command).length,
    keyed: false,
    success: { status: 200, body: JSON.stringify(result) },
    call: (client, options) => client.executeCommand(sessionId, command, options),
  },
  {
    name: 'upload uploadFile',
    method: 'POST',
    bytes: content.length,
    keyed: false,
    success: { status: 201, body: JSON.stringify(file) },
    call: (client, options) => client.uploadFile(sessionId, { path: 'a.bin' }, content, options),
  },
  {
    name: 'download downloadFile',
    method: 'GET',
    bytes: 0,
    keyed: false,
    success: { status: 200, body: 'the bytes of the file' },
    call: async (client, options) => (await client.downloadFile(sessionId, 'a.bin', options)).bytes(),
  },
]

export function succeed(response: ServerResponse, { success }: Operation): void {
  respond(response, success.status, success.body, { 'content-type': 'application/json' })
}
