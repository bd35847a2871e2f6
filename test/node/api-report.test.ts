/** The public API, as docs/api/ has it: a change of it is to be seen, and meant. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from 'sandbox-sessions-testkit/run'

const root = fileURLToPath(new URL('../..', import.meta.url))
const committed = path.join(root, 'docs/api')
const name = 'sandbox-sessions-sdk.api.md'

const api = (...flags: string[]): ReturnType<typeof run> =>
  run(process.execPath, ['--import', 'tsx', 'scripts/api-report.ts', ...flags], { cwd: root })

describe('npm run api', () => {
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'sandbox-api-test-'))
    await cp(committed, folder, { recursive: true })
  })

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  test('finds nothing to change in this repository', async () => {
    const { code, output } = await api('--check')
    expect(output).toContain('docs/api/ is fresh.')
    expect(code).toBe(0)
  })

  test('tells of a change, what to do, and writes it', async () => {
    const file = path.join(folder, name)
    const report = await readFile(file, 'utf8')
    const older = report.replace('    remainingMs(): number;\n', '')
    expect(older).not.toBe(report)
    await writeFile(file, older)

    const checked = await api('--check', '--out', folder)
    expect(checked.output).toContain(`${name}. If that is meant, run \`npm run api\` and commit what it writes.`)
    expect(checked.output).not.toContain('-node.api.md')
    expect(checked.code).toBe(1)
    expect(await readFile(file, 'utf8')).toBe(older)

    expect((await api('--out', folder)).code).toBe(0)
    expect(await readFile(file, 'utf8')).toBe(report)
  })

  test('tells of a report that is missing', async () => {
    await rm(path.join(folder, name))
    const { code, output } = await api('--check', '--out', folder)
    expect(output).toContain(name)
    expect(code).toBe(1)
  })
})
