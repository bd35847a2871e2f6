/** Uploads of what is no plain file: pipes, devices, what the kernel makes up, files that change meanwhile. */
import { execFileSync, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { appendFileSync, truncateSync } from 'node:fs'
import { mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { FileNotFoundError, SandboxValidationError, type Session, SessionsClient } from '../../src/index.js'
import { uploadFromPath } from '../../src/node/index.js'
import { thrownBy } from '../support/client.js'
import { type IsolatedServer, isolatedServer } from 'sandbox-sessions-testkit/isolated-server'

describe('sources', () => {
  let server: IsolatedServer
  let client: SessionsClient
  let session: Session
  let folder: string

  beforeAll(async () => {
    server = await isolatedServer()
    client = new SessionsClient({ apiUrl: server.url, bearerToken: server.token })
    session = await client.createSession()
  })

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sandbox-sources-'))
    return () => rm(folder, { recursive: true, force: true })
  })

  afterAll(async () => {
    client.close()
    await server[Symbol.asyncDispose]()
  })

  const stored = async (name: string): Promise<Buffer> =>
    Buffer.from(await (await session.files.download(name)).bytes())

  test('[A3] a pipe is read to its end, also by a writer that comes later', async () => {
    const pipe = path.join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    const uploading = uploadFromPath(session, pipe, 'piped', { verify: true })
    const writer = spawn('sh', ['-c', `exec >"$0"; echo hello; head -c 300000 /dev/zero`, pipe], { stdio: 'ignore' })
    const [written] = await uploading
    expect(written).toMatchObject({ path: 'piped', size: 300_006 })
    expect((await stored('piped')).subarray(0, 6).toString()).toBe('hello\n')
    if (writer.exitCode === null) await once(writer, 'exit')
  })

  test('[A3] a pipe that nobody writes to is given up with the caller’s signal', async () => {
    const pipe = path.join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    const controller = new AbortController()
    const reason = new Error('enough')
    const headersSent = uploadFromPath(session, pipe, 'never', { signal: controller.signal })
    controller.abort(reason)
    expect(await thrownBy(() => headersSent)).toBe(reason)
    expect(await thrownBy(() => session.files.stat('never'))).toBeInstanceOf(FileNotFoundError)
  })

  test('[A3] a process whose pipe nobody writes to ends all the same', async () => {
    const pipe = path.join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    const entry = fileURLToPath(new URL('../../dist/', import.meta.url))
    const program = `
      import { SessionsClient } from ${JSON.stringify(`${entry}index.js`)}
      import { uploadFromPath } from ${JSON.stringify(`${entry}node.js`)}
      const client = new SessionsClient({ apiUrl: ${JSON.stringify(server.url)}, bearerToken: ${JSON.stringify(server.token)} })
      const session = await client.getSession(${JSON.stringify(session.sessionId)})
      const signal = AbortSignal.timeout(100)
      await uploadFromPath(session, ${JSON.stringify(pipe)}, 'never', { signal }).catch((error) => console.log(error.name))
    `
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.on('data', (chunk) => (output += String(chunk)))
    await once(child, 'close')
    expect([output, child.exitCode]).toEqual(['TimeoutError\n', 0])
  })

  test.each(['/proc/cpuinfo', '/proc/kallsyms', '/proc/self/status'])(
    '[A3] %s, whose size is said to be 0, is read to its end',
    async (file) => {
      const [written] = await uploadFromPath(session, file, 'proc', { overwrite: true })
      const content = await stored('proc')
      expect(written?.size).toBe(content.length)
      // Of the rest, something may be another by the next time that it is read.
      const firstLine = (text: Buffer): string | undefined => text.toString().split('\n')[0]
      const now = await readFile(file)
      expect(firstLine(content)).toBe(firstLine(now))
      expect(content.length).toBeGreaterThan(now.length / 2)
    },
  )

  test('[A3] a file of /sys is sent as what it gives, not as long as its size says', async () => {
    const file = '/sys/class/net/lo/mtu'
    expect((await stat(file)).size).toBe(4096)
    const [written] = await uploadFromPath(session, file, 'sys')
    const content = await readFile(file)
    expect(content.length).toBeLessThan(4096)
    expect(written?.size).toBe(content.length)
    expect((await stored('sys')).equals(content)).toBe(true)
  })

  test('[A3] a directory with such files in it is sent as what they give', async () => {
    const written = await uploadFromPath(session, '/proc/sys/kernel/random', 'random')
    expect(written.length).toBeGreaterThan(2)
    for (const { path: each, size } of written) expect(size, each).toBeGreaterThan(0)
    expect((await stored('random/boot_id')).equals(await readFile('/proc/sys/kernel/random/boot_id'))).toBe(true)
  })

  test.each([0, 1, 65_535, 65_536, 65_537, 131_072])('[A3] a plain file of %i bytes', async (size) => {
    const content = Buffer.from(Array.from({ length: size }, (_, index) => index % 251))
    await writeFile(path.join(folder, 'plain'), content)
    await uploadFromPath(session, path.join(folder, 'plain'), 'plain', { overwrite: true, verify: true })
    expect((await stored('plain')).equals(content)).toBe(true)
  })

  test.each([
    ['/dev/zero', 'a device that may never end'],
    ['/dev/random', 'a device that may never end'],
    ['/dev/urandom', 'a device that may never end'],
    ['/dev/full', 'a device that may never end'],
  ])('[A3] %s is refused', async (device, kind) => {
    await symlink(device, path.join(folder, 'link'))
    for (const local of [device, path.join(folder, 'link')]) {
      const error = await thrownBy(() => uploadFromPath(session, local, 'endless'))
      expect(error).toBeInstanceOf(SandboxValidationError)
      expect(String(error)).toContain(`${local} is ${kind}`)
    }
    expect(await thrownBy(() => session.files.stat('endless'))).toBeInstanceOf(FileNotFoundError)
  })

  test('[A3] a block device and a socket are refused, and /dev/null is empty', async () => {
    const block = await blockDevice(folder)
    const socket = path.join(folder, 'socket')
    const listening = createServer().listen(socket)
    await once(listening, 'listening')
    for (const [local, kind] of [
      [block, 'a block device'],
      [socket, 'a socket'],
    ] as const) {
      const error = await thrownBy(() => uploadFromPath(session, local, 'special'))
      expect(error).toBeInstanceOf(SandboxValidationError)
      expect(String(error)).toContain(`${local} is ${kind}`)
    }
    listening.close()
    expect(await uploadFromPath(session, '/dev/null', 'null')).toMatchObject([{ path: 'null', size: 0 }])
  })

  test('[A3] a file that grows meanwhile is sent as long as it was', async () => {
    const file = path.join(folder, 'growing')
    await writeFile(file, Buffer.alloc(3_000_000, 'a'))
    let grown = false
    const [written] = await uploadFromPath(session, file, 'growing', {
      verify: true,
      onProgress: () => {
        if (!grown) appendFileSync(file, 'more')
        grown = true
      },
    })
    expect(grown).toBe(true)
    expect(written?.size).toBe(3_000_000)
    expect((await stored('growing')).equals(Buffer.alloc(3_000_000, 'a'))).toBe(true)
  })

  test('[A3] a file that becomes shorter meanwhile is an error, and nothing of it is stored', async () => {
    const file = path.join(folder, 'shrinking')
    await session.files.upload('shrinking', 'old')
    await writeFile(file, Buffer.alloc(3_000_000, 'a'))
    const onProgress = (): void => truncateSync(file, 1000)
    const error = await thrownBy(() => uploadFromPath(session, file, 'shrinking', { overwrite: true, onProgress }))
    expect(error).toBeInstanceOf(SandboxValidationError)
    expect(String(error)).toMatch(/shrinking became shorter while it was uploaded: \d+ bytes are missing/)
    expect((await stored('shrinking')).toString()).toBe('old')
  })

  test('[A3] a small file that changes is sent as it is when it is read, whole', async () => {
    const file = path.join(folder, 'small')
    for (const content of ['', 'x', 'longer than before']) {
      await writeFile(file, content)
      await uploadFromPath(session, file, 'small', { overwrite: true, verify: true })
      expect((await stored('small')).toString()).toBe(content)
    }
  })
})

async function blockDevice(folder: string): Promise<string> {
  for (const name of await readdir('/dev')) {
    const device = path.join('/dev', name)
    if ((await stat(device).catch(() => undefined))?.isBlockDevice() === true) return device
  }
  const made = path.join(folder, 'block')
  execFileSync('mknod', [made, 'b', '7', '0'])
  return made
}
