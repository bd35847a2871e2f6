/** What was not bent comes as the server sent it: then a check speaks of the mutation, not of the proxy. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Fixture, httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { bendingProxy } from './bending-proxy.js'

describe('the bending proxy', () => {
  let server: Fixture
  let proxy: Fixture
  let release = (): void => undefined

  beforeAll(async () => {
    server = await httpFixture((request, response) => {
      const { method, url, headers } = request
      if (url === '/v1/events') {
        response.writeHead(200, { 'content-type': 'text/event-stream' }).write('one')
        release = () => response.end('two')
        return
      }
      request.toArray().then(
        (chunks) =>
          respond(
            response,
            404,
            { method, url, body: chunks.join(''), type: headers['content-type'] },
            { etag: '"a"' },
          ),
        () => response.destroy(),
      )
    })
    proxy = await bendingProxy(server.url, (answer) =>
      answer.operation === 'getSession' ? { ...answer, status: 418, body: { operation: answer.operation } } : answer,
    )
  })

  afterAll(async () => {
    for (const each of [proxy, server]) await each[Symbol.asyncDispose]()
  })

  test('bends the answers of an operation', async () => {
    const response = await fetch(`${proxy.url}/sessions/some-id?later=1`)
    expect(response.status).toBe(418)
    expect(response.headers.get('etag')).toBe('"a"')
    expect(await response.json()).toEqual({ operation: 'getSession' })
  })

  test('passes on requests and other answers', async () => {
    const init = { method: 'POST', headers: { 'content-type': 'text/x-own' }, body: 'content' }
    const answers = await Promise.all(
      [proxy, server].map(async ({ url }) => {
        const response = await fetch(`${url}/sessions?later=1`, init)
        const { date: _, ...headers } = Object.fromEntries(response.headers)
        return { status: response.status, headers, body: await response.text() }
      }),
    )
    expect(answers[0]).toEqual(answers[1])
    expect(answers[0]?.status).toBe(404)
    expect(answers[0]?.body).toContain('"body":"content"')
  })

  test('holds nothing back of what is no JSON', async () => {
    const response = await fetch(`${proxy.url}/events`)
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    expect(await reader?.read()).toMatchObject({ value: 'one' })
    release()
    expect(await reader?.read()).toMatchObject({ value: 'two' })
  })
})
