/** Transfers in the runtimes whose fetch is not Node's, each with the built package. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { program } from 'sandbox-sessions-testkit/program'
import { run } from 'sandbox-sessions-testkit/run'
import { type TransferHost, transferHost } from '../support/transfer-host.js'

const source = new URL('programs/transfers.ts', import.meta.url)
const bytes = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, index) => index % 251))

const whole: Record<string, Buffer> = {
  string: Buffer.from('grüße 😀'),
  empty: Buffer.alloc(0),
  bytes,
  'array-buffer': bytes,
  view: bytes.subarray(5, 1005),
  'data-view': bytes.subarray(5, 1005),
  blob: bytes,
  file: bytes,
}
const streamed: Record<string, Buffer> = { stream: bytes, iterable: Buffer.concat([Buffer.from('gr😀'), bytes]) }

/** @param options - whether the runtime has to buffer a stream, and then knows its length. */
function check(host: TransferHost, outcomes: unknown, { buffers }: { buffers: boolean }): void {
  const { received } = host
  for (const [name, expected] of Object.entries({ ...whole, ...streamed })) {
    const { length } = expected
    const total = name in whole || buffers ? length : undefined
    const progress = length === 0 ? undefined : { loaded: length, total }
    expect(outcomes, name).toHaveProperty([name], JSON.parse(JSON.stringify({ size: length, progress })))
    expect(received.get(name)?.body.equals(expected), name).toBe(true)
    const { 'content-length': told, 'content-type': type } = received.get(name)?.headers ?? {}
    expect([told, type], name).toEqual([total === undefined ? undefined : String(length), 'application/octet-stream'])
  }
  expect(outcomes).toHaveProperty('half-a-pair.error', expect.stringMatching(/^SandboxValidationError: .*surrogate/))
  expect(received.has('half-a-pair')).toBe(false)
  expect(outcomes).toHaveProperty(
    'wrong-size.error',
    expect.stringMatching(/^SandboxConnectionError: .*300000 bytes were sent/),
  )
  expect(outcomes).toHaveProperty('ranged', { size: 50, progress: { loaded: 50, total: 50 } })
}

describe('on Bun', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sandbox-elsewhere-'))
    await writeFile(path.join(folder, 'file'), bytes)
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test(
    '[A2] [A6] [A1] every kind of content arrives whole and verified, and the process ends',
    { timeout: 300_000 },
    async () => {
      const { output } = await run('npm', [
        'exec',
        '--yes',
        '--package=bun',
        '--',
        'bun',
        '--print',
        'process.execPath',
      ])
      const bun = output.trim().split('\n').at(-1) ?? ''
      await using transfers = await program(source)
      await using host = await transferHost()
      const outcomes = await transfers.run([host.url, path.join(folder, 'file')], { node: bun })
      check(host, outcomes, { buffers: false })
      expect(outcomes).toHaveProperty('disk', { size: 300_000, progress: { loaded: 300_000, total: 300_000 } })
      expect(host.received.get('disk')?.body.equals(bytes)).toBe(true)
    },
  )
})

describe('in Chromium, over HTTP/1.1', () => {
  let profile: string
  let browser: ChildProcess | undefined
  beforeAll(async () => {
    profile = await mkdtemp(path.join(tmpdir(), 'sandbox-chromium-'))
  })
  afterAll(async () => {
    if (browser?.exitCode === null) {
      browser.kill('SIGKILL')
      await once(browser, 'exit')
    }
    await rm(profile, { recursive: true, force: true, maxRetries: 20 })
  })

  test('[A2] [A6] [A1] every kind of content arrives whole and verified', { timeout: 300_000 }, async () => {
    const { outputText } = ts.transpileModule(await readFile(source, 'utf8'), {
      compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true },
    })
    const imports = {
      'sandbox-sessions-sdk': '/dist/index.js',
      // It is CommonJS, which leaves a global variable where there are no modules.
      'js-md5': '/md5.js',
    }
    const page = `<!doctype html><script src="/node_modules/js-md5/src/md5.js"></script><script type="importmap">${JSON.stringify({ imports })}</script><script type="module">
      const post = (result) => fetch('/result', { method: 'POST', body: JSON.stringify(result) })
      const apiUrl = location.origin + '/v1'
      import('/transfers.js')
        .then(async ({ transfers, tooLarge }) => ({ ...(await transfers(apiUrl)), 'too-large': await tooLarge(apiUrl) }))
        .then(post, (error) => post(String(error)))
    </script>`
    await using host = await transferHost({
      '/': page,
      '/transfers.js': outputText,
      '/md5.js': 'export const { md5 } = globalThis',
    })
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--no-proxy-server', `--user-data-dir=${profile}`]
    browser = spawn('chromium', [...flags, `http://127.0.0.1:${host.port}/`], { stdio: 'ignore' })
    const outcomes = await host.result
    check(host, outcomes, { buffers: true })
    expect(outcomes).toHaveProperty(
      'too-large.error',
      expect.stringMatching(/^SandboxValidationError: .*104857600 bytes/),
    )
    expect(host.received.has('too-large')).toBe(false)
  })
})
