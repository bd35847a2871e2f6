import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** A folder with the built package in it, and of all others only those that are linked. */
export interface PackageFolder extends AsyncDisposable {
  readonly path: string
  readonly link: (...names: readonly string[]) => Promise<void>
  readonly write: (name: string, text: string) => Promise<void>
}

export async function packageFolder(): Promise<PackageFolder> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sandbox-built-package-'))
  const write = async (name: string, text: string): Promise<void> => {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true })
    await writeFile(path.join(folder, name), text)
  }
  for (const each of ['dist', 'package.json']) {
    await cp(path.join(root, each), path.join(folder, 'node_modules/sandbox-sessions-sdk', each), { recursive: true })
  }
  await write('package.json', '{"private":true,"type":"module"}')
  return {
    path: folder,
    write,
    async link(...names) {
      for (const name of names) {
        const target = path.join(folder, 'node_modules', name)
        await mkdir(path.dirname(target), { recursive: true })
        await symlink(path.join(root, 'node_modules', name), target)
      }
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true })
    },
  }
}
