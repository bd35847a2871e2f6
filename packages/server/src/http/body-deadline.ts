import type { FastifyInstance } from 'fastify'
import type { Limits } from '../support/limits.js'

/** How long an unwanted body may keep coming after the answer, in milliseconds. */
const lingerMs = 5_000

/** Ends connections whose body stops coming, or goes on coming after the answer. */
export function boundBodies(app: FastifyInstance, { bodyIdleTimeoutMs }: Limits): void {
  app.addHook('onRequest', async ({ raw }, reply) => {
    if (raw.headers['transfer-encoding'] === undefined && !Number(raw.headers['content-length'])) return
    const { socket } = raw
    socket.setTimeout(bodyIdleTimeoutMs)
    raw.once('timeout', () => {
      if (reply.raw.headersSent) socket.destroy()
      else app.server.emit('clientError', Object.assign(new Error(), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }), socket)
    })
    // A command may be silent for long once its request has arrived. Between requests, Node's own timeout applies again.
    raw.once('end', () => socket.setTimeout(reply.raw.writableFinished ? app.server.keepAliveTimeout : 0))
  })
  app.addHook('onResponse', async ({ raw }) => {
    if (raw.complete) return
    // Reading on lets the caller get the answer while it still sends; a reset would destroy the answer.
    raw.unpipe()
    raw.resume()
    const timer = setTimeout(() => raw.socket.destroy(), lingerMs)
    timer.unref()
    raw.once('close', () => clearTimeout(timer))
  })
}
