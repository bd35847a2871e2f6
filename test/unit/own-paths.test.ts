/** The raw client on the paths of a spec that is not the packaged one. */
import { describe, expect, test } from 'vitest'
import { type SandboxApi, SessionsClient } from '../../src/index.js'
import { thrownBy } from '../support/client.js'
import { httpFixture, respond } from 'sandbox-sessions-testkit/fixture'

const sessionId = '7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f'

type Values<Names extends string> = Record<Names, string | number>

/** What openapi-typescript writes for a GET with parameters in its path. */
interface Get<Path> {
  get: {
    parameters: { query?: { q?: string }; header?: never; path: Path; cookie?: never }
    requestBody?: never
    responses: { 200: { headers: Record<string, unknown>; content: { 'application/json': { url: string } } } }
  }
}

interface OwnPaths {
  '/images/{name}': Get<Values<'name'>>
  '/sessions/{sessionId}/snapshots/{number}': Get<Values<'sessionId' | 'number'>>
  '/{name}/{name}': Get<Values<'name'>>
}

/** As loose as a caller without types. */
interface CarelessPaths {
  '/images/{name}': { get: { parameters: { path?: Record<string, string> }; responses: { 200: { content?: never } } } }
}

function apiAt(url: string): SandboxApi<OwnPaths> {
  return new SessionsClient({ apiUrl: url, maxRetries: 0 }).apiOf<OwnPaths>()
}

const nowhere = 'http://127.0.0.1:9/v1'

describe('apiOf', () => {
  test('is the raw client itself', () => {
    const client = new SessionsClient({ apiUrl: nowhere })
    expect(client.apiOf<OwnPaths>()).toBe(client.api)
  })

  test('fills every parameter of a path, encoded', async () => {
    await using server = await httpFixture((request, response) => {
      respond(response, 200, { url: request.url })
    })
    const api = apiAt(server.url)
    const image = (name: string | number): Promise<string | undefined> =>
      api.GET('/images/{name}', { params: { path: { name } } }).then(({ data }) => data?.url)
    expect(await image('python:3.11/slim?#%2e ü')).toBe('/v1/images/python%3A3.11%2Fslim%3F%23%252e%20%C3%BC')
    expect(await image('{name}')).toBe('/v1/images/%7Bname%7D')
    expect(await image('$&$1')).toBe('/v1/images/%24%26%241')
    expect(await image('...')).toBe('/v1/images/...')
    expect(await image(0)).toBe('/v1/images/0')
    const snapshot = await api.GET('/sessions/{sessionId}/snapshots/{number}', {
      params: { path: { sessionId, number: 12 }, query: { q: '{number}' } },
    })
    expect(snapshot.data?.url).toBe(`/v1/sessions/${sessionId}/snapshots/12?q=%7Bnumber%7D`)
    expect((await api.GET('/{name}/{name}', { params: { path: { name: 'a' } } })).data?.url).toBe('/v1/a/a')
  })

  test.each(['', '.', '..', Number.NaN, Number.POSITIVE_INFINITY, '\ud800'])('refuses %j in a path', async (name) => {
    const error = await thrownBy(() => apiAt(nowhere).GET('/images/{name}', { params: { path: { name } } }))
    expect(error).toMatchObject({ name: 'SandboxValidationError', parameter: 'name' })
  })

  test('a session id is a UUID in any path', async () => {
    const path = { sessionId: 'latest', number: 1 }
    const error = await thrownBy(() =>
      apiAt(nowhere).GET('/sessions/{sessionId}/snapshots/{number}', { params: { path } }),
    )
    expect(error).toMatchObject({ name: 'SandboxValidationError', parameter: 'sessionId' })
  })

  test.each([{}, { params: {} }, { params: { path: {} } }])('refuses a path that is not filled: %j', async (init) => {
    const api = new SessionsClient({ apiUrl: nowhere }).apiOf<CarelessPaths>()
    const error = await thrownBy(() => api.GET('/images/{name}', init))
    expect(error).toMatchObject({ name: 'SandboxValidationError', parameter: 'name' })
  })
})
