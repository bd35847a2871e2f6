import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { type Fixture, rawFixture } from 'sandbox-sessions-testkit/fixture'
import type { Step } from './faults.js'
import type { Operation } from './operations.js'

/** A request that was read to its end. */
export interface Received {
  readonly method: string | undefined
  readonly headers: IncomingMessage['headers']
  readonly bytes: number
  /** When its answer began. */
  readonly at: number
}

export interface FaultyServer extends Fixture {
  readonly received: readonly Received[]
  /** When each attempt connected: every one has a connection of its own. */
  readonly connectedAt: readonly number[]
}

/** Does one step for each attempt, and the last one for all that come after. */
export async function faultyServer(steps: readonly Step[], operation: Operation): Promise<FaultyServer> {
  const received: Received[] = []
  const connectedAt: number[] = []
  const stepOf = new WeakMap<Socket, Step>()

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { length } = await buffer(request)
    const step = stepOf.get(request.socket)
    received.push({ method: request.method, headers: request.headers, bytes: length, at: performance.now() })
    response.shouldKeepAlive = false
    if (step?.at === 'request') step.act(response, operation)
  }

  const http = createServer((request, response) => {
    // A request that is cut off was not received.
    answer(request, response).catch(() => undefined)
  })
  const fixture = await rawFixture((socket) => {
    connectedAt.push(performance.now())
    const step = steps[Math.min(connectedAt.length, steps.length) - 1]
    if (step === undefined) throw new Error('A fault has at least one step')
    if (step.at === 'connection') {
      step.act(socket)
      return
    }
    stepOf.set(socket, step)
    http.emit('connection', socket)
  })
  return {
    url: fixture.url,
    port: fixture.port,
    get count() {
      return fixture.count
    },
    received,
    connectedAt,
    [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose](),
  }
}
