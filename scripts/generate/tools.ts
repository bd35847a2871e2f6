/**
 * What the generator needs and the package does not bring: the SDK's users shall not install a compiler. The package names them
 * as optional peers of any version, since a range would keep those with another TypeScript from installing the SDK at all.
 */
import { createRequire } from 'node:module'
import { isJson } from './document.js'

const require = createRequire(import.meta.url)
const needed = { 'openapi-typescript': 7, typescript: 5, yaml: 2 } as const

/** @throws {Error} with the command that brings what is missing. */
export function checkTools(): void {
  const unfit = Object.entries(needed).filter(([name, major]) => majorOf(name) !== major)
  if (unfit.length === 0) return
  if (unfit.every(([name]) => majorOf(name) === undefined)) {
    throw new Error(`The generator needs what is not installed here: npm install --save-dev ${packages(unfit)}`)
  }
  const own = `npm install --prefix generator sandbox-sessions-sdk ${packages(Object.entries(needed))}`
  throw new Error(
    `The generator needs ${packages(unfit)}; here are other versions. It can have its own: ${own} && npx --prefix generator sandbox-sessions-generate`,
  )
}

function packages(tools: readonly (readonly [string, number])[]): string {
  return tools.map(([name, major]) => `${name}@${major}`).join(' ')
}

/** The major version of an installed package. */
export function majorOf(name: string): number | undefined {
  try {
    const manifest: unknown = require(`${name}/package.json`)
    return isJson(manifest) ? Number.parseInt(String(manifest['version'])) : undefined
  } catch {
    return undefined
  }
}
