/** The scripts when things go wrong: they say what, exit with a code, and leave nothing behind. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { entries } from 'sandbox-sessions-openapi'
import { eventually } from 'sandbox-sessions-testkit/waiting'
import { run } from 'sandbox-sessions-testkit/run'
import { root, workspaces } from 'sandbox-sessions-testkit/workspaces'

const script = (name: string): string[] => ['--import', 'tsx', path.join(root, 'scripts', name)]

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'sandbox-scripts-test-'))
})
afterAll(async () => {
  await rm(directory, { recursive: true, force: true })
})

describe('the quickstart', () => {
  const left = async (): Promise<string[]> =>
    (await readdir(directory)).filter((name) => name.startsWith('sandbox-quickstart-'))
  /** Processes on this machine with the test's directory in their environment. */
  async function running(): Promise<string[]> {
    const found: string[] = []
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '')
      if (environment.includes(directory)) found.push(pid)
    }
    return found
  }
  const start = (env: NodeJS.ProcessEnv = {}) => {
    const child = spawn(process.execPath, script('quickstart.ts'), {
      cwd: root,
      env: { ...process.env, TMPDIR: directory, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (output += String(text)))
    }
    return { child, output: () => output, closed: once(child, 'close') }
  }

  test.each([
    ['before its server runs', async () => (await left()).length > 0],
    ['while its example runs', async (output: string) => Promise.resolve(output.includes('Started a Sandbox API'))],
  ])('interrupted %s, leaves no process and no file behind', async (_when, isTime) => {
    const { child, output, closed } = start()
    await eventually(() => isTime(output()))
    child.kill('SIGINT')
    await closed
    expect(child.exitCode, output()).toBe(130)
    expect(await left()).toEqual([])
    expect(await running()).toEqual([])
  })

  test('fails when its example fails', async () => {
    const saboteur = path.join(directory, 'saboteur.cjs')
    await writeFile(saboteur, "if (process.argv[1]?.endsWith('examples/quickstart.ts')) process.exit(7)\n")
    const { child, output, closed } = start({ NODE_OPTIONS: `--require ${saboteur}` })
    await closed
    expect(child.exitCode, output()).toBe(7)
    expect(await left()).toEqual([])
  })
})

describe('the bins', () => {
  /** Of every package of the repository, by their names. */
  const bins = workspaces.flatMap(({ folder, manifest }) =>
    entries(manifest['bin']).map(([name, file]) => [name, path.join(folder, String(file))] as const),
  )

  test('[B19] are there before anything is built, as npm links no others, and can be executed', async () => {
    expect(bins.map(([name]) => name).sort()).toEqual([
      'sandbox-sessions',
      'sandbox-sessions-generate',
      'sandbox-sessions-server',
    ])
    for (const [name, file] of bins) {
      const listed = await run('git', ['ls-files', '--stage', '--', file], { cwd: root })
      expect(listed.output, `${name}: ${file}`).toMatch(/^100755 /)
    }
  })

  test('[B19] run what is built, and say what to do where nothing is', async () => {
    for (const [name, file] of bins) {
      const help = await run(path.join(root, file), ['--help'])
      expect(help.output).toMatch(/^Usage: /)
      expect(help.code).toBe(0)
      const alone = path.join(directory, name, 'bin', path.basename(file))
      await cp(path.join(root, file), alone)
      await writeFile(path.join(directory, name, 'package.json'), '{"type":"module"}')
      expect(await run(alone, ['--help'])).toEqual({
        code: 1,
        output: `${name} is not built yet: run \`npm run build\` in the root of the repository.\n`,
      })
    }
  })
})

describe('generate', () => {
  const spec = path.join(root, 'sandbox-api-spec.yaml')
  const unknown = async (): Promise<string> =>
    (await readFile(spec, 'utf8')).replace('#/components/schemas/CommandRequest', '#/components/schemas/Missing')

  test.each([
    ['is not there', undefined, 'There is no such file. --spec names another.'],
    ['is no YAML', () => Promise.resolve('openapi: "3.1.0"\n  info: [\n'), 'line 2'],
    ['is no OpenAPI document', () => Promise.resolve('a: 1\n'), 'It is not an OpenAPI document.'],
    ['refers to what is not there', unknown, 'Nothing is at #/components/schemas/Missing.'],
  ])('says so when the spec %s, and writes nothing', async (what, content, message) => {
    const file = path.join(directory, `${what.replaceAll(' ', '-')}.yaml`)
    if (content !== undefined) await writeFile(file, await content())
    const out = path.join(directory, 'generated')
    const { code, output } = await run(process.execPath, [...script('generate.ts'), '--spec', file, '--out', out])
    expect(code).toBe(1)
    expect(output).toContain(`Nothing was written: ${file} can't be used.`)
    expect(output).toContain(message)
    expect(output).not.toContain('    at ')
    await expect(readdir(out)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('says which option it does not know', async () => {
    const { code, output } = await run(process.execPath, [...script('generate.ts'), '--bogus'])
    expect(code).toBe(1)
    expect(output).toContain("Unknown option '--bogus'")
    expect(output).not.toContain('    at ')
  })
})
