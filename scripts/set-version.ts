/** Writes the version of package.json into src/version.ts: part of `npm run release:version`, after changesets raised it. */
import { readFile, writeFile } from 'node:fs/promises'

const at = (name: string): URL => new URL(`../${name}`, import.meta.url)
const version = /"version": "([^"]+)"/.exec(await readFile(at('package.json'), 'utf8'))?.[1]
const source = await readFile(at('src/version.ts'), 'utf8')
const changed = source.replace(/(?<=sdkVersion = ')[^']+/, version ?? '')
if (version === undefined || !changed.includes(`'${version}'`)) throw new Error('There is no version to write.')
await writeFile(at('src/version.ts'), changed)
