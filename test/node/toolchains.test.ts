/**
 * What docs/toolchains.md promises of TypeScript, its versions and settings: the built package in an empty folder, with all types
 * checked, those of the libraries too.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { type PackageFolder, packageFolder } from '../support/package-folder.js'
import { run } from 'sandbox-sessions-testkit/run'
import { Toolchains, type TypeScriptVersion } from '../support/toolchains.js'

const program = `
import {
  type CommandResult,
  type FileDownload,
  SandboxValidationError,
  type Session,
  SessionsClient,
  type UploadContent,
} from 'sandbox-sessions-sdk'
import { schemas } from 'sandbox-sessions-sdk/constraints'
import type { components } from 'sandbox-sessions-sdk/sandbox-api'

export async function work(client: SessionsClient): Promise<void> {
  const ttl: number = schemas.Ttl.minimum
  await using session: Session = await client.createSession({ ttl })
  const result: CommandResult = await session.runCode('print(6 * 7)', { onStdout: (text: string) => console.log(text) })
  await using file: FileDownload = await session.files.download('x')
  const bytes: Uint8Array = await file.bytes()
  const contents: readonly UploadContent[] = [await file.bytes(), new Uint8Array(5), new DataView(new ArrayBuffer(2)), file.stream()]
  for (const content of contents) await session.files.upload('y', content)
  const wire: components['schemas']['Session']['status'][] = ['running', session.status === 'paused' ? 'paused' : 'running']
  for await (const event of session.stream('ls')) if (event.type === 'exit') console.log(event.result.exitCode, wire, bytes)
  console.log(result.stdout)
}

export async function main(): Promise<void> {
  const health: { status: 'healthy' } = await new SessionsClient().health()
  try {
    new SessionsClient({ maxRetries: -1 })
  } catch (error: unknown) {
    if (error instanceof SandboxValidationError) console.log(health.status, error.parameter)
  }
}

void main()
`

const nodeProgram = `
import { SessionsClient } from 'sandbox-sessions-sdk'
import { createNodeFetch, downloadToPath, type NodeFetch, uploadFromPath } from 'sandbox-sessions-sdk/node'

export async function work(): Promise<void> {
  const fetch: NodeFetch = createNodeFetch({ proxy: false, ca: Buffer.from('') })
  const session = await new SessionsClient({ fetch }).createSession()
  await uploadFromPath(session, 'a', 'a')
  await downloadToPath(session, 'a', 'b')
  await session.files.upload('b', Buffer.from('b'))
  await fetch.close()
}
`

/** Node's types and no others: no DOM, and nothing of what a newer ECMAScript has. */
const onNode = { lib: ['es2022'], types: ['node'] }
const nodeFiles = ['program.ts', 'node-program.ts']
const commonJsFiles = nodeFiles.map((name) => `commonjs/${name}`)

const settings = {
  'module node16, from CommonJS and from ES modules': {
    options: { module: 'node16', ...onNode },
    files: [...commonJsFiles, ...nodeFiles.map((name) => `module/${name}`)],
  },
  'module commonjs': { options: { module: 'commonjs', moduleResolution: 'node10', ...onNode }, files: commonJsFiles },
  // Where nothing is said of how modules are found, TypeScript 7 looks for them as bundlers do.
  'module commonjs alone': { options: { module: 'commonjs', ...onNode }, files: commonJsFiles },
  // What a compiler has by itself, the DOM among it, and no other types at all.
  'for a bundler': {
    options: { module: 'esnext', moduleResolution: 'bundler', types: [] },
    files: ['module/program.ts'],
  },
} as const

type Setting = keyof typeof settings

/** TypeScript 7 has dropped how Node looked for modules before it had ES modules. The versions between share the checks. */
const combinations: readonly (readonly [TypeScriptVersion, Setting])[] = [
  ['5.2', 'module node16, from CommonJS and from ES modules'],
  ['5.2', 'module commonjs'],
  ['5.2', 'for a bundler'],
  ['5.4', 'module node16, from CommonJS and from ES modules'],
  ['5.4', 'module commonjs'],
  ['5.4', 'for a bundler'],
  ['5.7', 'for a bundler'],
  ['5.9', 'module node16, from CommonJS and from ES modules'],
  ['6.0', 'module commonjs'],
  ['7.0', 'module node16, from CommonJS and from ES modules'],
  ['7.0', 'module commonjs alone'],
  ['7.0', 'for a bundler'],
]

describe('the built package with other TypeScripts', { timeout: 300_000 }, () => {
  let tools: Toolchains
  let folder: PackageFolder

  beforeAll(async () => {
    tools = await Toolchains.install()
    folder = await packageFolder()
    await folder.link('openapi-fetch', 'openapi-typescript-helpers', '@types/node', 'undici')
    for (const type of ['module', 'commonjs']) {
      await folder.write(`${type}/package.json`, JSON.stringify({ type }))
      await folder.write(`${type}/program.ts`, program)
      await folder.write(`${type}/node-program.ts`, nodeProgram)
    }
  }, 300_000)

  afterAll(() => folder[Symbol.asyncDispose]())

  async function compile(version: TypeScriptVersion, setting: Setting, more: object = {}): ReturnType<typeof run> {
    const { options, files } = settings[setting]
    const compilerOptions = {
      noEmit: true,
      target: 'es2022',
      strict: true,
      exactOptionalPropertyTypes: true,
      // Older ones can't read the types of openapi-fetch.
      skipLibCheck: version === '5.2',
      ...(version === '6.0' && setting === 'module commonjs' ? { ignoreDeprecations: '6.0' } : {}),
      ...options,
      ...more,
    }
    const config = `tsconfig.${version}.${setting.replaceAll(/\W/g, '-')}.json`
    await folder.write(config, JSON.stringify({ compilerOptions, files }))
    return await run(process.execPath, [tools.typescript(version), '-p', config], { cwd: folder.path })
  }

  test.each(combinations)('[C1] [C5] TypeScript %s compiles %s', async (version, setting) => {
    const compiled = await compile(version, setting)
    expect(compiled.output).toBe('')
    expect(compiled.code).toBe(0)
  })

  test.each(['module node16, from CommonJS and from ES modules', 'module commonjs'] as const)(
    '[C1] what TypeScript makes of %s runs',
    async (setting) => {
      const more = { noEmit: false, outDir: 'built', rootDir: '.', skipLibCheck: true }
      expect((await compile('5.4', setting, more)).output).toBe('')
      await folder.write('built/commonjs/package.json', '{"type":"commonjs"}')
      await using fixture = await httpFixture((_, response) => respond(response, 200, { status: 'healthy' }))
      const env = { ...process.env, SANDBOX_API_URL: fixture.url, SANDBOX_API_TOKEN: 'x' }
      const ran = await run(process.execPath, ['built/commonjs/program.js'], { cwd: folder.path, env })
      expect(ran.output).toBe('healthy maxRetries\n')
    },
  )
})
