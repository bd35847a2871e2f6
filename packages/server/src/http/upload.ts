import { Busboy, type BusboyFileStream, type BusboyInstance } from '@fastify/busboy'
import type { IncomingMessage } from 'node:http'
import { invalidParameter } from './api-error.js'

export interface Upload {
  /** The file name of a part of a multipart body, without directories. */
  readonly filename: string | undefined
  readonly content: AsyncIterable<Uint8Array>
  /** Bytes of the content, where the caller told them. */
  readonly size: number | undefined
}

/** The part of a multipart body that holds the file; named by the spec's FileUpload. */
const filePart = 'file'

const limits = { fields: 100, fieldSize: 64 * 1024, parts: 200, headerSize: 16 * 1024 }

/** Reads the start of an upload; its content streams from the connection while it is consumed. */
export async function receiveUpload(request: IncomingMessage, mediaType: string | undefined): Promise<Upload> {
  if (mediaType === 'multipart/form-data') return await receivePart(request)
  // Stopping to read early must not close the connection, since the answer is sent on it.
  const length = request.headers['content-length']
  return {
    filename: undefined,
    content: request.iterator({ destroyOnReturn: false }),
    size: length === undefined ? undefined : Number(length),
  }
}

/** @throws {ApiError} 400 when the body is not multipart or lacks the part. */
function receivePart(request: IncomingMessage): Promise<Upload> {
  return new Promise((resolve, reject) => {
    const parser = makeParser(request)
    let file: BusboyFileStream | undefined
    const fail = (reason: string) => {
      request.unpipe(parser)
      request.resume()
      const error = invalidParameter(`The multipart body is broken: ${reason}. Nothing was written.`)
      reject(error)
      file?.destroy(error)
    }
    parser.on('file', (name, stream, filename) => {
      // A part that ends early emits an error.
      stream.on('error', (error: Error) => stream.destroy(error))
      if (name !== filePart || file) {
        stream.resume()
        return
      }
      file = stream
      resolve({ filename: filename === '' ? undefined : filename, content: stream, size: undefined })
    })
    parser.on('error', (error) => fail(error instanceof Error ? error.message : 'it cannot be read'))
    parser.on('finish', () => {
      reject(
        invalidParameter(`Send the file as the part '${filePart}' of the multipart body.`, { parameter: filePart }),
      )
    })
    request.once('close', () => {
      if (!request.complete) fail('the connection closed before its end')
    })
    request.pipe(parser)
  })
}

function makeParser(request: IncomingMessage): BusboyInstance {
  try {
    return new Busboy({
      headers: { ...request.headers, 'content-type': request.headers['content-type'] ?? '' },
      limits,
      isPartAFile: (name, _type, filename) => name === filePart || filename !== undefined,
    })
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'it cannot be read'
    throw invalidParameter(`The multipart body is broken: ${reason}.`, { parameter: 'Content-Type' })
  }
}
