/** The generator as users get it: packed, and installed with what it needs. */
import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { installedFolder, type InstalledFolder } from '../support/installed-folder.js'
import { run } from 'sandbox-sessions-testkit/run'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What is generated from any spec. */
const names = ['sandbox-api', 'constraints', 'schemas', 'enums', 'operations'].map((name) => `generated/${name}.ts`)

const ofRepository = (name: string): Promise<string> => readFile(path.join(root, name), 'utf8')

const generate = (cwd: string, ...flags: readonly string[]): ReturnType<typeof run> =>
  run('npx', ['sandbox-sessions-generate', ...flags], { cwd })

const read = (folder: string, name: string): Promise<string> => readFile(path.join(folder, name), 'utf8')

/** A document that holds just this. */
function document(paths: object, schemas: object = {}): string {
  return JSON.stringify({ openapi: '3.1.0', info: { title: 'Own', version: '1.0.0' }, paths, components: { schemas } })
}

const operation = {
  operationId: 'getThing',
  responses: { 200: { description: 'It.' }, default: { description: 'Not.' } },
}

describe('the package', () => {
  test.each(['6', '7'])(
    'brings what it needs, beside TypeScript %s of the project',
    { timeout: 300_000 },
    async (major) => {
      await using folder = await installedFolder('sandbox-sessions-codegen', `typescript@${major}`)
      await folder.write('sandbox-api-spec.yaml', await ofRepository('sandbox-api-spec.yaml'))
      expect(await generate(folder.path)).toEqual({
        code: 0,
        output: `Wrote ${names.join(', ')}.\n`,
      })
      const ofProject = await read(folder.path, 'node_modules/typescript/package.json')
      expect(ofProject).toContain(`"version": "${major}.`)
      // The SDK is none of its needs, nor the other way round.
      expect(await readdir(path.join(folder.path, 'node_modules'))).not.toContain('sandbox-sessions-sdk')
    },
  )
})

