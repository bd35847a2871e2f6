import { readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { TestServer } from 'sandbox-sessions-testkit/test-server'
import { temporaryDirectory } from 'sandbox-sessions-testkit/temporary-directory'

const published = fileURLToPath(import.meta.resolve('sandbox-sessions-sdk/sandbox-api-spec.yaml'))

test('a limit, a default, an enum and a path that change in the spec alone change what is enforced', async () => {
  const directory = await temporaryDirectory()
  const text = await readFile(published, 'utf8')
  const changes: [string, string][] = [
    ['minimum: 60\n', 'minimum: 30\n'],
    ['default: 3600', 'default: 1800'],
    ['enum: [python, javascript, bash]', 'enum: [python, bash]'],
    ['maximum: 300\n', 'maximum: 5\n'],
    ['localhost:8080/v1', 'localhost:8080/v9'],
    ['  /health:', '  /alive:'],
  ]
  let changed = text
  for (const [from, to] of changes) {
    expect(changed).toContain(from)
    changed = changed.replace(from, to)
  }
  const spec = path.join(directory, 'spec.yaml')
  await writeFile(spec, changed)
  const server = await TestServer.start({ spec })
  try {
    expect(server.origin.pathname).toBe('/v9')
    expect((await server.call('GET', '/alive')).json).toEqual({ status: 'healthy' })
    expect((await server.call('GET', '/health')).status).toBe(404)
    const { status, json } = await server.call('POST', '/sessions', { json: { ttl: 29 } })
    expect([status, json['message']]).toEqual([400, 'ttl must be from 30 to 28800, got 29.'])
    const made = await server.call('POST', '/sessions', { json: {} })
    expect(Date.parse(String(made.json['expiresAt'])) - Date.parse(String(made.json['createdAt']))).toBe(1_800_000)
    const id = String(made.json['sessionId'])
    expect((await server.command(id, { command: 'true', timeout: 6 })).json).toMatchObject({ details: { maximum: 5 } })
    const code = await server.code(id, { code: '1', language: 'javascript' })
    expect(code.json['message']).toBe('language must be one of python, bash, got "javascript".')
  } finally {
    await server.close()
    await rm(directory, { recursive: true })
  }
})

test('an operation that the server does not know, or that is missing, stops the start', async () => {
  const directory = await temporaryDirectory()
  const spec = path.join(directory, 'spec.yaml')
  const text = await readFile(published, 'utf8')
  await writeFile(spec, text.replace('operationId: healthCheck', 'operationId: healthCheque'))
  await expect(TestServer.start({ spec, dataDir: path.join(directory, 'data') })).rejects.toThrow('healthCheque')
  await rm(directory, { recursive: true })
})

test.each([
  [
    'a tree',
    "{ type: object, properties: { next: { $ref: '#/components/schemas/Tree' } } }",
    "#/components/schemas/Tree holds itself, at #/components/schemas/Tree/properties/next, and so it can't be written out.",
  ],
  ['a circle', "{ $ref: '#/components/schemas/Tree' }", '#/components/schemas/Tree is a reference to itself.'],
  [
    'an alias',
    '&tree { type: object, properties: { next: *tree } }',
    '#/components/schemas/Tree/properties/next is an alias of what it stands in.',
  ],
])('[B14] a schema that holds itself (%s) stops the start, and says where it is', async (_, tree, reason) => {
  const directory = await temporaryDirectory()
  const spec = path.join(directory, 'spec.yaml')
  const text = await readFile(published, 'utf8')
  const changed = text
    .replace(/^  schemas:\n/m, (found) => `${found}    Tree: ${tree}\n`)
    .replace(/^    Session:\n(?: {6}.*\n)*? {6}properties:\n/m, (found) => {
      return `${found}        tree: { $ref: '#/components/schemas/Tree' }\n`
    })
  expect(changed).toContain("tree: { $ref: '#/components/schemas/Tree' }")
  await writeFile(spec, changed)
  await expect(TestServer.start({ spec, dataDir: path.join(directory, 'data') })).rejects.toThrow(
    `${spec} can't be used. ${reason}`,
  )
  await rm(directory, { recursive: true })
})
