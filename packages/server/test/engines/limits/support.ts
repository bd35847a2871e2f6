import { chmodSync } from 'node:fs'
import { BubblewrapEngine } from '../../../dist/engines/bubblewrap/engine.js'
import type { BubblewrapOptions } from '../../../dist/engines/bubblewrap/engine.js'
import { bubblewrapMissing, temporaryDirectory } from '../support.js'

/** Why limits can't be tested here: no bubblewrap, or no right to make control groups. */
export async function limitsMissing(): Promise<string | undefined> {
  const missing = await bubblewrapMissing()
  if (missing !== undefined) return missing
  const limited = await limitedEngine({})
  const [notice] = limited.engine.notices
  await limited.remove()
  return notice
}

export interface LimitedEngine {
  readonly engine: BubblewrapEngine
  readonly dataDir: string
  readonly remove: () => Promise<void>
}

/** An engine that has found out what it can bound. */
export async function limitedEngine(options: Omit<BubblewrapOptions, 'dataDir'>): Promise<LimitedEngine> {
  const directory = temporaryDirectory()
  chmodSync(directory.path, 0o711)
  const engine = new BubblewrapEngine({ dataDir: directory.path, ...options })
  await engine.probe()
  const remove = async (): Promise<void> => {
    await engine.close()
    directory.remove()
  }
  return { engine, dataDir: directory.path, remove }
}
