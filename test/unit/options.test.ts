import { afterEach, describe, expect, test, vi } from 'vitest'
import { SessionsClient, type SessionsClientOptions } from '../../src/index.js'
import { thrownBy } from '../support/client.js'
import { httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { wireSession } from '../support/wire.js'

const { sessionId } = wireSession()

afterEach(() => {
  vi.unstubAllEnvs()
})

function refusal(options: SessionsClientOptions): unknown {
  try {
    new SessionsClient(options)
  } catch (error) {
    return error
  }
  throw new Error('It was not refused')
}

describe('the environment', () => {
  test('gives the address and the token', async () => {
    let authorization: string | undefined
    await using server = await httpFixture((request, response) => {
      authorization = request.headers.authorization
      respond(response, 200, wireSession())
    })
    vi.stubEnv('SANDBOX_API_URL', server.url)
    vi.stubEnv('SANDBOX_API_TOKEN', 'from-the-environment')
    await new SessionsClient().getSession(sessionId)
    expect(authorization).toBe('Bearer from-the-environment')
    await new SessionsClient({ bearerToken: 'own' }).getSession(sessionId)
    expect(authorization).toBe('Bearer own')
    await new SessionsClient({ apiKey: 'own' }).getSession(sessionId)
    expect(authorization).toBeUndefined()
  })

  test('without an address, says what to do', () => {
    vi.stubEnv('SANDBOX_API_URL', '')
    expect(refusal({})).toMatchObject({ name: 'SandboxValidationError', parameter: 'apiUrl' })
    expect(String(refusal({}))).toContain('SANDBOX_API_URL')
  })
})

test.each([
  '',
  'localhost:8080',
  'ftp://host/v1',
  '/v1',
  'http://user:password@host/v1',
  'http://host/v1?a=b',
  'http://host/#x',
])('the address %j is refused', (apiUrl) => {
  const error = refusal({ apiUrl })
  expect(error).toMatchObject({ name: 'SandboxValidationError', parameter: 'apiUrl' })
  expect(JSON.stringify(error)).not.toContain('password')
})

test('two kinds of credentials are refused', () => {
  expect(refusal({ apiUrl: 'http://host/v1', bearerToken: 'a', apiKey: 'b' })).toMatchObject({ parameter: 'apiKey' })
})

test.each([0, -1, NaN, 2 ** 31])('timeoutMs %d is refused', (timeoutMs) => {
  expect(refusal({ apiUrl: 'http://host/v1', timeoutMs })).toMatchObject({ parameter: 'timeoutMs' })
})

describe('what is sent', () => {
  test('headers of the client and of the call, of which the call’s win', async () => {
    let seen: Record<string, unknown> = {}
    await using server = await httpFixture((request, response) => {
      seen = request.headers
      respond(response, 200, wireSession())
    })
    const client = new SessionsClient({ apiUrl: server.url, headers: { 'x-a': 'client', 'x-b': 'client' } })
    await client.getSession(sessionId, { headers: { 'x-b': 'call', 'x-request-id': 'mine' } })
    expect(seen).toMatchObject({ 'x-a': 'client', 'x-b': 'call', 'x-request-id': 'mine' })
    await client.getSession(sessionId)
    expect(seen['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('a base address with a path and a slash at its end', async () => {
    let path: string | undefined
    await using server = await httpFixture((request, response) => {
      path = request.url
      respond(response, 200, wireSession())
    })
    await new SessionsClient({ apiUrl: `${server.url.replace('/v1', '/deep/v1')}//` }).getSession(sessionId)
    expect(path).toBe(`/deep/v1/sessions/${sessionId}`)
  })

  test('query values arrive as they were given', async () => {
    let search: URLSearchParams | undefined
    await using server = await httpFixture((request, response) => {
      search = new URL(request.url ?? '', 'http://host').searchParams
      respond(response, 200, { files: [], total: 0, limit: 1, offset: 0 })
    })
    const path = 'a b&c=d/+%41#?ü'
    await new SessionsClient({ apiUrl: server.url }).listFiles(sessionId, { path, recursive: true, limit: 1 })
    expect(Object.fromEntries(search ?? [])).toEqual({ path, recursive: 'true', limit: '1' })
  })

  test('what is not given is not sent: the defaults are the server’s', async () => {
    const bodies: string[] = []
    await using server = await httpFixture((request, response) => {
      let body = ''
      request.on('data', (chunk) => (body += String(chunk)))
      request.on('end', () => {
        bodies.push(`${request.url ?? ''} ${body}`)
        respond(response, 200, { ...wireSession(), status: 'completed', exitCode: 0 })
      })
    })
    const client = new SessionsClient({ apiUrl: server.url })
    await client.createSession()
    await client.createSession({ ttl: undefined, image: 'a' })
    await client.executeCommand(sessionId, { command: 'ls' })
    expect(bodies).toEqual([
      '/v1/sessions {}',
      '/v1/sessions {"image":"a"}',
      `/v1/sessions/${sessionId}/commands {"command":"ls"}`,
    ])
  })
})

describe('the raw client', () => {
  test('is typed, and gives the raw response', async () => {
    await using server = await httpFixture((_, response) => {
      respond(response, 200, wireSession(), { 'x-extra': 'yes' })
    })
    const client = new SessionsClient({ apiUrl: server.url })
    const { data, response } = await client.api.GET('/sessions/{sessionId}', { params: { path: { sessionId } } })
    expect(data?.status).toBe('running')
    expect(response.headers.get('x-extra')).toBe('yes')
  })

  test.each(['', '..', '.', 'a/b'])('refuses the id %j, which would change the address', async (id) => {
    const client = new SessionsClient({ apiUrl: 'http://127.0.0.1:9/v1' })
    const error = await thrownBy(() => client.api.GET('/sessions/{sessionId}', { params: { path: { sessionId: id } } }))
    expect(error).toMatchObject({ name: 'SandboxValidationError', parameter: 'sessionId' })
  })

  test('uploads a multipart form', async () => {
    let body = ''
    await using server = await httpFixture((request, response) => {
      request.on('data', (chunk) => (body += String(chunk)))
      request.on('end', () => {
        respond(response, 201, { name: 'a', path: 'a', type: 'file', size: 3 })
      })
    })
    const client = new SessionsClient({ apiUrl: server.url })
    const form = new FormData()
    form.append('file', new Blob(['abc']), 'a')
    const { response } = await client.api.POST('/sessions/{sessionId}/files', {
      params: { path: { sessionId }, query: { path: 'a' } },
      body: { file: new Blob() },
      bodySerializer: () => form,
    })
    expect(response.status).toBe(201)
    expect(body).toMatch(/name="file"; filename="a"[^]*abc/)
  })
})

describe('middleware', () => {
  test('sees every request and response of the methods', async () => {
    let authorization: string | undefined
    await using server = await httpFixture((request, response) => {
      authorization = String(request.headers['x-signature'])
      respond(response, 200, wireSession())
    })
    const seen: string[] = []
    const client = new SessionsClient({
      apiUrl: server.url,
      middleware: [
        {
          onRequest({ request }) {
            request.headers.set('x-signature', 'signed')
            seen.push(request.method)
          },
          async onResponse({ response }) {
            seen.push(String(response.status), (await response.clone().text()).slice(0, 12))
          },
        },
      ],
    })
    await client.getSession(sessionId)
    expect(authorization).toBe('signed')
    expect(seen).toEqual(['GET', '200', '{"sessionId"'])
  })

  test('that fails is an error of the SDK, with its own as the cause', async () => {
    const client = new SessionsClient({
      apiUrl: 'http://127.0.0.1:9/v1',
      middleware: [
        {
          onRequest() {
            throw new Error('no signature')
          },
        },
      ],
    })
    const error = await thrownBy(() => client.getSession(sessionId))
    expect(error).toMatchObject({ name: 'SandboxAPIError', cause: { message: 'no signature' } })
  })
})
