/**
 * The package as users get it: packed, and installed into an empty folder with nothing else.
 */
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { run } from 'sandbox-sessions-testkit/run'

const root = fileURLToPath(new URL('../..', import.meta.url))
const require = createRequire(import.meta.url)

const program = `
import { SessionNotFoundError, SessionsClient, type CommandResult } from 'sandbox-sessions-sdk'

const client = new SessionsClient()
const health: { status: 'healthy' } = await client.health()
const session = await client.createSession({ ttl: 60 })
const result: CommandResult = await session.runCode('print(6 * 7)')
await session.delete()
const gone: boolean = await session.refresh().then(() => false, (error: unknown) => error instanceof SessionNotFoundError)
console.log(health.status, result.stdout.trim(), gone)
`

describe('the packed package', () => {
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sandbox-package-'))
    const packed = await run('npm', ['pack', '--workspace', '.', '--pack-destination', folder], { cwd: root })
    expect(packed.code, packed.output).toBe(0)
    const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'))
    await writeFile(path.join(folder, 'package.json'), '{"private":true,"type":"module"}')
    const installed = await run('npm', ['install', '--prefer-offline', `./${tarball ?? ''}`], { cwd: folder })
    expect(installed.code, installed.output).toBe(0)
  })

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  test('brings what its types and checksums are made of, and nothing else', async () => {
    const names = (await readdir(path.join(folder, 'node_modules'))).filter((name) => !name.startsWith('.'))
    expect(names.sort()).toEqual(['js-md5', 'openapi-fetch', 'openapi-typescript-helpers', 'sandbox-sessions-sdk'])
  })

  test('type-checks under the strictest settings, without any other types', async () => {
    await writeFile(path.join(folder, 'program.ts'), program)
    const compilerOptions = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      target: 'es2022',
      module: 'nodenext',
      skipLibCheck: false,
      types: [],
    }
    await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }))
    const compiled = await run(process.execPath, [require.resolve('typescript/bin/tsc')], { cwd: folder })
    expect(compiled.code, compiled.output).toBe(0)
  })

  test('runs a first call', async () => {
    const env = { ...process.env, SANDBOX_API_URL: inject('apiUrl'), SANDBOX_API_TOKEN: inject('bearerToken') }
    const { code, output } = await run(process.execPath, ['program.js'], { cwd: folder, env })
    expect(output).toBe('healthy 42 true\n')
    expect(code).toBe(0)
  })

  test('can be required', async () => {
    const script = 'console.log(typeof require("sandbox-sessions-sdk").SessionsClient)'
    // Node 20.19 loads it, with a warning that it is experimental.
    const { output } = await run(process.execPath, ['--no-warnings', '--input-type=commonjs', '-e', script], {
      cwd: folder,
    })
    expect(output).toBe('function\n')
  })

  test('imports nothing of Node', async () => {
    const imported = new Set<string>()
    const queue = [path.join(folder, 'node_modules/sandbox-sessions-sdk/dist/index.js')]
    for (const file of queue) {
      const source = await readFile(file, 'utf8')
      for (const [, specifier = ''] of source.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"]([^'"]+)['"]/g)) {
        const target = path.resolve(path.dirname(file), specifier)
        if (!specifier.startsWith('.')) imported.add(specifier)
        else if (!queue.includes(target)) queue.push(target)
      }
    }
    expect(queue.map((file) => path.basename(file))).toEqual(['index.js', 'shared.js'])
    expect([...imported]).toEqual(['js-md5'])
  })
})
