/** What goes out: the files of each package, what their manifests say, and that all they bring runs on the Nodes they name. */
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { satisfies } from 'semver'
import { describe, expect, test } from 'vitest'
import { isRecord } from '../../src/internal/guards.js'
import { run } from 'sandbox-sessions-testkit/run'
import { inPublished, published, root } from 'sandbox-sessions-testkit/workspaces'

/** The oldest of each line that the manifests name. */
const oldestNodes = ['20.19.0', '22.12.0']

async function readManifest(file: string): Promise<Readonly<Record<string, unknown>>> {
  return record(JSON.parse(await readFile(file, 'utf8')))
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {}
}

/** The files of each package, as npm tells them. */
async function packedFiles(): Promise<Map<string, string[]>> {
  const { output } = await run('npm', ['pack', '--dry-run', '--json', '--loglevel=error', ...inPublished], {
    cwd: root,
  })
  const packed: unknown = JSON.parse(output)
  return new Map(
    // By name, or in a list: that depends on npm.
    Object.values<unknown>(Array.isArray(packed) ? packed : { ...record(packed) }).map((each) => {
      const { name, files } = record(each)
      const list: readonly unknown[] = Array.isArray(files) ? files : []
      return [String(name), list.map((file) => String(record(file)['path']))]
    }),
  )
}

describe('the packages', () => {
  test('[C6] have what belongs to them, a license, and nothing that a build leaves behind', async () => {
    const packed = await packedFiles()
    expect([...packed.keys()].sort()).toEqual([
      'sandbox-sessions-cli',
      'sandbox-sessions-codegen',
      'sandbox-sessions-conformance',
      'sandbox-sessions-openapi',
      'sandbox-sessions-sdk',
      'sandbox-sessions-server',
    ])
    for (const { name, manifest } of published) {
      const files = packed.get(name) ?? []
      const outside = files.filter((file) => !/^(dist\/.*\.(js|js\.map|d\.ts)|bin\/[\w-]+\.js)$/.test(file))
      const own = ['LICENSE', 'README.md', 'package.json']
      const more = ['CHANGELOG.md', 'dist/LICENSES.txt', 'dist/cjs/package.json', 'sandbox-api-spec.yaml']
      expect(outside.sort(), name).toEqual((name === 'sandbox-sessions-sdk' ? [...own, ...more] : own).sort())
      for (const bin of Object.values(record(manifest['bin'])))
        expect(files, name).toContain(path.normalize(String(bin)))
    }
  })

  test('[C6] have the license of the project', async () => {
    const license = await readFile(path.join(root, 'LICENSE'), 'utf8')
    for (const { folder } of published) {
      expect(await readFile(path.join(root, folder, 'LICENSE'), 'utf8')).toBe(license)
    }
  })

  test('[C6] say the same of themselves where they are the same', () => {
    const [sdk, ...others] = published.map(({ manifest }) => manifest)
    for (const manifest of others) {
      for (const field of ['version', 'license', 'author', 'engines', 'bugs'])
        expect(manifest[field]).toEqual(sdk?.[field])
      // A repository has a folder for each.
      expect(record(manifest['repository'])['url']).toBe(record(sdk?.['repository'])['url'])
    }
    for (const manifest of [sdk, ...others]) {
      expect(manifest?.['homepage']).toBe(`https://www.npmjs.com/package/${String(manifest?.['name'])}`)
      expect(manifest?.['keywords']).toContain('sandbox')
    }
  })

  test('[C1] are in order for publint and attw, with every way of finding modules', async () => {
    const checked = await run('npm', ['run', '--silent', 'package:check'], { cwd: root })
    expect(checked.code, checked.output).toBe(0)
  })

  test('[C4] install with all they need on every Node that they name', { timeout: 300_000 }, async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'sandbox-packed-'))
    try {
      const packed = await run('npm', ['pack', ...inPublished, '--pack-destination', folder], { cwd: root })
      expect(packed.code, packed.output).toBe(0)
      const tarballs = (await readdir(folder)).map((name) => `./${name}`)
      await writeFile(path.join(folder, 'package.json'), '{"private":true}')
      const flags = ['--engine-strict', '--prefer-offline', '--no-audit', '--no-fund']
      const installed = await run('npm', ['install', ...flags, ...tarballs, 'undici@7'], { cwd: folder })
      expect(installed.code, installed.output).toBe(0)
      // What npm refuses depends on the Node that runs this.
      const lock = await readManifest(path.join(folder, 'package-lock.json'))
      const engines = Object.entries(record(lock['packages'])).map(([name, entry]) => ({
        name,
        range: record(record(entry)['engines'])['node'],
      }))
      expect(engines.length).toBeGreaterThan(50)
      const refusing = engines.filter(
        ({ range }) => typeof range === 'string' && !oldestNodes.every((node) => satisfies(node, range)),
      )
      expect(refusing).toEqual([])
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
