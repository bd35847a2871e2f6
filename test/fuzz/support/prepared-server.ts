import { SessionsClient } from '../../../src/index.js'
import { httpFixture } from 'sandbox-sessions-testkit/fixture'

/** What a server is to answer next. */
export interface Prepared {
  readonly status: number
  readonly type?: string
  /** Sent piece by piece. */
  readonly pieces: readonly Uint8Array[]
  /** Whether the connection breaks after the last piece, with more promised. */
  readonly breaksOff?: boolean
}

/** A real server that answers whatever it is told to, and a client of it that tries once. */
export interface PreparedServer extends AsyncDisposable {
  readonly client: SessionsClient
  answerWith(next: Prepared): void
}

/** Longer than any answer here takes: a hang. */
const deadlineMs = 10_000

export async function preparedServer(): Promise<PreparedServer> {
  let next: Prepared = { status: 500, pieces: [] }
  const fixture = await httpFixture((request, response) => {
    const { status, type = 'application/json', pieces, breaksOff = false } = next
    request.resume().on('end', () => {
      response.writeHead(status, type === '' ? {} : { 'content-type': type })
      for (const piece of pieces) response.write(piece)
      if (breaksOff) response.flushHeaders()
      // What was written is on its way first.
      if (breaksOff) setImmediate(() => response.destroy())
      else response.end()
    })
  })
  const client = new SessionsClient({
    apiUrl: fixture.url,
    bearerToken: 'token',
    maxRetries: 0,
    timeoutMs: deadlineMs,
  })
  return {
    client,
    answerWith: (prepared) => {
      next = prepared
    },
    async [Symbol.asyncDispose]() {
      client.close()
      await fixture[Symbol.asyncDispose]()
    },
  }
}
