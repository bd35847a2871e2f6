/** The JavaScript of the built package: in how few files it is, what these share, and what bundlers can leave out of them. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type PackageFolder, packageFolder } from '../support/package-folder.js'
import { run } from 'sandbox-sessions-testkit/run'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What each kind of module is asked for, and how Node is told to give that kind. */
const kinds = {
  'ES modules': {
    folder: 'dist',
    flags: ['--input-type=module'],
    load: (name: string) => `await import('${name}')`,
  },
  CommonJS: {
    folder: 'dist/cjs',
    flags: ['--no-experimental-require-module', '--input-type=commonjs'],
    load: (name: string) => `require('${name}')`,
  },
} as const

describe.each(Object.entries(kinds))('the built package as %s', (_, { folder, flags, load }) => {
  let installed: PackageFolder

  beforeAll(async () => {
    installed = await packageFolder()
    await installed.link('js-md5', 'undici')
  })

  afterAll(() => installed[Symbol.asyncDispose]())

  const evaluate = (script: string): ReturnType<typeof run> =>
    run(process.execPath, [...flags, '-e', script], { cwd: installed.path })

  /** The files that an entry loads: its own, and those that it names. */
  async function filesOf(entry: string): Promise<string[]> {
    const files = [entry]
    for (const file of files) {
      const source = await readFile(path.join(root, folder, file), 'utf8')
      const named = [...source.matchAll(/(?:\bfrom|\bimport|\brequire)\s*\(?\s*["']\.\/([^"']+)["']/g)]
      files.push(...named.flatMap(([, name = '']) => (files.includes(name) ? [] : [name])))
    }
    return files
  }

  test.each([
    ['index.js', ['shared.js']],
    ['node.js', ['shared.js']],
    ['constraints.js', []],
    ['sandbox-api.js', []],
  ])('loads, for %s, no more than what it shares with another entry: %j', async (entry, shared) => {
    expect(await filesOf(entry)).toEqual([entry, ...shared])
  })

  test('has one class of errors in the root entry and in /node', async () => {
    const { output } = await evaluate(`
      const { SandboxValidationError } = ${load('sandbox-sessions-sdk')}
      const { createNodeFetch } = ${load('sandbox-sessions-sdk/node')}
      try {
        createNodeFetch({ rejectUnauthorized: 'never' })
      } catch (error) {
        console.log(error.parameter, error instanceof SandboxValidationError)
      }`)
    expect(output).toBe('rejectUnauthorized true\n')
  })

  test('names every class as it exports it', async () => {
    const { output } = await evaluate(`
      const entry = ${load('sandbox-sessions-sdk')}
      const functions = Object.entries(entry).filter(([, value]) => typeof value === 'function')
      console.log(functions.length > 10, functions.flatMap(([key, { name }]) => (name === key ? [] : [name])))`)
    expect(output).toBe('true []\n')
  })
})

test('stacks lead to the sources where Node is told to use source maps', async () => {
  await using installed = await packageFolder()
  const script = `
    import { SessionsClient } from 'sandbox-sessions-sdk'
    try { new SessionsClient({ maxRetries: -1 }) } catch (error) { console.log(error.stack) }`
  const flags = ['--enable-source-maps', '--input-type=module', '-e']
  const { output } = await run(process.execPath, [...flags, script], { cwd: installed.path })
  expect(output).toMatch(/at .*\bsandbox-sessions-sdk\/src\/[\w/-]+\.ts:\d+:\d+/)
})

test('the licenses of what is in the bundle come with it', async () => {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['src/index.ts'],
    bundle: true,
    format: 'esm',
    external: ['js-md5'],
    metafile: true,
    write: false,
  })
  const packages = Object.keys(metafile.inputs).flatMap((file) => /node_modules\/([^/]+)/.exec(file)?.[1] ?? [])
  expect(new Set(packages)).toEqual(new Set(['eventsource-parser', 'openapi-fetch']))
  const texts = await readFile(path.join(root, 'dist/LICENSES.txt'), 'utf8')
  for (const name of packages) {
    const license = await readFile(path.join(root, 'node_modules', name, 'LICENSE'), 'utf8')
    expect(texts).toContain(`${name}\n\n${license.trim()}\n`)
  }
})

test("importing the package does not load Node's fetch, which takes longer than all the rest", async () => {
  await using installed = await packageFolder()
  const script = `
    import { SessionsClient } from 'sandbox-sessions-sdk'
    console.log(typeof SessionsClient, process.moduleLoadList.filter((name) => name.endsWith('undici/undici')))`
  const { output } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: installed.path })
  expect(output).toBe('function []\n')
})
