/** The SDK against a mock of the spec: every operation, every documented answer, every error code. */
// The same name for the call table of the command line: in this project it is the SDK's source.
import { SandboxOperationError, SessionsClient, specVersion } from 'sandbox-sessions-sdk'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadSpec, sandboxChecker } from 'sandbox-sessions-conformance'
import {
  byteCalls,
  calls,
  entryOf,
  type MakeClient,
  mockCases,
  nameOf,
  Recorder,
  runMockCase,
  undriven,
} from 'sandbox-sessions-conformance/mock'
import { isObject } from 'sandbox-sessions-openapi'
import { chosenFrom, specFile } from '../mutations/environment.js'
import { sdkMutations } from '../mutations/sdk-mutations.js'
import { thrownBy } from '../support/client.js'
import { type Prism, startPrism } from '../support/prism.js'
import { type UnsafeServer, unsafeServer } from 'sandbox-sessions-testkit/unsafe-server'

const spec = await loadSpec(specFile)
const checker = sandboxChecker(spec)
const makeClient: MakeClient = chosenFrom(sdkMutations)?.makeClient ?? ((options) => new SessionsClient(options))

/** Codes that no operation documents, since they answer requests that name none: only a real server gives them. */
const strays = [
  ['NOT_FOUND', 404, '/nowhere', undefined],
  ['METHOD_NOT_ALLOWED', 405, '', 'PUT'],
] as const

describe('the SDK against the mock', () => {
  let prism: Prism

  beforeAll(async () => {
    prism = await startPrism({ mode: 'mock', spec: specFile })
  })

  afterAll(async () => {
    await prism[Symbol.asyncDispose]()
  })

  test.each(mockCases(spec).map((each) => [nameOf(each), each] as const))('%s', async (_, each) => {
    await runMockCase(each, prism.url, checker, makeClient)
  })

  test('every parameter and every property of a request is sent by some call', async () => {
    const recorder = new Recorder(prism.url)
    await using client = makeClient({ apiUrl: prism.url, bearerToken: 'any', fetch: recorder.fetch })
    const missing: string[] = []
    for (const operation of spec.operations) {
      // A server that answers in base64 is one that may be sent base64.
      const inBytes = entryOf(byteCalls, operation.id)
      const options = inBytes === undefined ? {} : { headers: { prefer: 'code=200, example=bytes' } }
      await (inBytes ?? entryOf(calls, operation.id))?.(client, options)
      const exchange = (await recorder.take()).at(-1)
      const { target = '', headers = new Headers(), body } = exchange?.request ?? {}
      const query = new URL(target, 'http://spec').searchParams
      for (const { in: place, name } of operation.parameters) {
        // A download asks for a range only when it goes on where another one broke off; test/node/transfers has that.
        const isSent = place === 'path' || (place === 'query' ? query.has(name) : headers.has(name))
        if (!isSent && name !== 'Range' && name !== 'If-Range') missing.push(`${operation.id}: ${name}`)
      }
      const media = operation.requestBody?.content.get('application/json')
      const properties = spec.resolve(media?.schema)['properties']
      const sent: unknown = media === undefined ? {} : JSON.parse(new TextDecoder().decode(body))
      for (const name of Object.keys(isObject(properties) ? properties : {})) {
        if (!isObject(sent) || !(name in sent)) missing.push(`${operation.id}: ${name} of the body`)
      }
    }
    expect(missing).toEqual([])
  })

  test('the version of the spec is exposed, and told with every request', async () => {
    expect(specVersion).toBe(spec.version)
    const recorder = new Recorder(prism.url)
    await using client = makeClient({ apiUrl: prism.url, fetch: recorder.fetch })
    await client.health()
    const [exchange] = await recorder.take()
    expect(exchange?.request.headers.get('user-agent')).toContain(`(Sandbox API ${spec.version})`)
  })
})

describe('the SDK against a server that it does not fit', () => {
  let server: UnsafeServer

  beforeAll(async () => {
    server = await unsafeServer()
  })

  afterAll(async () => {
    await server[Symbol.asyncDispose]()
  })

  test.each(strays)('%s', async (errorCode, statusCode, path, method) => {
    await using client = makeClient({
      apiUrl: server.url + path,
      bearerToken: server.token,
      // As a proxy would do it that does not know the API.
      fetch: (input, init) => fetch(input, method === undefined ? init : { ...init, method }),
    })
    const error = await thrownBy(() => client.listSessions())
    expect(error).toBeInstanceOf(SandboxOperationError)
    expect(error).toMatchObject({ statusCode, errorCode })
  })
})

test('no operation, status or error code of the spec is left out', () => {
  expect(undriven(spec, new Set(strays.map(([code]) => code)))).toEqual([])
})
