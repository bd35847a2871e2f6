import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { run } from 'sandbox-sessions-testkit/run'
import { root, withOwnDependencies } from 'sandbox-sessions-testkit/workspaces'

/** A project with a packed package of this repository in it, installed with all it needs, and nothing else. */
export interface InstalledFolder extends AsyncDisposable {
  readonly path: string
  readonly write: (name: string, text: string) => Promise<void>
}

/** @param others - what the project has beside the package, as npm names it: `typescript@7`. */
export async function installedFolder(name: string, ...others: readonly string[]): Promise<InstalledFolder> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sandbox-installed-'))
  const npm = async (cwd: string, ...args: readonly string[]): Promise<void> => {
    const { code, output } = await run('npm', args, { cwd })
    if (code !== 0) throw new Error(output)
  }
  const tarballs = path.join(folder, 'tarballs')
  await mkdir(tarballs)
  await npm(root, 'pack', ...withOwnDependencies(name), '--pack-destination', tarballs)
  await writeFile(path.join(folder, 'package.json'), '{"private":true,"type":"module"}')
  const files = (await readdir(tarballs)).map((file) => `./tarballs/${file}`)
  await npm(folder, 'install', '--prefer-offline', '--no-audit', '--no-fund', ...files, ...others)
  return {
    path: folder,
    async write(file, text) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true })
      await writeFile(path.join(folder, file), text)
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
