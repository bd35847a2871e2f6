/**
 * A project of somebody who uses the packed packages: its code generated from its own copy of the spec, and checked by the workflow
 * file of the documentation, whose steps run here as they are.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConsumerProject } from '../support/consumer-project.js'
import { closedPort, httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { installedServer } from '../support/installed-server.js'
import { run } from 'sandbox-sessions-testkit/run'

const spec = 'sandbox-api-spec.yaml'
const sessionId = '7f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f'

/** The scripts of the workflow, in their order. */
const [install, pull, drift, types, mock, server] = [
  'Install',
  'Pull the spec',
  'Look for drift',
  'Check the types',
  'Test the SDK against a mock of the spec',
  'Test your server',
] as const

const program = `
import { SessionsClient } from 'sandbox-sessions-sdk'
import { schemas } from './generated/constraints.js'
import type { paths } from './generated/sandbox-api.js'

const maximum: number = schemas.CreateSessionRequest.properties.ttl.maximum
const { data } = await new SessionsClient().apiOf<paths>().GET('/sessions', { params: { query: { limit: 1 } } })
console.log(maximum, data?.total)
`

const snapshotPath = `
  /sessions/{sessionId}/snapshot:
    parameters:
      - $ref: '#/components/parameters/SessionId'
    post:
      operationId: createSnapshot
      tags: [Sessions]
      requestBody:
        required: true
        content:
          application/json:
            schema:
              $ref: '#/components/schemas/Snapshot'
            examples:
              named:
                value: { name: before }
      responses:
        '200':
          description: The snapshot.
          content:
            application/json:
              schema:
                $ref: '#/components/schemas/Snapshot'
              examples:
                named:
                  value: { name: before }
`

const snapshotSchema = `
    Snapshot:
      type: object
      required: [name]
      properties:
        name: { type: string, maxLength: 64 }`

const snapshotProgram = `
import { SessionsClient } from 'sandbox-sessions-sdk'
import type { paths } from './generated/sandbox-api.js'

const client = new SessionsClient()
const init = { params: { path: { sessionId: '${sessionId}' } }, body: { name: 'before' } }
const { data } = await client.apiOf<paths>().POST('/sessions/{sessionId}/snapshot', init)
const name: string | undefined = data?.name
console.log(name)

export const wrong = [
  // @ts-expect-error The packaged spec has no such path.
  () => client.api.POST('/sessions/{sessionId}/snapshot', init),
  // @ts-expect-error The spec has no such property.
  () => client.apiOf<paths>().POST('/sessions/{sessionId}/snapshot', { ...init, body: { title: 'before' } }),
]
`

const tsconfig = {
  compilerOptions: {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    skipLibCheck: true,
    rootDir: 'src',
    outDir: 'built',
  },
  include: ['src'],
}

describe('a project that uses the packed packages', { timeout: 600_000 }, () => {
  let project: ConsumerProject
  let port: number

  const generate = (): Promise<void> => project.run('npx', 'sandbox-sessions-generate', '--out', 'src/generated')

  beforeAll(async () => {
    port = await closedPort()
    project = await ConsumerProject.create()
    expect((await project.work([install], port)).failed).toBeUndefined()
    await project.write(spec, await project.read(`node_modules/sandbox-sessions-sdk/${spec}`))
    await generate()
    await project.write('tsconfig.json', JSON.stringify(tsconfig))
    await project.write('src/main.ts', program)
  }, 600_000)

  afterAll(() => project[Symbol.asyncDispose]())

  test('passes every step of the workflow, against a mock and a server', async () => {
    expect(await ConsumerProject.steps()).toEqual([install, pull, drift, types, mock, server])
    const text = await project.read(spec)
    await using published = await httpFixture((_, response) => respond(response, 200, text))
    await using local = await installedServer(project.path('.'), project.environment())
    const { outputs, failed } = await project.work([pull, drift, types, mock, server], port, {
      'vars.SANDBOX_SPEC_URL': published.url,
      'secrets.SANDBOX_API_URL': local.url,
      'secrets.SANDBOX_API_TOKEN': local.token,
    })
    expect(failed).toBeUndefined()
    expect(published.count).toBe(1)
    expect(outputs.get(drift)).toContain('src/generated is fresh.')
    for (const each of [mock, server]) expect(outputs.get(each)).toMatch(/^createSession .* conforms$/m)
    const isUp = (): Promise<boolean> =>
      fetch(`http://127.0.0.1:${port}/health`).then(
        () => true,
        () => false,
      )
    await expect.poll(isUp).toBe(false)
  })

  test('keeps its spec when there is no other, and is told what is not tested', async () => {
    const before = await project.read(spec)
    const { outputs, failed } = await project.work([pull, server], port)
    expect(failed).toBeUndefined()
    expect(outputs.get(pull)).toMatch(/^::notice::The committed spec is tested\./)
    expect(outputs.get(server)).toMatch(/^::notice::No server is tested\./)
    const gone = await project.work([pull], port, {
      'vars.SANDBOX_SPEC_URL': `http://127.0.0.1:${await closedPort()}/`,
    })
    expect(gone.failed).toBeUndefined()
    expect(gone.outputs.get(pull)).toMatch(/::warning::http\S+ can't be pulled\. The committed spec is tested\./)
    expect(await project.read(spec)).toBe(before)
  })

  test('is told when the spec has changed, and calls what is new in it', async () => {
    const changed = (await project.read(spec))
      .replace('\ncomponents:\n', `${snapshotPath}\ncomponents:\n`)
      .replace('\n  schemas:\n', `\n  schemas:${snapshotSchema}\n`)
    await using published = await httpFixture((_, response) => respond(response, 200, changed))
    const { failed } = await project.work([pull, drift], port, { 'vars.SANDBOX_SPEC_URL': published.url })
    expect(failed).toMatch(/^Look for drift:\nStale: .*\n::error::Pull the spec into sandbox-api-spec\.yaml, run npx /s)

    await generate()
    await project.write('src/main.ts', snapshotProgram)
    const { outputs, failed: still } = await project.work([drift, types, mock], port)
    expect(still).toBeUndefined()
    expect(outputs.get(mock)).toMatch(/^createSnapshot .* untested$/m)
    expect(outputs.get(mock)).toContain('conforms: 16 of 17 operations of Sandbox API 1.2.0. 1 could not be tested.')

    const seen: unknown[] = []
    await using fixture = await httpFixture((request, response) => {
      seen.push(`${String(request.method)} ${String(request.url)}`, request.headers.authorization)
      respond(response, 200, { name: 'before' })
    })
    await project.run('npx', 'tsc')
    const env = project.environment({ SANDBOX_API_URL: fixture.url, SANDBOX_API_TOKEN: 'consumer' })
    const called = await run(process.execPath, [project.path('built/main.js')], { env })
    expect(called).toEqual({ code: 0, output: 'before\n' })
    expect(seen).toEqual([`POST /v1/sessions/${sessionId}/snapshot`, 'Bearer consumer'])
  })
})
