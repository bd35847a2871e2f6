import { describe } from 'vitest'
import { processesWith, stateOf } from 'sandbox-sessions-testkit/processes'
import { createEngine } from '../../dist/engines/create-engine.js'
import { engineConformance } from './contract/conformance.js'
import { bubblewrapMissing } from './support.js'

const missing = await bubblewrapMissing()

for (const engine of ['bubblewrap', 'process'] as const) {
  if (engine === 'bubblewrap' && missing !== undefined) describe.skip(`the bubblewrap engine (${missing})`)
  else {
    engineConformance(engine, {
      make: (dataDir) => createEngine({ engine, allowUnsafe: true, dataDir }),
      images: {
        taken: ['python', 'python:3.12', 'node:22-slim', 'ubuntu:24.04', 'debian'],
        refused: ['alpine', 'python:', 'evil/python', 'python:3:4', '', 'PYTHON'],
      },
      processesWith,
      stateOf,
    })
  }
}
