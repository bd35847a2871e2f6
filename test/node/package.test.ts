/** The built subpath as users get it: with and without undici, and with no types but Node's. */
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from '../support/run.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const require = createRequire(import.meta.url)

const program = `
import { readFileSync } from 'node:fs'
import { SessionsClient } from 'sandbox-sessions-sdk'
import { createNodeFetch, type NodeFetch, type NodeFetchOptions } from 'sandbox-sessions-sdk/node'

const options: NodeFetchOptions = { ca: readFileSync('ca.pem'), proxy: new URL('http://proxy.example') }
const fetch: NodeFetch = createNodeFetch(options)
const client: SessionsClient = new SessionsClient({ apiUrl: 'http://localhost:8080/v1', fetch })
client.close()
await fetch.close()
`

describe('sandbox-sessions-sdk/node', () => {
  let folder: string

  async function link(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      await symlink(path.join(root, 'node_modules', name), path.join(folder, 'node_modules', name))
    }
  }

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sandbox-node-package-'))
    const own = path.join(folder, 'node_modules/sandbox-sessions-sdk')
    await mkdir(own, { recursive: true })
    await mkdir(path.join(folder, 'node_modules/@types'))
    for (const each of ['dist', 'package.json'])
      await cp(path.join(root, each), path.join(own, each), { recursive: true })
    await link('openapi-fetch', 'openapi-typescript-helpers', '@types/node')
    await writeFile(path.join(folder, 'package.json'), '{"private":true,"type":"module"}')
  })

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  const evaluate = (type: 'module' | 'commonjs', script: string): ReturnType<typeof run> =>
    run(process.execPath, ['--no-warnings', `--input-type=${type}`, '-e', script], { cwd: folder })

  test('type-checks with @types/node alone: no DOM, no undici', async () => {
    await writeFile(path.join(folder, 'program.ts'), program)
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      target: 'es2022',
      lib: ['es2022'],
      module: 'nodenext',
      skipLibCheck: false,
      noEmit: true,
      types: ['node'],
    }
    await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }))
    const compiled = await run(process.execPath, [require.resolve('typescript/bin/tsc')], { cwd: folder })
    expect(compiled.code, compiled.output).toBe(0)
  })

  test('says what to install when undici is missing, and only when it is needed', async () => {
    const script = `
      import { createNodeFetch } from 'sandbox-sessions-sdk/node'
      try { createNodeFetch() } catch (error) { console.log(error.message, '|', error.cause.code) }`
    const { output } = await evaluate('module', script)
    expect(output).toMatch(/is not installed: npm install undici@7 \| MODULE_NOT_FOUND\n$/)
  })

  test('can be imported and required once undici is there', async () => {
    await link('undici')
    const imported =
      "import { createNodeFetch } from 'sandbox-sessions-sdk/node'; console.log(typeof createNodeFetch())"
    expect((await evaluate('module', imported)).output).toBe('function\n')
    const required = "console.log(typeof require('sandbox-sessions-sdk/node').createNodeFetch())"
    expect((await evaluate('commonjs', required)).output).toBe('function\n')
  })
})
