import contentDisposition from 'content-disposition'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import { Readable } from 'node:stream'
import type { FileContent } from '../engines/engine.js'

/** Answers a file as a stream of exactly the length that was promised. */
export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  { entry, content }: FileContent,
): Promise<Readable> {
  const bytes = 'application/octet-stream'
  const preferred = new Negotiator(request.raw).mediaTypes([bytes, 'text/plain'])[0] ?? bytes
  void reply.headers({
    'Content-Type': preferred === bytes ? bytes : `${preferred}; charset=utf-8`,
    'Content-Length': entry.size,
    'Content-Disposition': contentDisposition(entry.name, { fallback: entry.name.replaceAll(/[^\x20-\x7E]/g, '?') }),
    // What a guest wrote must never be run by a browser that guesses its type.
    'X-Content-Type-Options': 'nosniff',
  })
  if (request.method === 'HEAD') {
    await content[Symbol.asyncIterator]().return?.()
    return Readable.from([])
  }
  return Readable.from(exactly(content, entry.size), { objectMode: false })
}

/** Cuts off what a file grew by while it was read; fails when it shrank, so that nobody takes a part for the whole. */
async function* exactly(content: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let missing = size
  for await (const chunk of content) {
    yield chunk.byteLength > missing ? chunk.subarray(0, missing) : chunk
    missing -= chunk.byteLength
    if (missing <= 0) return
  }
  if (missing > 0) throw new Error(`The file is ${missing} bytes shorter than it was.`)
}
