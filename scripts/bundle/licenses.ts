import { readFile, readdir } from 'node:fs/promises'
import path from 'node:path'

const licenseFile = /^licen[cs]e(\.\w+)?$/i

/** The license texts of the packages whose code is in the bundle, as the licenses require. */
export async function licensesOf(packages: readonly string[]): Promise<string> {
  const texts = packages.map(async (folder) => {
    const name = folder.slice(folder.lastIndexOf('/node_modules/') + '/node_modules/'.length)
    const file = (await readdir(folder)).find((each) => licenseFile.test(each))
    if (file === undefined) throw new Error(`${name} has no license file, and its code is part of the bundle.`)
    return `${name}\n\n${(await readFile(path.join(folder, file), 'utf8')).trim()}\n`
  })
  const head = 'The JavaScript in this folder has code of these packages in it.\n'
  return [head, ...(await Promise.all(texts))].join(`\n${'-'.repeat(80)}\n\n`)
}
