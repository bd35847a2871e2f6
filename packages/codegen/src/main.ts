#!/usr/bin/env node
import { runGenerator } from './program.js'

process.exitCode = await runGenerator(process.argv.slice(2), {
  command: 'npx sandbox-sessions-generate',
  spec: 'sandbox-api-spec.yaml',
  out: 'generated',
  forSdk: false,
})
