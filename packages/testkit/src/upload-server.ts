import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Fixture, httpFixture, respond } from './fixture.js'

export interface ReceivedUpload {
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

export function md5(bytes: Uint8Array | string): string {
  return createHash('md5').update(bytes).digest('hex')
}

/** What a server says of a file that it has written. */
export function writtenFile(body: Uint8Array): {
  name: string
  path: string
  type: string
  size: number
  checksum: string
} {
  return { name: 'a', path: 'a', type: 'file', size: body.length, checksum: md5(body) }
}

export interface UploadServer extends Fixture {
  /** What arrived whole, as if it was stored. */
  readonly received: readonly ReceivedUpload[]
}

/** Takes uploads, and answers what the handler says of each. */
export async function uploadServer(
  answer: (upload: ReceivedUpload, response: ServerResponse, count: number) => void = ({ body }, response) => {
    respond(response, 201, writtenFile(body))
  },
): Promise<UploadServer> {
  const received: ReceivedUpload[] = []
  const fixture = await httpFixture((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const upload = { headers: request.headers, body: Buffer.concat(chunks) }
      received.push(upload)
      answer(upload, response, received.length)
    })
  })
  return Object.assign(fixture, { received })
}
