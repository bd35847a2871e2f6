/** A process of its own, so that it does not share a thread with what is measured: a keep-alive server of one session. */
import { createServer } from 'node:http'

const body = JSON.stringify({
  sessionId: '7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f',
  status: 'running',
  createdAt: '2026-11-22T10:00:00.000Z',
  expiresAt: '2026-11-22T11:00:00.000Z',
  lastActivityAt: '2026-11-22T10:05:00.000Z',
  metadata: { user: 'alice' },
  image: 'python:3.11',
  engine: 'bubblewrap',
})
const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }

const server = createServer((_, response) => {
  response.writeHead(200, headers).end(body)
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (typeof address === 'object') process.send?.(address?.port)
})
process.once('disconnect', () => process.exit())
