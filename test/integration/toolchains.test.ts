/** What docs/toolchains.md promises of what runs and bundles programs: the built package, used by the tools themselves. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type PackageFolder, packageFolder } from '../support/package-folder.js'
import { run } from 'sandbox-sessions-testkit/run'
import { Toolchains } from '../support/toolchains.js'

const jestTest = `
const { FileNotFoundError, SandboxValidationError, SessionsClient } = require('sandbox-sessions-sdk')
const { schemas } = require('sandbox-sessions-sdk/constraints')
const { createNodeFetch } = require('sandbox-sessions-sdk/node')

test.each([undefined, createNodeFetch()])('a session, by fetch %#', async (fetch) => {
  const session = await new SessionsClient({ fetch }).createSession({ ttl: schemas.Ttl.minimum })
  const { stdout } = await session.runCode('print(6 * 7)')
  expect(stdout).toBe('42\\n')
  const lines = []
  for await (const event of session.stream('echo streamed')) if (event.type === 'stdout') lines.push(event.data)
  expect(lines.join('')).toBe('streamed\\n')
  await session.files.upload('f', new Uint8Array([1, 2, 3]), { verify: true })
  const file = await session.files.download('f', { verify: true })
  expect(await file.bytes()).toEqual(new Uint8Array([1, 2, 3]))
  await expect(session.files.download('nothing')).rejects.toThrow(FileNotFoundError)
  await expect(session.run('true', { timeout: -1 })).rejects.toThrow(SandboxValidationError)
  await session.delete()
})
`

describe('the built package', { timeout: 300_000 }, () => {
  let tools: Toolchains
  let folder: PackageFolder
  const env = (): NodeJS.ProcessEnv => ({
    ...process.env,
    SANDBOX_API_URL: inject('apiUrl'),
    SANDBOX_API_TOKEN: inject('bearerToken'),
  })

  beforeAll(async () => {
    tools = await Toolchains.install()
    folder = await packageFolder()
    await folder.link('js-md5', 'undici')
    await folder.write('package.json', '{"private":true}')
  }, 300_000)

  afterAll(() => folder[Symbol.asyncDispose]())

  test('[C1] works in Jest 29 as it comes', async () => {
    await folder.write('session.test.js', jestTest)
    const { code, output } = await run(process.execPath, [tools.jest, '--no-cache'], { cwd: folder.path, env: env() })
    expect(output).toContain('2 passed, 2 total')
    expect(code).toBe(0)
  })

  test('[C1] is the same, required or imported, in one process of Node', async () => {
    const script = `
      const names = ['sandbox-sessions-sdk', 'sandbox-sessions-sdk/node', 'sandbox-sessions-sdk/constraints']
      const required = names.map((name) => require(name))
      Promise.all(names.map((name) => import(name))).then((imported) => {
        const differing = imported.flatMap((entry, at) => Object.keys(entry).filter((key) => entry[key] !== required[at][key]))
        console.log(differing.join(), imported.map((entry) => Object.keys(entry).length > 0).join())
      })`
    const { output } = await run(process.execPath, ['--input-type=commonjs', '-e', script], { cwd: folder.path })
    expect(output).toBe(' true,true,true\n')
  })

  test('[C1] can be required where Node is told not to require ES modules', async () => {
    const flags = ['--no-experimental-require-module', '--input-type=commonjs', '-e']
    const script = `
      const { SandboxValidationError, SessionsClient } = require('sandbox-sessions-sdk')
      const { uploadFromPath } = require('sandbox-sessions-sdk/node')
      const session = new SessionsClient().createSession()
      session.then((session) => uploadFromPath(session, 'package.json', '../out')).catch((error) => {
        console.log(error instanceof SandboxValidationError, error.parameter)
      })`
    const { output } = await run(process.execPath, [...flags, script], { cwd: folder.path, env: env() })
    expect(output).toBe('true path\n')
  })

  test('[C1] leaves out of a bundle what is not used', async () => {
    await folder.write(
      'errors.js',
      "import { SandboxAPIError } from 'sandbox-sessions-sdk'\nconsole.log(SandboxAPIError)",
    )
    await folder.write('all.js', "import * as all from 'sandbox-sessions-sdk'\nconsole.log(all)")
    const sizeOf = async (entry: string): Promise<number> => {
      const flags = ['--bundle', '--minify', '--format=esm', '--platform=browser', `--outfile=out/${entry}`]
      const { code, output } = await run(tools.esbuild, [entry, ...flags], { cwd: folder.path })
      expect(code, output).toBe(0)
      return (await readFile(path.join(folder.path, 'out', entry))).byteLength
    }
    expect(await sizeOf('errors.js')).toBeLessThan((await sizeOf('all.js')) / 4)
  })
})
