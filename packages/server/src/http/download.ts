import contentDisposition from 'content-disposition'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import type { OutgoingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { FileContent } from '../engines/contract/files.js'
import { etagOf } from './range.js'
import { takeOver } from './take-over.js'

const bytes = 'application/octet-stream'

/**
 * Answers with a file or a part of it. When it cannot be sent completely, the connection breaks, so that nobody takes a piece for
 * the whole.
 *
 * @param options.isPart Whether the request asked for a part, even if that is all of the file.
 * @param options.readerIdleTimeoutMs How long the reader may take nothing, in milliseconds.
 */
export async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  { entry, start, length, content }: FileContent,
  { isPart, readerIdleTimeoutMs }: { isPart: boolean; readerIdleTimeoutMs: number },
): Promise<void> {
  const preferred = isPart ? bytes : (new Negotiator(request.raw).mediaTypes([bytes, 'text/plain'])[0] ?? bytes)
  const headers: OutgoingHttpHeaders = {
    'Content-Type': preferred === bytes ? bytes : `${preferred}; charset=utf-8`,
    'Content-Length': length,
    'Content-Disposition': contentDisposition(entry.name, { fallback: entry.name.replaceAll(/[^\x20-\x7E]/g, '?') }),
    ETag: etagOf(entry.version),
    'Accept-Ranges': 'bytes',
    ...(isPart && { 'Content-Range': `bytes ${start}-${start + length - 1}/${entry.size}` }),
    // A browser must never guess the type of what a guest wrote, and run it.
    'X-Content-Type-Options': 'nosniff',
  }
  const response = takeOver(reply, isPart ? 206 : 200, headers, readerIdleTimeoutMs)
  if (request.method === 'HEAD') {
    response.end()
    await content[Symbol.asyncIterator]().return?.()
    return
  }
  try {
    await pipeline(Readable.from(exactly(content, length), { objectMode: false }), response)
  } catch (error) {
    request.log.info({ err: error }, 'A download broke off.')
    response.destroy()
    // A generator that was never started does not close its source.
    await content[Symbol.asyncIterator]().return?.()
  }
}

/** Fails when the content is too short, and cuts off what is too much. */
async function* exactly(content: AsyncIterable<Uint8Array>, length: number): AsyncGenerator<Uint8Array> {
  let missing = length
  for await (const chunk of content) {
    yield chunk.byteLength > missing ? chunk.subarray(0, missing) : chunk
    missing -= chunk.byteLength
    if (missing <= 0) return
  }
  if (missing > 0) throw new Error(`The content is ${missing} bytes shorter than it should be.`)
}
