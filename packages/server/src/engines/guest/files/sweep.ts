import { opendir, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { isTemporary } from './entry.js'

/** Removes the incomplete uploads that an interrupted run left behind. */
export async function sweep(directory: string): Promise<void> {
  let entries
  try {
    entries = await opendir(directory)
  } catch {
    return
  }
  for await (const entry of entries) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) await sweep(path)
    else if (entry.isFile() && isTemporary(entry.name)) await unlink(path).catch(() => undefined)
  }
}