describe('a spec', () => {
  let folder: InstalledFolder

  beforeAll(async () => {
    folder = await installedFolder('sandbox-sessions-codegen')
  }, 300_000)

  afterAll(() => folder[Symbol.asyncDispose]())

  test.each([
    ['that is not there', undefined, 'There is no such file. --spec names another.'],
    ['that is not YAML', 'a: [1\nb: 2', /^Flow sequence .* at line 2, column 1\.$/],
    ['that is something else', 'hello', 'It is not an OpenAPI document.'],
    ['of another OpenAPI', 'openapi: 3.0.3', 'It is OpenAPI 3.0.3; OpenAPI 3.1 is needed.'],
    ['without schemas', 'openapi: 3.1.0', 'It lacks info.version, paths or components.schemas.'],
    [
      'with a reference to nothing',
      document({}, { A: { $ref: '#/components/schemas/B' } }),
      'Nothing is at #/components/schemas/B.',
    ],
    [
      'with a reference to itself',
      document({}, { A: { $ref: '#/components/schemas/A' } }),
      '#/components/schemas/A is a reference to itself.',
    ],
    [
      '[B14] with a circle of references',
      document({}, { A: { $ref: '#/components/schemas/B' }, B: { $ref: '#/components/schemas/A' } }),
      '#/components/schemas/A is a reference to itself, by way of #/components/schemas/B.',
    ],
    [
      '[B14] with a part of itself',
      document({}, { A: { allOf: [{ $ref: '#/components/schemas/A' }] } }),
      '#/components/schemas/A is a reference to itself, by way of #/components/schemas/A/allOf.',
    ],
    ['in several files', document({}, { A: { $ref: 'a.yaml#/A' } }), 'a.yaml#/A is not within the document.'],
    ['with a path that is empty', document({ '/a': null }), 'It has null where an object should be.'],
    ['with a nameless operation', document({ '/a': { get: { responses: {} } } }), 'GET /a has no operationId.'],
    [
      'with a name used twice',
      document({ '/a': { get: operation, put: operation } }),
      'PUT /a has the operationId of another operation: getThing.',
    ],
  ])('%s is refused in one line', async (_, text, reason) => {
    if (text !== undefined) await folder.write('bad.yaml', text)
    const { code, output } = await generate(
      folder.path,
      '--spec',
      text === undefined ? 'none.yaml' : 'bad.yaml',
      '--out',
      'refused',
    )
    expect(code).toBe(1)
    const [, found, end] = /^Nothing was written: \w+\.yaml can't be used\. (.*)\n(.*)$/s.exec(output) ?? []
    expect(found).toEqual(typeof reason === 'string' ? reason : expect.stringMatching(reason))
    expect(end).toBe('')
    expect(await readdir(folder.path)).not.toContain('refused')
  })

  test('[B14] may hold schemas that hold themselves, escaped references, and statuses that are ranges', async () => {
    const next = { $ref: '#/components/schemas/Node' }
    const rest = { $ref: '#/components/schemas/List' }
    const schemas = {
      List: { type: 'array', items: { type: 'object', properties: { rest } } },
      Node: { type: 'object', properties: { next, all: { type: 'object', additionalProperties: next } } },
      Tree: { type: 'object', additionalProperties: { $ref: '#/components/schemas/Tree' } },
    }
    const put = { operationId: 'putThing', responses: { 200: { $ref: '#/paths/~1a/get/responses/200' } } }
    await folder.write('own.json', document({ '/a': { get: operation }, '/b': { put } }, schemas))
    expect(await generate(folder.path, '--spec', 'own.json', '--out', 'own')).toMatchObject({ code: 0 })
    expect(await read(folder.path, 'own/operations.ts')).toContain('statuses: [200],')
    expect(await read(folder.path, 'own/sandbox-api.ts')).toContain('next?: components["schemas"]["Node"]')
  })

  test('may have names that no constant can have', async () => {
    const responses = { 200: { description: 'It.' } }
    const paths = { '/a': { get: { operationId: 'import', responses }, delete: { operationId: 'delete', responses } } }
    const schemas = { 'size.large': { type: 'integer', maximum: 5 }, default: { enum: ['a-b'] }, Error: {} }
    await folder.write('names.json', document(paths, schemas))
    expect(await generate(folder.path, '--spec', 'names.json', '--out', 'names')).toMatchObject({ code: 0 })
    await folder.write(
      'names/user.ts',
      `import { enums, operations, schemas } from './constraints.js'
      export const limit: 5 = schemas['size.large'].maximum
      export const value: 'a-b' = enums.default.AB
      export const methods: ['GET', 'DELETE'] = [operations.import.method, operations.delete.method]
      console.log(limit, value, methods, Object.keys(schemas).length)`,
    )
    await folder.write('names/package.json', '{"type":"module"}')
    const flags = ['--module', 'nodenext', '--target', 'es2022', '--strict', 'true', '--typeRoots', 'none']
    const tsc = path.join(folder.path, 'node_modules/typescript/bin/tsc')
    const compiled = await run(process.execPath, [tsc, ...flags, 'names/user.ts'], { cwd: folder.path })
    expect(compiled.output).toBe('')
    const { output } = await run(process.execPath, ['names/user.js'], { cwd: folder.path })
    expect(output).toBe("5 a-b [ 'GET', 'DELETE' ] 3\n")
  })

  test('gives the code that `npm run generate` gives', async () => {
    const own = path.join(folder.path, 'repository')
    for (const name of ['sandbox-api-spec.yaml', '.prettierrc.json']) {
      await folder.write(`repository/${name}`, await ofRepository(name))
    }
    expect(await generate(own)).toEqual({
      code: 0,
      output: `Wrote ${names.join(', ')}.\n`,
    })
    for (const name of names) {
      const byName = (await read(own, name)).replace('`npx sandbox-sessions-generate`', '`npm run generate`')
      expect(byName).toBe(await ofRepository(name))
    }
    expect(await readdir(path.join(own, 'generated'))).toHaveLength(names.length)
    expect(await generate(own, '--check')).toEqual({ code: 0, output: 'generated is fresh.\n' })
  })

  test('that changed makes --check fail, which writes nothing', async () => {
    await folder.write('api.json', document({ '/a': { get: operation } }))
    const flags = ['--spec', 'api.json', '--out', 'checked']
    expect(await generate(folder.path, ...flags)).toMatchObject({ code: 0 })
    const before = await read(folder.path, 'checked/schemas.ts')
    await folder.write('api.json', document({ '/a': { get: operation } }, { Limit: { type: 'integer', maximum: 5 } }))
    expect(await generate(folder.path, ...flags, '--check')).toEqual({
      code: 1,
      output:
        'Stale: checked/sandbox-api.ts, checked/schemas.ts. Run `npx sandbox-sessions-generate` and commit what it writes.\n',
    })
    expect(await read(folder.path, 'checked/schemas.ts')).toBe(before)
  })

  test('whose output has no place leaves no trace', async () => {
    await folder.write('api.json', document({ '/a': { get: operation } }))
    await folder.write('occupied', '')
    const { code, output } = await generate(folder.path, '--spec', 'api.json', '--out', 'occupied')
    expect(code).toBe(1)
    expect(output).toMatch(/^E\w+: .*\n$/)
    expect(await read(folder.path, 'occupied')).toBe('')
  })
})
