/**
 * Whatever the documentation shows is true: every block runs as it stands, from an empty folder, against a real server, with the
 * packages as they would be published. What the blocks are marked with, snippets.ts tells.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { request as ask } from 'node:http'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createAuthority } from '../node/certificates.js'
import { type CountingServer, tlsServer } from '../node/servers.js'
import { type IsolatedServer, isolatedServer } from 'sandbox-sessions-testkit/isolated-server'
import { type Runtime, currentNode, runtimes } from 'sandbox-sessions-testkit/runtimes'
import { published, root } from 'sandbox-sessions-testkit/workspaces'
import { writeGenerated } from './support/compile.js'
import { Page } from './support/page.js'
import { type Registry, localRegistry } from './support/registry.js'
import { type Snippet, examplesOf, printedBy, snippetsOf } from './support/snippets.js'

const read = (name: string): string => readFileSync(path.join(root, name), 'utf8')
const markdown = (folder: string): string[] =>
  readdirSync(path.join(root, folder)).filter((name) => name.endsWith('.md'))
const pages = [
  ...markdown('.'),
  ...markdown('docs').map((name) => `docs/${name}`),
  ...markdown('docs/spec').map((name) => `docs/spec/${name}`),
  ...published.filter(({ folder }) => folder !== '.').map(({ folder }) => `${folder}/README.md`),
]

let server: IsolatedServer
let registry: Registry
let secure: CountingServer
let authority: string

beforeAll(async () => {
  const owner = await createAuthority()
  authority = owner.cert
  server = await isolatedServer()
  secure = await tlsServer(await owner.issue(), (request, response) => {
    const { method, headers } = request
    const passed = ask(new URL(request.url ?? '', server.url), { method, headers }, (answer) => {
      answer.pipe(response.writeHead(answer.statusCode ?? 500, answer.headers))
    })
    request.pipe(passed)
  })
  registry = await localRegistry()
}, 300_000)

afterAll(async () => {
  await registry[Symbol.asyncDispose]()
  await secure[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
})

const open = (): Promise<Page> =>
  Page.open({ SANDBOX_API_URL: server.url, SANDBOX_API_TOKEN: server.token, npm_config_registry: registry.url })

describe.each(pages.filter((name) => snippetsOf(read(name)).length > 0))('[C0] %s', { timeout: 600_000 }, (name) => {
  const snippets = snippetsOf(read(name))
  const programs = snippets.filter(({ language }) => language === 'ts')
  let page: Page

  beforeAll(async () => {
    page = await open()
    await page.write('ca.pem', authority)
    // A page that tells of no installation tells of a package that is there.
    if (snippets.some(({ language, text }) => language === 'sh' && text.includes('npm install'))) return
    const { code, output } = await page.shell({ text: 'npm install sandbox-sessions-sdk', settings: new Map() })
    expect(code, output).toBe(0)
  }, 300_000)

  afterAll(() => page[Symbol.asyncDispose]())

  let compiled: Promise<string[]> | undefined
  /** The compiler sees all of them at once, when what comes before the first has run. */
  const compile = async (): Promise<string[]> => {
    for (const each of programs) {
      if (each.runs) await page.write(fileOf(each), each.text)
      else await page.writePart(fileOf(each), each)
    }
    return page.compile(programs.map(fileOf))
  }

  for (const snippet of snippets) {
    const where = `${name}:${snippet.line}`
    if (snippet.problem !== undefined) {
      test(`[C0] ${where} says what it is`, () => expect(snippet.problem).toBeUndefined())
      continue
    }
    if (snippet.language === 'sh') {
      if (!snippet.runs) continue
      test(`[C0] ${where} runs`, async () => {
        const { code, output } = await page.shell(snippet)
        expect(code, output).toBe(0)
      })
    } else if (snippet.language === 'ts') {
      test(`[C0] ${where} compiles`, async () => {
        compiled ??= compile()
        expect((await compiled).filter((problem) => problem.includes(fileOf(snippet)))).toEqual([])
      })
      if (!snippet.runs) continue
      test.each(waysOf(snippet))(`[C0] ${where} runs, %s`, async (_, runtime, file) => {
        compiled ??= compile()
        await compiled
        if (file === plainOf(snippet)) await page.write(file, snippet.text)
        const address = snippet.settings.get('with') === 'tls' ? { SANDBOX_API_URL: `${secure.url}/v1` } : {}
        const { code, output } = await page.program(file, runtime, address)
        expect(code, output).toBe(0)
        for (const line of printedBy(snippet)) expect(output.split('\n')).toContain(line)
      })
    }
  }
})

const sources = published
  .map(({ folder }) => path.join(folder, 'src'))
  .flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `${folder}/${name}`),
  )

describe('[C0] the examples of docstrings', { timeout: 300_000 }, () => {
  const examples = sources.flatMap((name) => examplesOf(read(name)).map((snippet) => ({ name, snippet })))
  const fileOfExample = (index: number): string => `example-${index}.mts`
  let page: Page
  let problems: string[]

  beforeAll(async () => {
    page = await open()
    const { code, output } = await page.shell({ text: 'npm install sandbox-sessions-sdk', settings: new Map() })
    expect(code, output).toBe(0)
    await page.write('generated/sandbox-api.ts', '')
    await writeGenerated(path.join(page.folder, 'generated/sandbox-api.ts'))
    for (const [index, { snippet }] of examples.entries()) {
      if (snippet.runs) await page.write(fileOfExample(index), snippet.text)
      else await page.writePart(fileOfExample(index), snippet)
    }
    problems = page.compile(examples.map((_, index) => fileOfExample(index)))
  }, 300_000)

  afterAll(() => page[Symbol.asyncDispose]())

  test('are found', () => {
    expect(examples.length).toBeGreaterThanOrEqual(8)
  })

  for (const [index, { name, snippet }] of examples.entries()) {
    test(`[C0] that of ${name}:${snippet.line} ${snippet.runs ? 'runs' : 'compiles'}`, async () => {
      expect(problems.filter((problem) => problem.includes(fileOfExample(index)))).toEqual([])
      if (!snippet.runs) return
      const { code, output } = await page.program(`built/${fileOfExample(index).replace('.mts', '.mjs')}`, currentNode)
      expect(code, output).toBe(0)
    })
  }
})

/** Where a program stands in the folder of its page. */
function fileOf({ line, settings }: Snippet): string {
  return settings.get('in') ?? `line-${line}.mts`
}

function plainOf(snippet: Snippet): string {
  return fileOf(snippet).replace(/\.mts$/, '.mjs')
}

/**
 * How a program is run: as plain JavaScript everywhere and as TypeScript where types are stripped; with `await using`, where that is
 * understood, and elsewhere as the compiler makes it.
 */
function waysOf(snippet: Snippet): [title: string, runtime: Runtime, file: string][] {
  const file = fileOf(snippet)
  const plain = plainOf(snippet)
  const { node22, node24, bun, deno } = runtimes
  const others: Runtime[] = snippet.settings.get('on') === 'node' ? [] : [bun, deno]
  const ways = (title: string, name: string, ...all: Runtime[]): [string, Runtime, string][] =>
    all.map((runtime) => [`${title} in ${runtime.name}`, runtime, name])
  if (snippet.text.includes('await using')) {
    return [...ways('as it stands', file, node24, ...others), ...ways('compiled', `built/${plain}`, currentNode)]
  }
  return [
    ...ways('as it stands', file, node22, node24),
    ...ways('as .mjs', plain, currentNode, node22, node24, ...others),
  ]
}
