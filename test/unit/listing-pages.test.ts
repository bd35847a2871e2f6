/** Which pages of a listing are asked for. */
import { afterEach, describe, expect, test } from 'vitest'
import { operations } from '../../generated/constraints.js'
import { type FileInfo, type Listing, SandboxValidationError, type Session, SessionsClient } from '../../src/index.js'
import { httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { wireSession } from '../support/wire.js'

const { sessionId } = wireSession()

/** A server of `total` entries, which pages as the API does, and a client of it. */
async function paging(total: number) {
  const asked: string[] = []
  const server = await httpFixture((request, response) => {
    const { pathname, searchParams: query } = new URL(request.url ?? '', 'http://localhost')
    asked.push(query.toString())
    const isFiles = pathname.endsWith('/files/list')
    const { parameters } = isFiles ? operations.listFiles : operations.listSessions
    const limit = Number(query.get('limit') ?? parameters.limit.default)
    const offset = Number(query.get('offset') ?? 0)
    const numbers = Array.from({ length: Math.max(0, Math.min(limit, total - offset)) }, (_, index) => offset + index)
    const entries = isFiles
      ? { files: numbers.map((number) => ({ name: `${number}`, path: `${number}`, type: 'file', size: 1 })) }
      : { sessions: numbers.map((number) => wireSession({ sessionId: idOf(number) })) }
    respond(response, 200, { ...entries, total, limit, offset })
  })
  const client = new SessionsClient({ apiUrl: server.url, bearerToken: 't', maxRetries: 0 })
  return { asked, client, server }
}

const idOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`

let open: Awaited<ReturnType<typeof paging>> | undefined
afterEach(async () => {
  open?.client.close()
  await open?.server[Symbol.asyncDispose]()
})

type Asked = { readonly limit?: number; readonly offset?: number }
type Lists = (
  client: SessionsClient,
  asked?: Asked,
) => Listing<{ total: number; limit: number; offset: number }, Session | FileInfo>

const lists: [name: string, list: Lists, maximum: number][] = [
  ['files', (client, asked) => client.listFiles(sessionId, asked), operations.listFiles.parameters.limit.maximum],
  ['sessions', (client, asked) => client.listSessions(asked), operations.listSessions.parameters.limit.maximum],
]

describe.each(lists)('a listing of %s', (_, list, maximum) => {
  test('[B10] awaited, leaves the size of the page to the server', async () => {
    open = await paging(5000)
    await list(open.client)
    await list(open.client, { offset: 7 })
    expect(open.asked).toEqual(['', 'offset=7'])
  })

  test('[B10] looped over, asks for the largest pages that there are, so that requests grow with the entries alone', async () => {
    open = await paging(4 * maximum)
    expect(await list(open.client).toArray()).toHaveLength(4 * maximum)
    const offsets = [1, 2, 3].map((page) => `&offset=${page * maximum}`)
    expect(open.asked).toEqual(['', ...offsets].map((offset) => `limit=${maximum}${offset}`))
  })

  test('[B10] looped over, keeps to the limit and the offset that the caller named', async () => {
    open = await paging(10)
    const found = []
    for await (const entry of list(open.client, { limit: 4, offset: 1 })) found.push(entry)
    expect(found).toHaveLength(9)
    expect(open.asked).toEqual(['limit=4&offset=1', 'limit=4&offset=5', 'limit=4&offset=9'])
  })

  test.each([0, null, '5', 1.5, 1_000_000])('[B10] refuses the limit %j in a loop, too', async (limit) => {
    open = await paging(10)
    // What a caller without types may pass.
    const asked: Asked = {}
    Reflect.set(asked, 'limit', limit)
    await expect(list(open.client, asked).toArray()).rejects.toThrow(SandboxValidationError)
    expect(open.asked).toEqual([])
  })
})
