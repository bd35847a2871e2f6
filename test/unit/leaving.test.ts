/** Whoever leaves an answer before its end lets go of its connection, whatever the fetch makes of a cancelled body. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { getEventListeners } from 'node:events'
import { describe, expect, test } from 'vitest'
import {
  type CommandStream,
  type Fetch,
  type FileDownload,
  type ResponseEvent,
  SandboxAPIError,
  SessionsClient,
} from '../../src/index.js'
import { thrownBy } from '../support/client.js'
import { type Fixture, httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { wireSession } from '../support/wire.js'

const { sessionId } = wireSession()

/** A server whose answers begin and never end; it counts those that are open. */
interface Endless extends AsyncDisposable {
  readonly url: string
  readonly open: () => number
  /** Resolves when no answer is open any more, after `count` of them have been. */
  readonly allClosed: (count: number) => Promise<void>
}

async function endless(begin: (response: ServerResponse, request: IncomingMessage) => void): Promise<Endless> {
  let open = 0
  let closed = 0
  let check: () => void = () => undefined
  const server: Fixture = await httpFixture((request, response) => {
    open += 1
    response.on('close', () => {
      open -= 1
      closed += 1
      check()
    })
    request.resume().on('end', () => begin(response, request))
  })
  return {
    url: server.url,
    open: () => open,
    allClosed: (count) =>
      new Promise((resolve) => {
        check = () => {
          if (open === 0 && closed >= count) resolve()
        }
        check()
      }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
}

function output(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  response.write('event: stdout\ndata: {"data":"a"}\n\nevent: stdout\ndata: {"data":"b"}\n\n')
}

function file(response: ServerResponse): void {
  response.writeHead(200, { 'content-length': 100 }).write('abc')
}

/** Resolves when the heads of so many answers are there, and what follows from them by promises alone has happened. */
function heads(count: number): { hooks: { onResponse: (event: ResponseEvent) => void }; arrived: Promise<void> } {
  let left = count
  let done: () => void = () => undefined
  const arrived = new Promise<void>((resolve) => (done = resolve))
  const onResponse = (): void => {
    left -= 1
    if (left === 0) setImmediate(done)
  }
  return { hooks: { onResponse }, arrived }
}

/** Does what fetch does, over real HTTP, but goes on receiving when a body is cancelled: as Firefox does. */
const stubborn: Fetch = async (input, init) => {
  const response = await fetch(input, init)
  const reader = response.body?.getReader()
  if (reader === undefined) return response
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = await reader.read()
        if (done) controller.close()
        else controller.enqueue(value)
      },
      // Cancelled: and nothing happens.
    },
    { highWaterMark: 0 },
  )
  const { status, headers } = response
  return new Response(body, { status, headers })
}

const fetches: [string, Fetch | undefined][] = [
  ['Node’s fetch', undefined],
  ['a fetch that goes on receiving a cancelled body', stubborn],
]

