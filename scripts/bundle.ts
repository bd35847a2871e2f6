/**
 * Makes the JavaScript of dist/ from src/ and generated/: one file an entry, as ES modules and, in dist/cjs/, as CommonJS for tools
 * that can't require ES modules (Jest, TypeScript's `module: commonjs`). Part of `npm run build`, after tsc has written the types.
 */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { toCommonJs } from './bundle/common-js.js'
import { bundleModules } from './bundle/modules.js'
import { licensesOf } from './bundle/licenses.js'
import { collectTypes } from './bundle/types.js'
import { removeOthers, writeChanged } from './bundle/write.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = path.join(root, 'dist')

/** Tells Node and TypeScript that the files below are CommonJS, and bundlers that they have no side effects. */
const manifest = `${JSON.stringify({ type: 'commonjs', sideEffects: false }, undefined, 2)}\n`

async function bundle(): Promise<void> {
  const { files: modules, packages } = await bundleModules(root)
  await writeChanged(dist, modules)
  const types = await collectTypes(root)
  const rest = new Map([
    ...(await toCommonJs(dist, [...modules.keys()])),
    ...[...types].map(([file, text]): [string, string] => [path.join('cjs', file), text]),
    ['cjs/package.json', manifest],
    ['LICENSES.txt', await licensesOf(packages)],
  ])
  await writeChanged(dist, rest)
  await removeOthers(dist, [...modules.keys(), ...rest.keys(), ...types.keys()])
}

await bundle()
