import { access, readFile, readdir } from 'node:fs/promises'
import path from 'node:path'

/** What tsc wrote to dist/types/, by its path in dist/. tsc leaves types there whose source is gone; these are left out. */
export async function collectTypes(root: string): Promise<ReadonlyMap<string, string>> {
  const folder = path.join(root, 'dist/types')
  const types = new Map<string, string>()
  for (const name of await readdir(folder, { recursive: true })) {
    if (!name.endsWith('.d.ts') || !(await isThere(path.join(root, name.replace(/\.d\.ts$/, '.ts'))))) continue
    types.set(path.join('types', name), await readFile(path.join(folder, name), 'utf8'))
  }
  return types
}

async function isThere(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  )
}
