import { copyFile, readFile, readdir } from 'node:fs/promises'
import path from 'node:path'
import { compareVersions } from './versions.js'

/** The released versions in a folder, the highest first. */
export async function releasedVersions(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder)
  return names
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => path.basename(name, '.yaml'))
    .sort((one, other) => compareVersions(other, one))
}

export function releaseFile(folder: string, version: string): string {
  return path.join(folder, `${version}.yaml`)
}

/** Keeps a copy of the spec as a released version. @returns what was done, for people. */
export async function release(spec: string, folder: string, version: string): Promise<string> {
  const file = releaseFile(folder, version)
  if (!(await releasedVersions(folder)).includes(version)) {
    await copyFile(spec, file)
    return `Released: wrote ${path.relative(process.cwd(), file)}. Commit it.`
  }
  if ((await readFile(file, 'utf8')) === (await readFile(spec, 'utf8'))) return `${version} is released already.`
  throw new Error(`${version} is released already and stays as it is: raise info.version to release this spec.`)
}
