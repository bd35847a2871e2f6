import type { FastifyReply } from 'fastify'
import { once } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { takeOver } from './take-over.js'

/** Characters of a string that become JSON at a time: whoever else waits has a turn after each. */
const pieceLength = 16 * 1024

/**
 * Sends a JSON object with long strings piece by piece, no faster than it is read: at once it would keep everybody else waiting, and
 * take six times the memory of the strings.
 *
 * @param idleTimeoutMs - how long the reader may take nothing before the connection is closed, in milliseconds.
 * @returns when it is sent, or the caller has gone away.
 */
export async function sendLongJson(
  reply: FastifyReply,
  body: Readonly<Record<string, unknown>>,
  { signal, idleTimeoutMs }: { readonly signal: AbortSignal; readonly idleTimeoutMs: number },
): Promise<void> {
  const headers = { 'Content-Type': 'application/json; charset=utf-8' }
  const response = takeOver(reply, reply.statusCode, headers, idleTimeoutMs)
  for (const piece of jsonPieces(body)) {
    if (signal.aborted) return
    if (!response.write(piece)) await once(response, 'drain', { signal }).catch(() => undefined)
    await turn()
  }
  response.end()
}

/** The text of an object, as JSON.stringify writes it but for surrogate pairs that fall between two pieces, which are escaped. */
export function* jsonPieces(body: Readonly<Record<string, unknown>>): Generator<string> {
  let before = '{'
  for (const [name, value] of Object.entries(body)) {
    if (value === undefined) continue
    const key = `${before}${JSON.stringify(name)}:`
    before = ','
    if (typeof value !== 'string' || value.length <= pieceLength) {
      yield key + JSON.stringify(value)
      continue
    }
    yield `${key}"`
    for (let at = 0; at < value.length; at += pieceLength) {
      yield JSON.stringify(value.slice(at, at + pieceLength)).slice(1, -1)
    }
    yield '"'
  }
  yield before === '{' ? '{}' : '}'
}

/** Whether an object is long enough for {@link sendLongJson} to be of use. */
export function isLong(body: Readonly<Record<string, unknown>>): boolean {
  return Object.values(body).some((value) => typeof value === 'string' && value.length > pieceLength)
}
