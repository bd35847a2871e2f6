/**
 * A large file up and down, from and to disk, side by side with a plain `node:http` pipe to disk: `npm run bench:transfer`.
 * BENCH_MEGABYTES sets its size (default 1024).
 */
import { type ChildProcess, fork } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { SessionsClient } from 'sandbox-sessions-sdk'
import { downloadToPath, uploadFromPath } from 'sandbox-sessions-sdk/node'

const megabytes = Number(process.env['BENCH_MEGABYTES'] ?? 1024)
const aim = 0.7
const memoryLimitMb = 64

interface Addresses {
  readonly url: string
  readonly token: string
  readonly plain: string
}

function isAddresses(message: unknown): message is Addresses {
  return typeof message === 'object' && message !== null && 'url' in message && 'token' in message && 'plain' in message
}

async function ask(child: ChildProcess): Promise<unknown> {
  const answer: unknown[] = await once(child, 'message')
  return answer[0]
}

async function residentMb(server: ChildProcess): Promise<{ client: number; server: number }> {
  server.send('rss')
  return { client: process.memoryUsage.rss() / 1e6, server: Number(await ask(server)) / 1e6 }
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}

async function plainUpload(url: string, file: string): Promise<void> {
  const request = http.request(url, { method: 'POST' })
  const answered = once(request, 'response')
  await pipeline(createReadStream(file), request)
  await answered
}

async function plainDownload(url: string, file: string): Promise<void> {
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    http.get(url, resolve).once('error', reject)
  })
  await pipeline(response, createWriteStream(file))
}

/** Megabytes a second. */
async function speed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return (megabytes / (performance.now() - began)) * 1000
}

const folder = await mkdtemp(path.join(tmpdir(), 'sandbox-bench-'))
const program = fileURLToPath(new URL('transfer-servers.ts', import.meta.url))
const servers = fork(program, [path.join(folder, 'data')], { execArgv: ['--import', 'tsx'] })
try {
  const addresses = await ask(servers)
  if (!isAddresses(addresses)) throw new Error('The servers did not start')
  const source = path.join(folder, 'source')
  const file = await open(source, 'w')
  for (let written = 0; written < megabytes; written += 16)
    await file.write(randomBytes(Math.min(16, megabytes - written) << 20))
  await file.close()

  const client = new SessionsClient({ apiUrl: addresses.url, bearerToken: addresses.token })
  const session = await client.createSession()
  // Once, small, so that everything is loaded before the memory is looked at.
  await session.files.upload('warm-up', 'x')
  await (await session.files.download('warm-up')).text()

  let peak = await residentMb(servers)
  const before = peak
  const watch = setInterval(() => {
    void residentMb(servers).then((now) => {
      peak = { client: Math.max(peak.client, now.client), server: Math.max(peak.server, now.server) }
    })
  }, 200)
  const target = path.join(folder, 'target')
  const up = await speed(() => uploadFromPath(session, source, 'large'))
  const down = await speed(() => downloadToPath(session, 'large', target))
  clearInterval(watch)
  const same = (await sha256(source)) === (await sha256(target))
  const plainUp = await speed(() => plainUpload(addresses.plain, source))
  const plainDown = await speed(() => plainDownload(addresses.plain, path.join(folder, 'plain-target')))

  const clientGrowth = peak.client - before.client
  const serverGrowth = peak.server - before.server
  console.log(`${megabytes} MiB from disk to disk, loopback, Node ${process.version}`)
  console.log(
    `  upload    ${up.toFixed(0).padStart(5)} MiB/s   plain node:http ${plainUp.toFixed(0).padStart(5)} MiB/s   ratio ${(up / plainUp).toFixed(2)}`,
  )
  console.log(
    `  download  ${down.toFixed(0).padStart(5)} MiB/s   plain node:http ${plainDown.toFixed(0).padStart(5)} MiB/s   ratio ${(down / plainDown).toFixed(2)}`,
  )
  console.log(
    `  resident memory grew by ${clientGrowth.toFixed(0)} MB (client) and ${serverGrowth.toFixed(0)} MB (server)`,
  )
  console.log(`  same SHA-256: ${same ? 'yes' : 'NO'}   aim: ratio ${aim}, at most ${memoryLimitMb} MB each`)
  if (!same) process.exitCode = 1
  await session.delete()
  client.close()
} finally {
  servers.disconnect()
  await once(servers, 'exit')
  await rm(folder, { recursive: true, force: true })
}
