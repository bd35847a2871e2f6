import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { BubblewrapEngine } from '../../dist/engines/bubblewrap/engine.js'
import { hiddenDirectories, isIn } from '../../dist/engines/bubblewrap/exposure.js'
import { bubblewrapMissing, temporaryDirectory } from './support.js'

const missing = await bubblewrapMissing()
const isRoot = process.getuid?.() === 0
const because = missing === undefined ? (isRoot ? '' : ' (only root can write below /usr)') : ` (${missing})`

test('a path is in a directory only by its names', () => {
  expect(isIn('/usr', '/usr')).toBe(true)
  expect(isIn('/usr/src', '/usr')).toBe(true)
  expect(isIn('/usr2', '/usr')).toBe(false)
  expect(isIn('/', '/usr')).toBe(false)
  expect(isIn('/usr', '/')).toBe(true)
})

describe.skipIf(missing !== undefined || !isRoot)(`[C2] what is below /usr${because}`, () => {
  const place = mkdtempSync('/usr/src/exposure-test-')
  chmodSync(place, 0o755)
  afterAll(() => rmSync(place, { recursive: true }))

  test.each(['there', 'by a link'])('is refused as a data directory (%s)', async (how) => {
    const dataDir = join(place, 'data')
    mkdirSync(dataDir, { recursive: true })
    const own = temporaryDirectory()
    symlinkSync(dataDir, join(own.path, 'link'))
    const engine = new BubblewrapEngine({ dataDir: how === 'there' ? dataDir : join(own.path, 'link') })
    await expect(engine.probe()).rejects.toThrow(
      `The data directory is ${dataDir}, and every sandbox can read /usr. Choose another one with --data-dir.`,
    )
    await engine.close()
    own.remove()
  })

  test('is hidden when it is the application, with all that stands beside the server', async () => {
    const server = fileURLToPath(new URL('../..', import.meta.url))
    const application = join(place, 'app')
    const installed = join(application, 'node_modules', 'sandbox-sessions-server')
    mkdirSync(installed, { recursive: true })
    writeFileSync(join(application, 'package.json'), '{"type":"module"}')
    writeFileSync(join(application, '.env'), 'secret')
    for (const name of ['package.json', 'dist']) cpSync(join(server, name), join(installed, name), { recursive: true })
    const own = temporaryDirectory()
    const program = `
      import { BubblewrapEngine } from './node_modules/sandbox-sessions-server/dist/engines/bubblewrap/engine.js'
      const engine = new BubblewrapEngine({ dataDir: ${JSON.stringify(own.path)} })
      await engine.probe()
      const sandbox = await engine.create('reader', {})
      const script = 'ls -A ${application} ${place} /usr/src; cat ${application}/.env; touch ${application}/x; node -p 6*7'
      const execution = await sandbox.exec({ argv: ['sh', '-c', script + ' 2>&1'], env: {}, cwd: '.', timeoutMs: 60_000 })
      for await (const chunk of execution.stdout) process.stdout.write(chunk)
      await engine.close()
    `
    writeFileSync(join(application, 'main.js'), program)
    const { status, stdout, stderr } = spawnSync(process.execPath, ['main.js'], { cwd: application, encoding: 'utf8' })
    own.remove()
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).not.toContain('secret')
    expect(stdout).not.toContain('package.json')
    expect(stdout.split('\n').slice(-2)).toEqual(['42', ''])
  })

  test('is hidden only once, and Node must not be in it', async () => {
    expect(await hiddenDirectories(['/usr'], process.execPath)).toEqual(['/usr/src'])
    expect(await hiddenDirectories([], process.execPath)).toEqual([])
    await expect(hiddenDirectories(['/usr'], '/usr/src/app/node')).rejects.toThrow(
      'The application is in /usr/src, which no sandbox may see, and so is Node (/usr/src/app/node).',
    )
  })
})
