/** Middleware that is given to the raw client, at any time. */
import { expect, test } from 'vitest'
import { SessionsClient } from '../../src/index.js'
import { httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { wireSession } from '../support/wire.js'

const { sessionId } = wireSession()

test('sees the calls of the SDK from then on, and may change and answer them', async () => {
  const seen: unknown[] = []
  await using server = await httpFixture((request, response) => {
    seen.push(request.headers['x-signed-by'])
    respond(response, 200, wireSession())
  })
  const client = new SessionsClient({ apiUrl: server.url })
  await client.getSession(sessionId)
  const signer = {
    onRequest({ request, schemaPath, params }: { request: Request; schemaPath: string; params: object }) {
      expect(request).toBeInstanceOf(Request)
      expect([schemaPath, params]).toEqual(['/sessions/{sessionId}', { path: { sessionId } }])
      request.headers.set('x-signed-by', 'me')
    },
    onResponse: () => Response.json(wireSession({ image: 'another' })),
  }
  client.api.use(signer)
  expect((await client.getSession(sessionId)).image).toBe('another')
  client.api.eject(signer)
  expect((await client.getSession(sessionId)).image).not.toBe('another')
  expect(seen).toEqual([undefined, 'me', undefined])
})

test('the raw client changes nothing by being there', async () => {
  await using server = await httpFixture((request, response) => {
    request.resume().on('end', () => respond(response, 200, wireSession({ image: request.method ?? 'none' })))
  })
  const client = new SessionsClient({ apiUrl: server.url })
  const before = await client.createSession({ ttl: 60 })
  await client.api.GET('/sessions/{sessionId}', { params: { path: { sessionId } } })
  const after = await client.createSession({ ttl: 60 })
  expect(after.toJSON()).toEqual(before.toJSON())
  expect((await after.refresh()).image).toBe('GET')
})
