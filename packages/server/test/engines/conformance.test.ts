import { describe } from 'vitest'
import { createEngine } from '../../dist/engines/create-engine.js'
import { engineConformance } from './contract/conformance.js'
import { bubblewrapMissing } from './support.js'

const missing = await bubblewrapMissing()

for (const engine of ['bubblewrap', 'process'] as const) {
  if (engine === 'bubblewrap' && missing !== undefined) describe.skip(`the bubblewrap engine (${missing})`)
  else engineConformance(engine, (dataDir) => createEngine({ engine, allowUnsafe: true, dataDir }))
}