describe.each(fetches)('[B17] leaving ends the request itself, with %s:', (_, fetch) => {
  async function closedBy(
    begin: (response: ServerResponse) => void,
    leave: (client: SessionsClient) => Promise<unknown>,
  ): Promise<void> {
    await using server = await endless(begin)
    await using client = new SessionsClient({ apiUrl: server.url, fetch, maxRetries: 0 })
    await leave(client)
    await server.allClosed(1)
  }
  const command = (client: SessionsClient): CommandStream => client.streamCommand(sessionId, { command: 'x' })
  const download = (client: SessionsClient): Promise<FileDownload> => client.downloadFile(sessionId, 'a')

  const ways: Readonly<Record<string, (client: SessionsClient) => Promise<unknown>>> = {
    'break out of a loop': async (client) => {
      for await (const event of command(client)) if (event.type === 'stdout') break
    },
    'an error in a loop': (client) =>
      thrownBy(async () => {
        for await (const event of command(client)) if (event.type === 'stdout') throw new Error('enough')
      }),
    'return of an iterator, while the next event is waited for': async (client) => {
      const events = command(client)[Symbol.asyncIterator]()
      await events.next()
      await events.next()
      const pending = thrownBy(() => events.next())
      await events.return()
      expect(String(await pending)).toContain('The stream was left')
    },
    'cancel of a text': async (client) => {
      const reader = command(client).stdout.getReader()
      await reader.read()
      await reader.cancel()
    },
    abort: async (client) => {
      const stream = command(client)
      for await (const event of stream) if (event.type === 'stdout') stream.abort('enough')
    },
    'the end of a block': async (client) => {
      await using stream = command(client)
      for await (const event of stream) if (event.type === 'stdout') return
    },
    'a listener that throws': (client) =>
      thrownBy(async () => {
        const session = await client.getSession(sessionId)
        const onStdout = (): never => {
          throw new Error('enough')
        }
        await session.run('x', { onStdout })
      }),
  }
  test.each(Object.entries(ways))('of a command, by %s', async (_name, leave) => {
    const begin = (response: ServerResponse): void => {
      if (response.req.method === 'GET') respond(response, 200, wireSession())
      else output(response)
    }
    await closedBy(begin, async (client) => {
      try {
        await leave(client)
      } catch (error) {
        expect(error).toBe('enough')
      }
    })
  })

  const transfers: Readonly<Record<string, (file: FileDownload) => Promise<unknown>>> = {
    'cancel before it is read': (download) => download.cancel(),
    'the end of a block': (download) => download[Symbol.asyncDispose](),
    'cancel of its stream': async (download) => {
      const reader = download.stream().getReader()
      await reader.read()
      await reader.cancel()
    },
    'cancel of its stream, while the next piece is waited for': async (download) => {
      const reader = download.stream().getReader()
      await reader.read()
      const pending = reader.read()
      await reader.cancel()
      expect(await pending).toMatchObject({ done: true })
    },
    'cancel of the download, while it is read': async (download) => {
      const reader = download.stream().getReader()
      await reader.read()
      const pending = thrownBy(() => reader.read())
      await download.cancel()
      expect(await pending).toBeInstanceOf(SandboxAPIError)
    },
    'break out of a loop over its stream': async (download) => {
      for await (const chunk of download.stream()) if (chunk.length > 0) break
    },
  }
  test.each(Object.entries(transfers))('of a download, by %s', async (_name, leave) => {
    await closedBy(file, async (client) => leave(await download(client)))
  })

  test('of a raw body, by cancel', async () => {
    await closedBy(file, async (client) => {
      const path = { sessionId }
      const query = { filePath: 'a' }
      const { data } = await client.api.GET('/sessions/{sessionId}/files', {
        params: { path, query },
        parseAs: 'stream',
      })
      await data?.cancel()
    })
  })
})

describe('[B7] nothing is left open', () => {
  const count = 50
  const kinds: [string, (response: ServerResponse) => void, (client: SessionsClient, options: object) => unknown][] = [
    ['streams', output, (client, options) => client.streamCommand(sessionId, { command: 'x' }, options)],
    ['downloads', file, (client, options) => client.downloadFile(sessionId, 'a', options)],
  ]

  test.each(kinds)('by 50 %s that are aborted before anybody reads', async (_, begin, start) => {
    await using server = await endless(begin)
    const { hooks, arrived } = heads(count)
    const client = new SessionsClient({ apiUrl: server.url, hooks })
    const controller = new AbortController()
    const started = Array.from({ length: count }, () => start(client, { signal: controller.signal }))
    await arrived
    expect(server.open()).toBe(count)
    controller.abort()
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
    await server.allClosed(count)
    expect(started).toHaveLength(count)
  })

  test('by 50 streams that are aborted one by one, or disposed', async () => {
    await using server = await endless(output)
    const { hooks, arrived } = heads(count)
    const client = new SessionsClient({ apiUrl: server.url, hooks })
    const streams = Array.from({ length: count }, () => client.streamCommand(sessionId, { command: 'x' }))
    await arrived
    for (const [index, stream] of streams.entries()) {
      if (index % 2 === 0) stream.abort()
      else await stream[Symbol.asyncDispose]()
    }
    await server.allClosed(count)
  })

  test('by a fetch that looks at no signal: what it still brings is cancelled', async () => {
    const deaf: Fetch = (input, { signal: _, ...init }) => fetch(input, init)
    let answer: () => void = () => undefined
    await using server = await endless((response) => (answer = () => output(response)))
    const client = new SessionsClient({ apiUrl: server.url, fetch: deaf, maxRetries: 0 })
    const controller = new AbortController()
    const call = thrownBy(() => client.getSession(sessionId, { signal: controller.signal }))
    while (server.open() === 0) await new Promise((resolve) => setImmediate(resolve))
    controller.abort('enough')
    expect(await call).toBe('enough')
    while (answer.length > 0) await new Promise((resolve) => setImmediate(resolve))
    answer()
    await server.allClosed(1)
  })
})
