/** Which SDK calls, and which spec it was made from, as a server gets to know it. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { assertDocument } from 'sandbox-sessions-openapi'
import { SessionsClient, type SessionsClientOptions, sdkVersion, specVersion } from '../../src/index.js'
import { httpFixture, respond } from 'sandbox-sessions-testkit/fixture'

const spec: unknown = parse(readFileSync(new URL('../../sandbox-api-spec.yaml', import.meta.url), 'utf8'))
assertDocument(spec)
const { version } = spec.info

/** The user agents that arrive while a client makes its calls. */
async function arriving(
  options: SessionsClientOptions,
  call: (client: SessionsClient) => Promise<unknown>,
): Promise<(string | undefined)[]> {
  const arrived: (string | undefined)[] = []
  await using fixture = await httpFixture((request, response) => {
    arrived.push(request.headers['user-agent'])
    respond(response, 200, { status: 'healthy' })
  })
  await using client = new SessionsClient({ apiUrl: fixture.url, bearerToken: 'token', ...options })
  await call(client)
  return arrived
}

test('the version of the spec is exported, and arrives with every request', async () => {
  const arrived = await arriving({}, async (client) => {
    await client.health()
    await client.api.GET('/health')
  })
  expect(specVersion).toBe(version)
  const wanted = `sandbox-sessions-sdk/${sdkVersion} (Sandbox API ${version})`
  expect(arrived).toEqual([wanted, wanted])
})

test('the version of the package is that of package.json', () => {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  expect(manifest).toMatchObject({ version: sdkVersion })
})

test('a user agent of the caller is left alone', async () => {
  const headers = { 'User-Agent': 'mine/1' }
  expect(await arriving({ headers }, (client) => client.health())).toEqual(['mine/1'])
})
