/** The command in a real pseudo-terminal. */
import { once } from 'node:events'
import { mkdtemp, readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { httpFixture, respond } from 'sandbox-sessions-testkit/fixture'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { processesWith } from 'sandbox-sessions-testkit/processes'
import { wireSession } from '../../../test/support/wire.js'
import { newSession, temporaryDirectory } from './support/sandbox.js'
import { Terminal } from './support/terminal.js'

describe('Ctrl-C', () => {
  test('stops the remote command with all it started, and ends with 130', async () => {
    const { sessionId } = await newSession()
    const sleep = `7${Math.random().toString().slice(2, 10)}`
    const terminal = await Terminal.open()
    await terminal.type(
      `sandbox-sessions exec ${sessionId} -- 'setsid sleep ${sleep} & echo rea''dy; sleep ${sleep}'; echo "exit=$?"`,
    )
    await terminal.shows(/^ready$/m)
    expect(processesWith(sleep).length).toBeGreaterThanOrEqual(2)
    await terminal.press('C-c')
    await terminal.shows(/^(\^C)?exit=130$/m)
    await eventually(() => processesWith(sleep).length === 0)
  })

  test('ends a download, and leaves nothing half written', async () => {
    await using source = await halfwayServer()
    const directory = await temporaryDirectory()
    const terminal = await Terminal.open({ SANDBOX_API_URL: source.url })
    await terminal.type(`sandbox-sessions get ${source.sessionId}:big.bin ${directory}/big.bin; echo "exit=$?"`)
    await terminal.shows(/^big\.bin {2}\[=+ +\] 50%/m)
    await terminal.press('C-c')
    await terminal.shows(/exit=130$/m)
    expect(await readdir(directory)).toEqual([])
  })
})

describe('the bar of a transfer', () => {
  test('is drawn while a download is under way, and when it is done', async () => {
    await using source = await halfwayServer()
    const directory = await temporaryDirectory()
    const terminal = await Terminal.open({ SANDBOX_API_URL: source.url })
    await terminal.type(`sandbox-sessions get ${source.sessionId}:big.bin ${directory}/big.bin; echo "exit=$?"`)
    await terminal.shows(/^big\.bin {2}\[=+ +\] 50% {2}1\.0 MB of 2\.0 MB {2}/m)
    source.goOn()
    await terminal.shows(/^big\.bin {2}\[=+\]100% {2}2\.0 MB of 2\.0 MB {2}.*\n.*\/big\.bin: 2\.0 MB in .*\nexit=0$/m)
  })

  test('is drawn on uploads, and not with --quiet', async () => {
    const { sessionId } = await newSession()
    const file = path.join(await mkdtemp(path.join(await temporaryDirectory(), 'x')), 'up.bin')
    await writeFile(file, new Uint8Array(4_000_000))
    const terminal = await Terminal.open()
    await terminal.type(`sandbox-sessions put ${file} ${sessionId}:; echo "exit=$?"`)
    await terminal.shows(/^up\.bin {2}\[=+\]100% {2}4\.0 MB of 4\.0 MB {2}.*\nup\.bin: 4\.0 MB in .*\nexit=0$/m)
    await terminal.type('clear')
    await terminal.type(`sandbox-sessions put --quiet --overwrite ${file} ${sessionId}:; echo "exit=$?"`)
    await terminal.shows(/^exit=0$/m)
    expect(await terminal.screen()).not.toContain('4.0 MB')
  })
})

describe('tables', () => {
  test('[C4] fit the terminal: no line wraps', async () => {
    const sessions = [
      wireSession({ image: 'registry.example/a-long-name/python:3.11', metadata: { text: '日本語'.repeat(40) } }),
      wireSession({ sessionId: '8f9c24e8-3b1a-4d5e-9f60-1a2b3c4d5e6f', image: 'node:22', metadata: { user: 'alice' } }),
    ]
    const path = `${'deep/'.repeat(30)}end-of-it.txt`
    const file = {
      name: 'end-of-it.txt',
      path,
      type: 'file',
      size: 12,
      permissions: 'rw-r--r--',
      modifiedAt: new Date().toISOString(),
    }
    await using server = await httpFixture((request, response) => {
      const { pathname } = new URL(request.url ?? '', 'http://localhost')
      const page = { total: 2, limit: 100, offset: 0 }
      if (pathname.endsWith('/sessions')) respond(response, 200, { ...page, sessions })
      else if (pathname.endsWith('/files/list')) respond(response, 200, { ...page, total: 1, files: [file] })
      else respond(response, 200, sessions[0])
    })
    const terminal = await Terminal.open({ SANDBOX_API_URL: server.url })
    await terminal.type('clear; sandbox-sessions ls; echo "exit=$?"')
    await terminal.shows(/^exit=0$/m)
    const lines = (await terminal.screen()).split('\n').filter((line) => line !== '' && !/^[$#]/.test(line))
    expect(lines).toEqual([
      expect.stringMatching(/^SESSION .* STATUS .* EXPIRES/),
      expect.stringMatching(new RegExp(`^${sessions[0]?.sessionId ?? ''} `)),
      expect.stringMatching(new RegExp(`^${sessions[1]?.sessionId ?? ''} `)),
      'exit=0',
    ])
    await terminal.type(`clear; sandbox-sessions files ${sessions[0]?.sessionId ?? ''}; echo "exit=$?"`)
    await terminal.shows(/^exit=0$/m)
    const listed = (await terminal.screen()).split('\n').filter((line) => line !== '' && !/^[$#]/.test(line))
    expect(listed).toEqual([
      expect.stringContaining('PATH'),
      expect.stringMatching(/ deep\/.*….*end-of-it\.txt$/),
      'exit=0',
    ])
  })
})

/** A server with one file, of which it sends the second half only when it is told to. */
async function halfwayServer() {
  const half = Buffer.alloc(1_000_000)
  const session = wireSession()
  const file = { name: 'big.bin', path: 'big.bin', type: 'file', size: 2 * half.length }
  const gate = new EventTarget()
  const fixture = await httpFixture((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://localhost')
    if (pathname.endsWith('/files/stat')) return respond(response, 200, file)
    if (!pathname.endsWith('/files')) return respond(response, 200, session)
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': file.size })
    response.write(half)
    void once(gate, 'go').then(() => response.end(half))
  })
  return {
    url: fixture.url,
    sessionId: session.sessionId,
    goOn: () => gate.dispatchEvent(new Event('go')),
    [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose](),
  }
}
