#!/usr/bin/env node
// npm links a bin when it installs, and in a fresh clone what it runs is built only after that.
import { existsSync } from 'node:fs'

const main = new URL('../dist/main.js', import.meta.url)
if (existsSync(main)) await import(main.href)
else {
  console.error('sandbox-sessions-generate is not built yet: run `npm run build` in the root of the repository.')
  process.exitCode = 1
}
