/** What a server can do to one attempt of a call. */
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { respond } from 'sandbox-sessions-testkit/fixture'
import { type Operation, succeed } from './operations.js'

/** Happens as soon as the attempt connects, or when its request was read to the end. */
export type Step =
  | { readonly at: 'connection'; readonly act: (socket: Socket) => void }
  | { readonly at: 'request'; readonly act: (response: ServerResponse, operation: Operation) => void }

const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n'

export const resetBefore: Step = { at: 'connection', act: reset }
export const resetAfter = write('', reset)
export const resetInHead = write(head, reset)
export const resetInBody = write(`${head}\r\n{"sess`, reset)
export const closeInBody = write(`${head}\r\n{"sess`, (socket) => socket.end())

/** Accepts, and never reads. */
export const hangBefore: Step = { at: 'connection', act: () => undefined }
/** Reads some of a long request, no more. */
export const resetInRequest: Step = { at: 'connection', act: (socket) => socket.once('data', () => reset(socket)) }
export const answerInRequest: Step = {
  at: 'connection',
  act: (socket) =>
    socket.once('data', () => socket.pause().write('HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n')),
}
export const hangAfter = write('')
export const hangInHead = write(head)
export const hangInBody = write(`${head}\r\n{"sess`)
export const notHttp = write('SSH-2.0-OpenSSH_9.2\r\n', (socket) => socket.end())

/** A body of 1000 bytes, one in ten seconds. */
export const trickle = write(`${head}\r\n`, (socket) => {
  const timer = setInterval(() => socket.write(' '), 10_000)
  socket.on('close', () => {
    clearInterval(timer)
  })
})

/** A success that comes in pieces with a pause before each. */
export function pieceByPiece(pieces: number, pauseMs: number): Step {
  return request((response, { success: { status, body } }) => {
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length })
    response.flushHeaders()
    const size = Math.ceil(body.length / pieces)
    let sent = 0
    const timer = setInterval(() => {
      response.write(body.slice(sent, (sent += size)))
      if (sent < body.length) return
      clearInterval(timer)
      response.end()
    }, pauseMs)
    response.on('close', () => {
      clearInterval(timer)
    })
  })
}

export const success = request(succeed)

/** A complete answer. Headers that depend on the time are made when it is given. */
export function answer(
  status: number,
  body: unknown,
  headers: () => Readonly<Record<string, string>> = () => ({}),
): Step {
  return request((response) => {
    respond(response, status, body, headers())
  })
}

function request(act: (response: ServerResponse, operation: Operation) => void): Step {
  return { at: 'request', act }
}

function write(bytes: string, then: (socket: Socket) => void = () => undefined): Step {
  return request(({ socket }) => {
    if (socket === null) return
    if (bytes === '') then(socket)
    else socket.write(bytes, () => then(socket))
  })
}

function reset(socket: Socket): void {
  socket.resetAndDestroy()
}
