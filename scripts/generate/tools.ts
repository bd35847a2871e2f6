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
  const wanted = (name: string, major: number): string => `${name}@${major}`
  const unfit = Object.entries(needed).filter(([name, major]) => majorOf(name) !== major)
  if (unfit.length === 0) return
  const missing = unfit.every(([name]) => majorOf(name) === undefined)
  const names = unfit.map(([name, major]) => wanted(name, major)).join(' ')
  const all = Object.entries(needed).map(([name, major]) => `-p ${wanted(name, major)}`)
  throw new Error(
    missing
      ? `The generator needs what is not installed here: npm install --save-dev ${names}`
      : `The generator needs other versions than those installed here (${names}). To leave them: npx -p sandbox-sessions-sdk ${all.join(' ')} sandbox-sessions-generate`,
  )
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
