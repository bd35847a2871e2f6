/** The packages as users get them: packed, and installed into an empty folder. */
import { readdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { run } from 'sandbox-sessions-testkit/run'
import { root, withOwnDependencies } from 'sandbox-sessions-testkit/workspaces'
import { environment, temporaryDirectory } from './support/sandbox.js'

test('[C4] the packed command runs where nothing else is, by a name of its own', async () => {
  const folder = await temporaryDirectory()
  const own = withOwnDependencies('sandbox-sessions-cli')
  const packed = await run('npm', ['pack', ...own, '--pack-destination', folder], { cwd: root })
  expect(packed.code, packed.output).toBe(0)
  await writeFile(path.join(folder, 'package.json'), '{"private":true}')
  const tarballs = (await readdir(folder)).filter((name) => name.endsWith('.tgz')).map((name) => `./${name}`)
  const installed = await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...tarballs], {
    cwd: folder,
  })
  expect(installed.code, installed.output).toBe(0)
  expect(await readdir(path.join(folder, 'node_modules/.bin'))).not.toContain('sandbox')
  const health = await run(path.join(folder, 'node_modules/.bin/sandbox-sessions'), ['health'], { env: environment() })
  expect(health).toEqual({ code: 0, output: 'healthy\n' })
})
