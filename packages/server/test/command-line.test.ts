import { rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { markedSleep, processesWith } from 'sandbox-sessions-testkit/processes'
import { runServer, startChild } from './support/child.js'
import { temporaryDirectory } from 'sandbox-sessions-testkit/temporary-directory'

let dataDir: string
beforeAll(async () => {
  dataDir = await temporaryDirectory()
})
afterAll(() => rm(dataDir, { recursive: true, force: true }))

const unsafe = () => ['--data-dir', dataDir, '--engine', 'process', '--allow-unsafe']

describe('the command line', () => {
  test('shows its help and version', async () => {
    const help = await runServer(['--help'])
    expect(help.code).toBe(0)
    expect(help.stdout).toContain('--data-dir')
    expect(help.stdout).toContain('--cors-origin')
    const version = await runServer(['-v'])
    expect(version.code).toBe(0)
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  test.each([
    [['--nope'], {}, '--nope'],
    [['--port', '99999'], {}, '--port must be a whole number from 0 to 65535, got "99999"'],
    [['--engine', 'docker'], {}, '--engine must be one of auto, bubblewrap, process'],
    [['--max-sessions', '0'], {}, '--max-sessions'],
    [['--max-disk-bytes', '1G'], {}, '--max-disk-bytes must be a whole number of at least 1, got "1G"'],
    [['--rate-limit', '-1'], {}, '--rate-limit'],
    [[], { SANDBOX_SERVER_RATE_LIMIT: 'many' }, '--rate-limit must be a whole number of at least 0'],
    [['--cors-origin', 'localhost:3000'], {}, '--cors-origin: "localhost:3000" is no origin.'],
    [['--cors-origin', 'http://a,b'], {}, '--cors-origin: "b" is no origin.'],
    [[], { SANDBOX_SERVER_CORS_ORIGIN: '' }, '--cors-origin'],
    [['--jwt-issuer', 'x'], {}, '--jwt-secret'],
    [['--jwt-secret', 'x', '--jwks-url', 'http://x'], {}, 'not both'],
    [['extra'], {}, 'extra'],
    [[], { SANDBOX_SERVER_PORT: 'x' }, '--port'],
    [[], { SANDBOX_SERVER_ALLOW_UNSAFE: 'maybe' }, 'SANDBOX_SERVER_ALLOW_UNSAFE'],
  ])('refuses %j %j', async (args, env, message) => {
    const { code, stdout, stderr } = await runServer(args, { ...env })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
  })

  test('limits the rate of requests, from its arguments or its environment', async () => {
    for (const [args, env] of [
      [['--rate-limit', '1'], {}],
      [[], { SANDBOX_SERVER_RATE_LIMIT: '1' }],
    ] as const) {
      const child = await startChild(dataDir, 'process', args, env)
      const headers = { authorization: `Bearer ${child.token}` }
      const ask = async () => (await fetch(`${child.url}/sessions`, { headers })).status
      expect([await ask(), await ask()]).toEqual([200, 429])
      expect((await child.kill('SIGTERM')).code).toBe(0)
    }
  })

  test('[C3] lets pages of other origins in, from its arguments or its environment', async () => {
    for (const [args, env] of [
      [['--cors-origin', 'http://a', '--cors-origin', 'http://b, http://c'], {}],
      [[], { SANDBOX_SERVER_CORS_ORIGIN: 'http://a,http://b,http://c' }],
    ] as const) {
      const child = await startChild(dataDir, 'process', args, env)
      const allowed = async (origin: string) => {
        const { headers } = await fetch(`${child.url}/health`, { headers: { origin } })
        return headers.get('access-control-allow-origin')
      }
      expect(await Promise.all(['http://a', 'http://b', 'http://c', 'http://d'].map(allowed))).toEqual([
        'http://a',
        'http://b',
        'http://c',
        null,
      ])
      expect((await child.kill('SIGTERM')).code).toBe(0)
    }
  })

  test('says in one line why it cannot start', async () => {
    const busy = createServer().listen(0, '127.0.0.1')
    await once(busy, 'listening')
    const address = busy.address()
    const port = typeof address === 'object' && address ? String(address.port) : ''
    for (const [args, message] of [
      [['--port', port, ...unsafe()], port],
      [['--data-dir', '/proc/nowhere'], '/proc/nowhere'],
      [['--data-dir', '/dev/null/x'], '/dev/null/x'],
      [['--data-dir', dataDir, '--engine', 'process'], '--allow-unsafe'],
    ] as const) {
      const { code, stdout, stderr } = await runServer(args)
      expect([code, stdout]).toEqual([1, ''])
      expect(stderr.trimEnd().split('\n')).toHaveLength(1)
      expect(stderr).toContain(message)
    }
    busy.close()
  })

  test.each([
    ['process', 'SIGTERM', 'SIGINT'],
    ['bubblewrap', 'SIGINT', 'SIGTERM'],
  ] as const)('%s: ends at once on %s and then %s, with everything it ran', async (engine, first, second) => {
    const child = await startChild(dataDir, engine, ['--grace-period', '600'])
    const headers = { authorization: `Bearer ${child.token}`, 'content-type': 'application/json' }
    const created = await fetch(`${child.url}/sessions`, { method: 'POST', headers })
    const id = /"sessionId":"([^"]+)"/.exec(await created.text())?.[1] ?? ''
    const sleep = markedSleep()
    const body = JSON.stringify({ command: `setsid sleep ${sleep} & sleep ${sleep}` })
    const cut = expect(
      fetch(`${child.url}/sessions/${id}/commands`, { method: 'POST', headers, body }),
    ).rejects.toThrow()
    await eventually(() => processesWith(sleep).length >= 2, 'the command runs')
    const finished = child.kill(first)
    await eventually(() => child.said().includes('a second signal'), 'it says how to end it now')
    expect(processesWith(sleep)).not.toEqual([])
    await child.kill(second)
    expect((await finished).code).toBe(1)
    await cut
    await eventually(() => processesWith(sleep).length === 0, 'the command ended')
    // The session is there at the next start.
    const next = await startChild(dataDir, engine)
    expect((await fetch(`${next.url}/sessions/${id}`, { headers })).status).toBe(200)
    await next.kill('SIGTERM')
  })

  test.each(['SIGTERM', 'SIGINT'] as const)('ends on %s with everything it ran', async (signal) => {
    const child = await startChild(dataDir, 'process', [
      '--token',
      'secret-token',
      '--grace-period',
      '0',
      '--log-level',
      'trace',
    ])
    expect(child.token).toBe('secret-token')
    const headers = { authorization: `Bearer ${child.token}`, 'content-type': 'application/json' }
    const created = await fetch(`${child.url}/sessions`, { method: 'POST', headers })
    const id = /"sessionId":"([^"]+)"/.exec(await created.text())?.[1] ?? ''
    const sleep = markedSleep()
    const call = fetch(`${child.url}/sessions/${id}/commands`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ command: `setsid sleep ${sleep} & sleep ${sleep}` }),
    })
    await eventually(() => processesWith(sleep).length >= 2, 'the command runs')
    const { code, stderr } = await child.kill(signal)
    expect(code).toBe(0)
    expect((await call).status).toBe(503)
    expect(processesWith(sleep)).toEqual([])
    expect(stderr).not.toContain('secret-token')
  })
})
