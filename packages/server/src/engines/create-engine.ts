import { BubblewrapEngine } from './bubblewrap/engine.js'
import type { Engine } from './contract/engine.js'
import { EngineUnavailableError } from './contract/errors.js'
import { ProcessEngine } from './process/engine.js'

export type EngineChoice = 'auto' | 'bubblewrap' | 'process'

export interface EngineOptions {
  /** `auto` is bubblewrap: it never falls back to an engine that does not isolate. Default `auto`. */
  readonly engine?: EngineChoice
  /** Must be true for the process engine. Default false. */
  readonly allowUnsafe?: boolean
  /** How many bubblewrap sandboxes are started ahead of need. Default 0. */
  readonly warm?: number
  /** Where sandboxes keep their files. Made when missing. */
  readonly dataDir: string
  /** Bytes of memory of one sandbox, where that can be limited. Default half of the machine's. */
  readonly memoryBytes?: number
  /** Bytes of disk that one sandbox's files may take, where the engine can bound them. Default that of the engine. */
  readonly diskBytes?: number
}

/**
 * Makes an engine and proves that it works here.
 *
 * @throws {EngineUnavailableError} with what to install or allow.
 */
export async function createEngine(options: EngineOptions): Promise<Engine> {
  const engine = chooseEngine(options)
  try {
    await engine.probe()
  } catch (error) {
    await engine.close()
    throw error
  }
  return engine
}

function chooseEngine(options: EngineOptions): Engine {
  const { engine = 'auto', allowUnsafe = false, dataDir, memoryBytes, diskBytes, warm = 0 } = options
  if (engine !== 'process') {
    const limits = { ...(memoryBytes !== undefined && { memoryBytes }), ...(diskBytes !== undefined && { diskBytes }) }
    return new BubblewrapEngine({ dataDir, warm, limits })
  }
  if (allowUnsafe) return new ProcessEngine({ dataDir })
  throw new EngineUnavailableError(
    'The process engine runs code without any isolation, with all the rights of the server. ' +
      'Use it for trusted code only, and with `--allow-unsafe`.',
  )
}
