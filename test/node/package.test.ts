/** The built subpath as users get it: with and without undici, and with no types but Node's. */
import { createRequire } from 'node:module'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PackageFolder, packageFolder } from '../support/package-folder.js'
import { run } from 'sandbox-sessions-testkit/run'

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
  let folder: PackageFolder

  beforeAll(async () => {
    folder = await packageFolder()
    await folder.link('openapi-fetch', 'openapi-typescript-helpers', '@types/node')
  })

  afterAll(() => folder[Symbol.asyncDispose]())

  const evaluate = (type: 'module' | 'commonjs', script: string): ReturnType<typeof run> =>
    run(process.execPath, ['--no-warnings', `--input-type=${type}`, '-e', script], { cwd: folder.path })

  test('type-checks with @types/node alone: no DOM, no undici', async () => {
    await folder.write('program.ts', program)
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
    await folder.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['program.ts'] }))
    const compiled = await run(process.execPath, [require.resolve('typescript/bin/tsc')], { cwd: folder.path })
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
    await folder.link('undici')
    const imported =
      "import { createNodeFetch } from 'sandbox-sessions-sdk/node'; console.log(typeof createNodeFetch())"
    expect((await evaluate('module', imported)).output).toBe('function\n')
    const required = "console.log(typeof require('sandbox-sessions-sdk/node').createNodeFetch())"
    expect((await evaluate('commonjs', required)).output).toBe('function\n')
  })
})
