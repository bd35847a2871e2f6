import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http'
import { createInterface } from 'node:readline'

export interface StreamEvent {
  readonly event: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface Collected {
  readonly stdout: string
  readonly stderr: string
  /** The events after the output; exactly one is as it should be. */
  readonly ends: readonly StreamEvent[]
  /** Every piece of output, in order. */
  readonly pieces: readonly StreamEvent[]
}

interface Target {
  readonly url: string
  readonly token?: string | undefined
}

/** Reads server-sent events from the connection only as fast as they are asked for. */
export class EventReader {
  readonly #lines: AsyncIterator<string>

  private constructor(
    private readonly request: ClientRequest,
    readonly response: IncomingMessage,
  ) {
    this.#lines = createInterface({ input: response, crlfDelay: Infinity })[Symbol.asyncIterator]()
  }

  /** Posts a command or code; resolves when the head of the answer is there. */
  static async open({ url, token = '' }: Target, route: string, body: object): Promise<EventReader> {
    const request = httpRequest(url + route, {
      method: 'POST',
      agent: false,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', accept: 'text/event-stream' },
    })
    request.end(JSON.stringify(body))
    const answered: unknown[] = await once(request, 'response')
    const [response] = answered
    if (!isResponse(response)) throw new TypeError('a request is answered with a response')
    // The end of the connection is told by the end of the lines.
    request.on('error', () => undefined)
    response.on('error', () => undefined)
    return new EventReader(request, response)
  }

  /** The next line; undefined at the end. */
  async line(): Promise<string | undefined> {
    const next = await this.#lines.next()
    return next.done === true ? undefined : next.value
  }

  /** The next event, comments passed over; undefined at the end. */
  async next(): Promise<StreamEvent | undefined> {
    let event = ''
    for (;;) {
      const line = await this.line()
      if (line === undefined) return undefined
      if (line.startsWith('event: ')) event = line.slice('event: '.length)
      if (line.startsWith('data: ')) return { event, data: toObject(JSON.parse(line.slice('data: '.length))) }
    }
  }

  /** Reads on until the text has come on that output. */
  async until(output: 'stdout' | 'stderr', wanted: string): Promise<void> {
    let seen = ''
    while (!seen.includes(wanted)) {
      const next = await this.next()
      if (next?.event !== output) throw new Error(`the stream ended with ${JSON.stringify(next)} after ${seen}`)
      seen += String(next.data['data'])
    }
  }

  /** Reads to the end of the connection. */
  async collect(): Promise<Collected> {
    const text = { stdout: '', stderr: '' }
    const ends: StreamEvent[] = []
    const pieces: StreamEvent[] = []
    for (let next = await this.next(); next !== undefined; next = await this.next()) {
      const { event, data } = next
      if ((event === 'stdout' || event === 'stderr') && ends.length === 0) {
        text[event] += String(data['data'])
        pieces.push(next)
      } else ends.push(next)
    }
    return { ...text, ends, pieces }
  }

  /** Closes the connection. */
  close(): void {
    this.request.destroy()
  }
}

function isResponse(value: unknown): value is IncomingMessage {
  return typeof value === 'object' && value !== null && 'statusCode' in value
}

function toObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
