import type { components } from 'sandbox-sessions-sdk/sandbox-api'
import { javascriptPrograms } from './javascript.js'
import type { Program } from './program.js'
import { pythonPrograms } from './python.js'
import { bashPrograms } from './shell.js'

/** How code of each language is run. */
export const codePrograms: Record<components['schemas']['CodeLanguage'], (code: string) => Program[]> = {
  python: pythonPrograms,
  javascript: javascriptPrograms,
  bash: bashPrograms,
}
