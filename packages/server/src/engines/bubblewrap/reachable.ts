import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Whether everybody can reach a path, because everybody may pass every directory above it. */
export async function isReachable(path: string): Promise<boolean> {
  for (let above = dirname(path); ; above = dirname(above)) {
    if (((await stat(above)).mode & 0o001) === 0) return false
    if (above === dirname(above)) return true
  }
}

/** Whether everybody can also read and run it. */
export async function isRunnable(path: string): Promise<boolean> {
  return ((await stat(path)).mode & 0o005) === 0o005 && (await isReachable(path))
}
