import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'

/** Writes files by their paths. When something fails, each file is either unchanged or complete. */
export async function replaceFiles(files: ReadonlyMap<string, string>): Promise<void> {
  const temporary = (file: string): string => `${file}.${process.pid}.tmp`
  try {
    for (const [file, source] of files) {
      await mkdir(path.dirname(file), { recursive: true })
      await writeFile(temporary(file), source)
    }
    for (const file of files.keys()) await rename(temporary(file), file)
  } catch (error) {
    for (const file of files.keys()) await rm(temporary(file), { force: true }).catch(() => undefined)
    throw error
  }
}
