import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type Fixture, httpFixture, respond } from './fixture.js'

/** What an answer has in place of what is right. */
interface Deviation {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly body?: Buffer
}

export interface Ranges {
  /** The file. */
  readonly content?: Buffer
  /** How many bytes of each answer arrive before its connection breaks; no more than that many break. */
  readonly cuts?: readonly number[]
  /** Changes an answer; `index` counts them from 0. */
  readonly deviate?: (index: number, request: IncomingMessage) => Deviation | undefined
}

export interface RangeServer extends Fixture {
  readonly content: Buffer
  /** The headers of each request for bytes. */
  readonly asked: readonly IncomingMessage['headers'][]
}

const etag = '"the-tag"'

/** Serves one file and any range of it, as the specification of HTTP says. */
export async function rangeServer({
  content = randomBytes(200),
  cuts = [],
  deviate = () => undefined,
}: Ranges): Promise<RangeServer> {
  const asked: IncomingMessage['headers'][] = []
  const left = [...cuts]
  const fixture = await httpFixture((request, response) => {
    if (request.url?.includes('/files/stat') === true) {
      respond(response, 200, { name: 'a', path: 'a', type: 'file', size: content.length })
      return
    }
    const deviation = deviate(asked.length, request) ?? {}
    asked.push(request.headers)
    answerRange(request, response, content, left.shift(), deviation)
  })
  return Object.assign(fixture, { content, asked })
}

/** Answers the file or a range of it; the connection breaks after `cut` bytes. */
export function answerRange(
  request: IncomingMessage,
  response: ServerResponse,
  content: Buffer,
  cut?: number,
  deviation: Deviation = {},
): void {
  send(response, answer(request, content), deviation, cut)
}

interface Answer {
  readonly status: number
  readonly body: Buffer
  readonly range: string | undefined
}

function answer({ headers }: IncomingMessage, content: Buffer): Answer {
  const found = /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? '')
  if (found === null || (headers['if-range'] ?? etag) !== etag) return { status: 200, body: content, range: undefined }
  const size = content.length
  const from = found[1] === '' ? Math.max(0, size - Number(found[2])) : Number(found[1])
  const to = found[1] === '' || found[2] === '' ? size - 1 : Math.min(Number(found[2]), size - 1)
  if (from >= size) return { status: 416, body: Buffer.alloc(0), range: `bytes */${size}` }
  return { status: 206, body: content.subarray(from, to + 1), range: `bytes ${from}-${to}/${size}` }
}

function send(
  response: ServerResponse,
  { status, body, range }: Answer,
  deviation: Deviation,
  cut: number | undefined,
): void {
  const sent = deviation.body ?? body
  const headers: Record<string, string | number | undefined> = {
    'content-type': 'application/octet-stream',
    'content-length': sent.length,
    'accept-ranges': 'bytes',
    etag,
    'content-range': range,
    ...deviation.headers,
  }
  response.statusCode = deviation.status ?? status
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) response.setHeader(name, value)
  }
  if (cut === undefined) response.end(sent)
  else response.write(sent.subarray(0, cut), () => response.socket?.destroy())
}
