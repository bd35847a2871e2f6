import { chmod, mkdir, stat } from 'node:fs/promises'
import path from 'node:path'

/**
 * Makes a directory, and its parents, with a mode that the umask does not narrow. One that exists stays as it is.
 *
 * Node's own recursive mkdir never returns when a parent exists but nothing can be made in it, as in /proc.
 */
export async function makeDirectory(directory: string, mode: number): Promise<void> {
  if (await isDirectory(directory)) return
  const parent = path.dirname(directory)
  if (parent !== directory) await makeDirectory(parent, mode)
  try {
    await mkdir(directory)
  } catch (error) {
    // Another server that starts at the same time was faster, and gives it its mode.
    if (await isDirectory(directory)) return
    throw error
  }
  await chmod(directory, mode)
}

async function isDirectory(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined)
  return found?.isDirectory() ?? false
}
