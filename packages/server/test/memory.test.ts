import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import path from 'node:path'
import { rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Child, startChild } from './support/child.js'
import { EventReader } from './support/event-stream.js'
import { MemoryWatch } from './support/memory.js'
import { temporaryDirectory } from 'sandbox-sessions-testkit/temporary-directory'

const growthLimit = 64 * 1024 ** 2

/** Bytes of the file that is moved. 1 GiB takes a while: `SANDBOX_TEST_TRANSFER_BYTES=1073741824`. */
const transferBytes = Number(process.env['SANDBOX_TEST_TRANSFER_BYTES'] ?? 200_000_000)

const block = randomBytes(1024 * 1024)

/** So many bytes without holding them, and their digest when all have been taken. */
function source(bytes: number): { content: Readable; digest: () => string } {
  const hash = createHash('sha256')
  function* blocks(): Generator<Uint8Array> {
    for (let sent = 0; sent < bytes; sent += block.length) {
      // Not the same for each: a block in the wrong place must show.
      block.writeUIntBE(sent, 0, 6)
      const piece = Buffer.from(block.subarray(0, bytes - sent))
      hash.update(piece)
      yield piece
    }
  }
  return { content: Readable.from(blocks(), { objectMode: false }), digest: () => hash.digest('hex') }
}

interface Moved {
  readonly status: number
  readonly sha256: string
  readonly bytes: number
  readonly seconds: number
}

async function move(url: string, method: string, headers: object, body: Readable | undefined): Promise<Moved> {
  const startedAt = performance.now()
  const request = httpRequest(url, { method, headers: { ...headers }, agent: false })
  const answered = once(request, 'response')
  await (body ? pipeline(body, request) : request.end())
  const answers: unknown[] = await answered
  const [response] = answers
  if (!(response instanceof Readable) || !('statusCode' in response)) throw new TypeError('no response')
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of response) {
    if (!(chunk instanceof Uint8Array)) continue
    bytes += chunk.byteLength
    hash.update(chunk)
  }
  const seconds = (performance.now() - startedAt) / 1_000
  return { status: Number(response.statusCode), sha256: hash.digest('hex'), bytes, seconds }
}

describe.each(['process', 'bubblewrap'] as const)('memory on %s', (engine) => {
  let dataDir: string
  let child: Child
  let sessionUrl: string
  let headers: Record<string, string>
  beforeAll(async () => {
    dataDir = await temporaryDirectory()
    child = await startChild(dataDir, engine)
    headers = { authorization: `Bearer ${child.token}` }
    const response = await fetch(`${child.url}/sessions`, { method: 'POST', headers })
    const session: unknown = await response.json()
    const id = typeof session === 'object' && session && 'sessionId' in session ? String(session.sessionId) : ''
    sessionUrl = `${child.url}/sessions/${id}`
    // What is loaded and compiled only once is no growth.
    await stream(5_000_000)
    await upload(5_000_000)
    await download()
  })
  afterAll(async () => {
    await child.kill('SIGTERM')
    await rm(dataDir, { recursive: true, force: true })
  })

  const stream = async (bytes: number) => {
    const command = `head -c ${bytes} /dev/zero | tr '\\0' x`
    const target = { url: sessionUrl, token: child.token }
    const reader = await EventReader.open(target, '/commands', { command })
    let received = 0
    for (;;) {
      const next = await reader.next()
      if (next?.event !== 'stdout') return { received, end: next }
      received += String(next.data['data']).length
    }
  }
  const upload = async (bytes: number) => {
    const { content, digest } = source(bytes)
    const more = { ...headers, 'content-type': 'application/octet-stream', 'content-length': bytes }
    const moved = await move(`${sessionUrl}/files?path=large&overwrite=true`, 'POST', more, content)
    return { ...moved, sha256: digest() }
  }
  const download = () => move(`${sessionUrl}/files?filePath=large`, 'GET', headers, undefined)

  test('100 MB of output stream through', async () => {
    const watch = new MemoryWatch(child.pid)
    const { received, end } = await stream(100_000_000)
    expect([received, end?.event]).toEqual([100_000_000, 'exit'])
    console.log(`${engine}: a stream of 100 MB: the server grew by ${megabytes(watch.growth)} MB`)
    expect(watch.growth).toBeLessThan(growthLimit)
  })

  test('a large file goes up and comes down', async () => {
    const watch = new MemoryWatch(child.pid)
    const up = await upload(transferBytes)
    const grownUp = watch.growth
    const down = await download()
    expect([up.status, down.status, down.bytes]).toEqual([201, 200, transferBytes])
    expect(down.sha256).toBe(up.sha256)
    const plain = await movePlain(path.join(dataDir, 'plain'))
    const ratio = (moved: Moved, other: Moved) => (other.seconds / moved.seconds).toFixed(2)
    console.log(
      `${engine}: ${megabytes(transferBytes)} MB: the server grew by ${megabytes(grownUp)} MB up, ` +
        `${megabytes(watch.growth)} MB in all; speed to plain HTTP: up ${ratio(up, plain.up)}, down ${ratio(down, plain.down)}`,
    )
    expect(watch.growth).toBeLessThan(growthLimit)
  })
})

/** The same through a plain server, for comparison. */
async function movePlain(file: string): Promise<{ up: Moved; down: Moved }> {
  const entry = fileURLToPath(new URL('support/plain-server.ts', import.meta.url))
  const plain = spawn(process.execPath, ['--import', 'tsx', entry, file], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const printed: unknown[] = await once(plain.stdout, 'data')
    const url = `http://127.0.0.1:${String(printed[0]).trim()}/`
    const { content, digest } = source(transferBytes)
    const up = await move(url, 'POST', { 'content-length': transferBytes }, content)
    const down = await move(url, 'GET', {}, undefined)
    expect(down.sha256).toBe(digest())
    return { up, down }
  } finally {
    plain.kill('SIGKILL')
    await rm(file, { force: true })
  }
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1_000_000)
}
