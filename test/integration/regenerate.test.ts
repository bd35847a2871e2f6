/**
 * The promise of the spec: a limit changed in the YAML alone, and regenerated, is what client and server enforce. Shown on
 * a copy of the project.
 */
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ProjectCopy, copyProject } from '../support/project-copy.js'

const copied = [
  'package.json',
  'tsconfig.base.json',
  'tsconfig.build.json',
  '.prettierrc.json',
  'sandbox-api-spec.yaml',
  'generated',
  'src',
  'scripts',
  'packages/openapi',
  'packages/codegen',
  'packages/server/package.json',
  'packages/server/tsconfig.json',
  'packages/server/src',
]

const program = `
import { SessionsClient } from 'sandbox-sessions-sdk'
import { createSandboxServer } from 'sandbox-sessions-server'

const server = await createSandboxServer({ port: 0, dataDir: process.argv[2], engine: 'process', allowUnsafe: true })
const client = new SessionsClient({ apiUrl: server.url, bearerToken: server.token })
const lines = []
for (const ttl of [28800, 50000, 50001]) {
  lines.push('client ' + ttl + ': ' + (await client.createSession({ ttl }).then(() => 'accepted', (error) => error.message)))
  const { response, error } = await client.api.POST('/sessions', { body: { ttl } })
  lines.push('server ' + ttl + ': ' + response.status + ' ' + (error?.message ?? ''))
}
await server.close()
console.log(lines.join('\\n'))
`

describe('a changed limit', { timeout: 300_000 }, () => {
  let copy: ProjectCopy

  beforeAll(async () => {
    copy = await copyProject(copied)
    const file = path.join(copy.folder, 'sandbox-api-spec.yaml')
    const spec = await readFile(file, 'utf8')
    expect(spec.split('maximum: 28800')).toHaveLength(2)
    await writeFile(file, spec.replace('maximum: 28800', 'maximum: 50000'))
    await writeFile(path.join(copy.folder, 'program.mjs'), program)
  })

  afterAll(async () => {
    await copy[Symbol.asyncDispose]()
  })

  const generate = (...flags: string[]) => copy.node('--import', 'tsx', 'scripts/generate.ts', ...flags)

  test('makes the committed files stale', async () => {
    const { code, output } = await generate('--check')
    expect(code).toBe(1)
    expect(output).toContain('npm run generate')
    expect(output).toContain('schemas.ts')
  })

  test('is what client and server enforce after npm run generate', async () => {
    expect(await generate()).toMatchObject({ code: 0 })
    expect(await generate('--check')).toMatchObject({ code: 0 })
    const tsc = 'node_modules/typescript/bin/tsc'
    const built = await copy.node(tsc, '-b', 'tsconfig.build.json', 'packages/server/tsconfig.json')
    expect(built.code, built.output).toBe(0)
    expect(await copy.node('--import', 'tsx', 'scripts/bundle.ts')).toEqual({ code: 0, output: '' })
    const { output } = await copy.node('program.mjs', path.join(copy.folder, 'data'))
    const lines = output.trim().split('\n')
    expect(lines).toEqual([
      'client 28800: accepted',
      expect.stringMatching(/^server 28800: 200/),
      'client 50000: accepted',
      expect.stringMatching(/^server 50000: 200/),
      'client 50001: ttl must be an integer from 60 to 50000, got 50001.',
      expect.stringMatching(/^server 50001: 400 .*from 60 to 50000/),
    ])
  })
})
