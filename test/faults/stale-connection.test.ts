/**
 * A server (or a proxy) closes an idle connection while the program is busy: the end has arrived, and Node has not seen it yet.
 * What must not be sent twice would be lost on it.
 */
import { Worker } from 'node:worker_threads'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import { SessionsClient } from '../../src/index.js'
import { wireSession } from '../support/wire.js'

const { sessionId } = wireSession()
const rounds = 8
const body = JSON.stringify({
  ...wireSession(),
  status: 'completed',
  exitCode: 0,
  name: 'a',
  path: 'a',
  type: 'file',
  size: 7,
})

/** A server in a thread of its own: it goes on while this one is blocked. Told to, it ends every connection and then says so. */
const source = `
  const { createServer } = require('node:http')
  const { parentPort, workerData } = require('node:worker_threads')
  const sockets = new Set()
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end(workerData.body))
  })
  server.keepAliveTimeout = 0
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => {})
  })
  parentPort.on('message', async () => {
    await Promise.all([...sockets].map((socket) => new Promise((resolve) => socket.end(resolve))))
    Atomics.store(workerData.flag, 0, 1)
    Atomics.notify(workerData.flag, 0)
  })
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))
`

const calls: [string, (client: SessionsClient) => PromiseLike<unknown>][] = [
  ['a command', (client) => client.executeCommand(sessionId, { command: 'x' })],
  ['code', (client) => client.executeCode(sessionId, { code: 'x' })],
  ['a stream', (client) => client.streamCommand(sessionId, { command: 'x' }).result],
  [
    'an upload that can be sent once',
    (client) => client.uploadFile(sessionId, { path: 'a' }, new Blob(['content']).stream()),
  ],
  ['a pause', (client) => client.pauseSession(sessionId)],
  // The clients of this test try nothing again.
  ['what is not to be tried again', (client) => client.getSession(sessionId)],
]

/** Where in a turn of the event loop the call is made: sockets are looked at in one place of it only. */
const moments: [string, () => Promise<void>][] = [
  ['where sockets are looked at', () => Promise.resolve()],
  ['in a timer', () => new Promise((resolve) => setTimeout(resolve, 1))],
  ['after the sockets', () => new Promise((resolve) => setImmediate(resolve))],
]

describe.each(calls)('[B8] %s after a busy time, on a connection that was closed meanwhile, is not lost', (_, call) => {
  test.each(moments)('%s', async (_when, moment) => {
    const flag = new Int32Array(new SharedArrayBuffer(4))
    const worker = new Worker(source, { eval: true, workerData: { flag, body } })
    const told: unknown[] = await once(worker, 'message')
    const client = new SessionsClient({ apiUrl: `http://127.0.0.1:${String(told[0])}/v1`, maxRetries: 0 })
    for (let round = 0; round < rounds; round += 1) {
      await client.getSession(sessionId)
      await moment()
      Atomics.store(flag, 0, 0)
      worker.postMessage('end them')
      // Nothing else happens here until the connections have ended: this is the busy time.
      expect(Atomics.wait(flag, 0, 0, 30_000)).not.toBe('timed-out')
      await call(client)
    }
    client.close()
    await worker.terminate()
  })
})
