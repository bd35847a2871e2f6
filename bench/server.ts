/**
 * What sessions, commands and code of the local server cost beside a bare `bwrap … true` and a bare interpreter, interleaved in one run, with
 * 0, 80 and 400 other sessions alive: `npm run bench:server`. BENCH_ALIVE names other numbers, BENCH_ROUNDS other rounds.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { CodeLanguage, type Session, SessionsClient } from 'sandbox-sessions-sdk'
import { quantile } from './interleave.js'

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 60)
const alive = (process.env['BENCH_ALIVE'] ?? '0,80,400').split(',').map(Number)
const warm = Number(process.env['BENCH_WARM'] ?? 2)
/** The first ones are not counted. */
const warmUp = 5
/** How long the server has to start the next sandbox ahead of need before one is asked for, in milliseconds. */
const restMs = 400

/** What each may cost, as a ratio to what stands beside it. */
const budgets = [
  { name: "createSession, to a bare 'bwrap … true'", of: 'create', to: 'bwrap', most: 1 },
  { name: "run('true'), to a bare 'bwrap … true'", of: 'run', to: 'bwrap', most: 0.6 },
  { name: 'Python code, to a bare python3', of: 'python', to: 'bare python', most: 1.3 },
  { name: 'JavaScript code, to a bare node', of: 'javascript', to: 'bare node', most: 1.3 },
] as const

const directory = await mkdtemp(path.join(tmpdir(), 'bench-server-'))
const entry = fileURLToPath(new URL('../packages/server/dist/main.js', import.meta.url))
const args = ['--port', '0', '--data-dir', directory, '--log-level', 'silent', '--max-sessions', '1000']
const server = spawn(process.execPath, [entry, ...args, '--warm-sandboxes', String(warm)], {
  stdio: ['ignore', 'pipe', 'inherit'],
})

async function address(): Promise<{ apiUrl: string; bearerToken: string }> {
  let text = ''
  for await (const chunk of server.stdout) {
    text += String(chunk)
    const [, apiUrl] = /SANDBOX_API_URL=(\S+)/.exec(text) ?? []
    const [, bearerToken] = /SANDBOX_API_TOKEN=(\S+)\n/.exec(text) ?? []
    if (apiUrl !== undefined && bearerToken !== undefined) return { apiUrl, bearerToken }
  }
  throw new Error('The server did not start.')
}

async function program(name: string, ...rest: string[]): Promise<void> {
  const child = spawn(name, rest, { stdio: 'ignore' })
  const ended: unknown[] = await once(child, 'exit')
  if (ended[0] !== 0) throw new Error(`${name} failed.`)
}

async function measure(client: SessionsClient, session: Session): Promise<ReadonlyMap<string, readonly number[]>> {
  const made: Session[] = []
  // The one that sessions have: a PATH may begin with a wrapper.
  const { stdout: python } = await session.run('command -v python3', { check: true })
  const steps: readonly (readonly [name: string, run: () => Promise<unknown>])[] = [
    [
      'bwrap',
      () => program('bwrap', '--unshare-all', '--ro-bind', '/', '/', '--proc', '/proc', '--dev', '/dev', 'true'),
    ],
    ['create', async () => made.push(await client.createSession({ ttl: 600 }))],
    ['run', () => session.run('true', { check: true })],
    ['bare python', () => program(python.trim(), '-c', 'pass')],
    ['python', () => session.runCode('pass', { check: true })],
    ['bare node', () => program(process.execPath, '-e', '0')],
    ['javascript', () => session.runCode('0', { language: CodeLanguage.Javascript, check: true })],
  ]
  const samples = new Map(steps.map(([name]) => [name, new Array<number>()]))
  for (let round = 0; round < rounds + warmUp; round += 1) {
    for (const [name, run] of steps) {
      const began = performance.now()
      await run()
      if (round >= warmUp) samples.get(name)?.push(performance.now() - began)
    }
    for (const each of made.splice(0)) await each.delete()
    await delay(restMs)
  }
  for (const each of samples.values()) each.sort((a, b) => a - b)
  return samples
}

let isKept = true
const client = new SessionsClient({ ...(await address()), timeoutMs: 120_000 })
try {
  const session = await client.createSession({ ttl: 28_800 })
  const others: Session[] = []
  for (const count of alive) {
    while (others.length < count) others.push(await client.createSession({ ttl: 28_800 }))
    const samples = await measure(client, session)
    console.log(`\n${count} other sessions alive, ${warm} sandboxes started ahead, ${rounds} rounds:`)
    for (const [name, each] of samples) {
      const [median, p95] = [quantile(each, 0.5), quantile(each, 0.95)]
      console.log(
        `  ${name.padEnd(14)} median ${median.toFixed(1).padStart(6)} ms   p95 ${p95.toFixed(1).padStart(6)} ms`,
      )
    }
    for (const { name, of, to, most } of budgets) {
      const ratio = quantile(samples.get(of), 0.5) / quantile(samples.get(to), 0.5)
      isKept &&= ratio <= most
      console.log(`  ${name}: ${ratio.toFixed(2)}; at most ${most}: ${ratio <= most ? 'kept' : 'NOT KEPT'}`)
    }
  }
} finally {
  client.close()
  server.kill('SIGTERM')
  await once(server, 'exit')
  await rm(directory, { recursive: true, force: true })
}
if (!isKept) process.exitCode = 1
