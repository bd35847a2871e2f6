/** `client.api`: everything follows from the path. */
import type { SessionsClient, components } from 'sandbox-sessions-sdk'
import { describe, expectTypeOf, test } from 'vitest'

type Wire = components['schemas']

declare const client: SessionsClient
const sessionId = '7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f'

describe('client.api', () => {
  test('knows what a path answers', async () => {
    const { data, error, response } = await client.api.GET('/sessions/{sessionId}', { params: { path: { sessionId } } })
    expectTypeOf(data).toEqualTypeOf<Wire['Session'] | undefined>()
    expectTypeOf(error).toEqualTypeOf<Wire['Error'] | undefined>()
    expectTypeOf(response).toEqualTypeOf<Response>()
    if (error === undefined) {
      // The wire form: times are text, and what may be missing may be.
      expectTypeOf(data.status).toEqualTypeOf<'running' | 'paused'>()
      expectTypeOf(data.createdAt).toEqualTypeOf<string>()
      expectTypeOf(data.image).toEqualTypeOf<string | undefined>()
    } else {
      expectTypeOf(data).toEqualTypeOf<undefined>()
      expectTypeOf(error.message).toEqualTypeOf<string>()
    }
  })

  test('knows what a path takes', async () => {
    const { data } = await client.api.POST('/sessions', { body: { ttl: 60 } })
    expectTypeOf(data).toEqualTypeOf<Wire['Session'] | undefined>()
    const page = await client.api.GET('/sessions', { params: { query: { limit: 1 } } })
    expectTypeOf(page.data).toEqualTypeOf<Wire['SessionList'] | undefined>()
    const result = await client.api.POST('/sessions/{sessionId}/commands', {
      params: { path: { sessionId } },
      body: { command: 'ls', timeout: 5 },
    })
    expectTypeOf(result.data).toEqualTypeOf<Wire['CommandResult'] | string | undefined>()
    const health = await client.api.GET('/health')
    expectTypeOf(health.data).toEqualTypeOf<Wire['Health'] | undefined>()
  })

  test('refuses what the spec does not have', async () => {
    // @ts-expect-error - no such path
    await client.api.GET('/session')
    // @ts-expect-error - no such method there
    await client.api.PUT('/sessions', { body: {} })
    // @ts-expect-error - the path has an id
    await client.api.GET('/sessions/{sessionId}')
    // @ts-expect-error - a ttl is a number
    await client.api.POST('/sessions', { body: { ttl: '60' } })
    // @ts-expect-error - the command is missing
    await client.api.POST('/sessions/{sessionId}/commands', { params: { path: { sessionId } }, body: {} })
    // @ts-expect-error - no such parameter
    await client.api.GET('/sessions', { params: { query: { page: 1 } } })
  })
})
