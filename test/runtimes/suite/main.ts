/** The suite in Node, Bun or Deno. Each line of its output is JSON. It must end by itself: nothing here ends the process. */
import process from 'node:process'
import type { Settings } from './case.js'
import { portableCases } from './cases/index.js'
import { nodeCases } from './cases/node.js'
import { runCases } from './run-cases.js'
import { property } from './untyped.js'

const told: unknown = JSON.parse(process.env['SANDBOX_RUNTIMES'] ?? '{}')
const setting = (name: keyof Settings): string => String(property(told, name))
const settings: Settings = {
  apiUrl: setting('apiUrl'),
  token: setting('token'),
  bentUrl: setting('bentUrl'),
  commandLine: setting('commandLine'),
}
const report = (line: object): void => console.log(JSON.stringify(line))

const { bun, deno, node } = process.versions
report({ version: bun ?? deno ?? node })
await runCases([...portableCases, ...nodeCases(settings)], settings, report)
report({ done: true })
