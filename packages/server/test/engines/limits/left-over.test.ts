import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { BubblewrapEngine } from '../../../dist/engines/bubblewrap/engine.js'
import { temporaryDirectory } from '../support.js'
import { limitsMissing } from './support.js'

const missing = await limitsMissing()
const because = missing === undefined ? '' : ` (${missing})`

describe.skipIf(missing !== undefined)(`control groups of a server that was killed${because}`, () => {
  const directory = temporaryDirectory()
  const record = join(directory.path, 'bubblewrap', 'control-groups.json')
  let bases: string[] = []
  const left = (): string[] =>
    bases.flatMap((base) =>
      readdirSync(base, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => join(base, name)),
    )

  beforeAll(async () => {
    const entry = new URL('../../../dist/engines/create-engine.js', import.meta.url)
    const program = `
      import { createEngine } from ${JSON.stringify(entry)}
      const engine = await createEngine(${JSON.stringify({ dataDir: directory.path, engine: 'bubblewrap' })})
      for (const id of ['one', 'two', 'three']) await engine.create(id, {})
      console.log('up')
    `
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    for await (const chunk of child.stdout) if (String(chunk).includes('up')) break
    child.kill('SIGKILL')
    const paths: unknown = JSON.parse(readFileSync(record, 'utf8'))
    bases = Array.isArray(paths) ? paths.map(String) : []
  })
  afterAll(() => directory.remove())

  test('are removed at the next start, and nothing that is not its own', async () => {
    expect(left().length).toBeGreaterThanOrEqual(3)
    const foreign = bases.map((base) => join(dirname(base), 'of-somebody-else'))
    for (const path of foreign) mkdirSync(path)
    // A place of an earlier run, and paths that no run can have written.
    const earlier = bases.map((base) => join(dirname(base), 'of-somebody-else', base.slice(dirname(base).length + 1)))
    for (const path of earlier) mkdirSync(join(path, 'one.1.a'), { recursive: true })
    writeFileSync(record, JSON.stringify([...bases, ...earlier, ...foreign, 7]))
    // The sandboxes end with their server, a moment later.
    await eventually(
      () => left().every((path) => readFileSync(join(path, 'cgroup.procs'), 'utf8') === ''),
      'they are empty',
    )
    const engine = new BubblewrapEngine({ dataDir: directory.path })
    await engine.probe()
    expect(left()).toEqual([])
    for (const path of earlier) expect(existsSync(path)).toBe(false)
    await engine.close()
    for (const path of bases) expect(existsSync(path)).toBe(false)
    for (const path of foreign) {
      expect(existsSync(path)).toBe(true)
      rmdirSync(path)
    }
  })
})
