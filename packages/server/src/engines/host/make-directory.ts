import { chmod, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Makes a directory and its parents; those that were missing get this mode, whatever the umask is. */
export async function makeDirectory(path: string, mode: number): Promise<void> {
  const first = await mkdir(path, { recursive: true })
  if (first === undefined) return
  for (let made = path; made.length >= first.length; made = dirname(made)) await chmod(made, mode)
}
