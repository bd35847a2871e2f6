import { cp, lstat, mkdir, mkdtemp, readdir, readlink, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { run } from 'sandbox-sessions-testkit/run'
import { root, workspaces } from 'sandbox-sessions-testkit/workspaces'

/** Parts of this project in a folder of their own, which is gone at the end of the block. */
export interface ProjectCopy extends AsyncDisposable {
  readonly folder: string
  /** Runs a program with the Node of this test. */
  node(...args: readonly string[]): ReturnType<typeof run>
}

/** @param parts - files and folders, from the root of the project. */
export async function copyProject(parts: readonly string[]): Promise<ProjectCopy> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sandbox-copy-'))
  for (const part of parts) {
    const target = path.join(folder, part)
    await cp(path.join(root, part), target, {
      recursive: true,
      preserveTimestamps: true,
      filter: (source) => !source.endsWith('/node_modules'),
    })
  }
  await linkPackages(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
  for (const workspace of workspaces) {
    if (workspace.folder === '.') continue
    const packages = path.join(root, workspace.folder, 'node_modules')
    // A workspace whose packages all stand at the root has none of its own.
    await linkPackages(packages, path.join(folder, workspace.folder, 'node_modules')).catch(() => undefined)
  }
  return {
    folder,
    node: (...args) => run(process.execPath, args, { cwd: folder, env: { ...process.env, NO_COLOR: '1' } }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

/** Links every installed package; the project's own ones lead to the copy. */
async function linkPackages(from: string, to: string): Promise<void> {
  const names = await readdir(from)
  await mkdir(to, { recursive: true })
  for (const name of names) {
    const source = path.join(from, name)
    const own = (await lstat(source)).isSymbolicLink()
    await symlink(own ? await readlink(source) : source, path.join(to, name))
  }
}
